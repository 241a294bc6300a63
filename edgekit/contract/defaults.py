"""The contract of a training: what the user left open follows from network and data."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from edgekit import contract, registry
from edgekit.contract import audio, image, vector
from edgekit.contract._kind import Array, Contract
from edgekit.errors import InputError

_CLASSES = {"audio": audio.Contract, "image": image.Contract, "vector": vector.Contract}
_MFCC_BANDS = 40
_MOST_COEFFICIENTS = 20  # more features than that are bands themselves


def check_keys(wanted: dict[str, Any], where: str) -> None:
    """Hold what a user wrote of a contract against the keys that there are.

    Raises:
        InputError: more than one table, or an unknown kind or key; the nearest is offered.
    """
    if len(wanted) != 1 or not isinstance(next(iter(wanted.values())), dict):
        raise InputError(f"{where}: a contract is one table", "write e.g. [contract.audio]")
    kind, table = next(iter(wanted.items()))
    if kind not in contract.KINDS:
        raise registry.unknown(f"kind of contract in {where}", kind, contract.KINDS)
    known = [field.name for field in dataclasses.fields(_CLASSES[kind])]
    for key in table:
        if key not in known:
            raise registry.unknown(f"key in [contract.{kind}] of {where}", key, known)


def for_recordings(
    wanted: dict[str, Any], shape: tuple[int, ...], usual: dict[str, Any]
) -> Contract:
    """A front end whose features are what a network takes: frames x bands or coefficients.

    Args:
        wanted: keys of `audio.Contract` that the user chose.
        shape: of the network's input, without the batch.
        usual: the keys of the recordings and of the architecture, where the user chose none.

    Raises:
        InputError: the network takes no features, or keys contradict each other.
    """
    sides = [size for size in shape if size != 1]
    if len(sides) != 2 and not {"window", "bands"} <= set(wanted):
        raise InputError(
            f"the network takes {'x'.join(map(str, shape))}, which is no frames x features",
            "build it with e.g. input=49x10x1, or set window and bands in [contract.audio]",
        )
    table = usual | wanted
    if len(sides) == 2:
        frames, features = sides
        if features <= _MOST_COEFFICIENTS and "bands" not in wanted:
            table.setdefault("coefficients", features)
        table.setdefault("bands", _MFCC_BANDS if table.get("coefficients") else features)
        table.setdefault("window", table["frame"] + (frames - 1) * table["step"])
    return contract.parse({"audio": table}, "the config")


def for_pictures(
    wanted: dict[str, Any], shape: tuple[int, ...], low: float, high: float
) -> Contract:
    """Pictures of any size in the network's, black as `low` and white as `high`.

    Raises:
        InputError: the network takes no pictures, or keys contradict each other.
    """
    table: dict[str, Any] = {"scale": [(high - low) / 255], "offset": [low], "resize": "area"}
    height, width, channels = (*shape, 1, 1, 1)[:3]
    if len(shape) in (2, 3) and channels in (1, 3):
        colours = "grey" if channels == 1 else "rgb"
        table |= {"height": height, "width": width, "colours": colours}
    elif not {"height", "width", "colours"} <= set(wanted):
        raise InputError(
            f"the network takes {'x'.join(map(str, shape))}, which is no picture",
            "set height, width and colours in [contract.image]",
        )
    table |= wanted
    return contract.parse({"image": table}, "the config")


def for_rows(wanted: dict[str, Any], names: tuple[str, ...]) -> Contract:
    """Rows of a table, as they are until `fitted`.

    Raises:
        InputError: keys contradict each other.
    """
    table = {"names": names, "mean": [0.0] * len(names), "deviation": [1.0] * len(names)} | wanted
    return contract.parse({"vector": table}, "the config")


def fitted(bound: Contract, samples: Array, wanted: dict[str, Any]) -> Contract:
    """With the mean and the deviation of the training samples, where the user chose none.

    Features have one of each, as one scale of int8 serves all; the columns of a table have theirs.

    Args:
        bound: of mean 0 and deviation 1 where they are open.
        samples: what it made, (n, ...) float32.
        wanted: the keys that the user chose.
    """
    if {"mean", "deviation"} & set(wanted) or isinstance(bound, image.Contract):
        return bound
    if isinstance(bound, audio.Contract):
        deviation = _short(samples.std(dtype=np.float64)) or 1.0
        mean = _short(samples.mean(dtype=np.float64))
        return dataclasses.replace(bound, mean=mean, deviation=deviation)
    assert isinstance(bound, vector.Contract)
    made = dataclasses.replace(
        bound,
        mean=tuple(_short(each) for each in samples.mean(axis=0, dtype=np.float64)),
        deviation=tuple(_short(each) or 1.0 for each in samples.std(axis=0, dtype=np.float64)),
    )
    if {"low", "high"} & set(wanted):
        return made
    scaled = made(samples)
    low, high = float(np.floor(scaled.min())), float(np.ceil(scaled.max()))
    return dataclasses.replace(made, low=min(made.low, low), high=max(made.high, high))


def rescaled(bound: Contract, samples: Array) -> Array:
    """Samples that were made with mean 0 and deviation 1, as `fitted`'s contract makes them."""
    if isinstance(bound, image.Contract):
        return samples
    assert isinstance(bound, (audio.Contract, vector.Contract))
    return np.asarray((samples - np.array(bound.mean)) / np.array(bound.deviation), np.float32)


def _short(value: Any) -> float:
    """Six digits, so that a contract can be read."""
    return float(f"{float(value):.6g}")
