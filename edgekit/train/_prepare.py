"""The data set of a training, and the contract that says how it came from raw data."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from edgekit import contract, datasets, models
from edgekit.contract import Contract, defaults
from edgekit.datasets import Dataset, Samples
from edgekit.datasets.csv import names as column_names
from edgekit.datasets.wav import rate
from edgekit.errors import InputError
from edgekit.train._config import Config


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What is learned from.

    Attributes:
        data: in the shape of the network's input.
        contract: how raw data become such samples; None for arrays, of which nobody knows, and
            for waves.
    """

    data: Dataset
    contract: Contract | None


def prepare(config: Config, shape: tuple[int, ...] | None, classes: int) -> Prepared:
    """Read a training's data by its contract.

    What the config leaves open of the contract follows from the network and the data; the
    contract of a model that is trained further is kept.

    Args:
        config: the training.
        shape: of the network's input, without the batch; None leaves the samples as they come,
            for an input stage.
        classes: how many the network tells apart; 0 takes what the data has.

    Raises:
        InputError: the data can't be read, or contract, data and network don't fit each other.
    """
    kind = datasets.raw(config.data.source)
    wanted = _wanted(config, kind)
    known = None if wanted else _known(config)
    bound = known or _begun(config, kind, wanted, shape or ())
    if bound is not None and shape is not None:
        made = "x".join(map(str, bound.shape))
        hint = f"build the network with input={made}, or choose other keys of [contract.{kind}]"
        contract.check_input(bound, shape, config.model, hint)
    data = _load(config, bound, bound.shape if bound and shape is None else shape, classes)
    if bound is None or known is not None or not kind:
        if bound is not None:
            contract.check_data(bound, data.train.x, config.data.source)
        return Prepared(data, bound)
    fitted = defaults.fitted(bound, data.train.x.reshape(len(data.train), *bound.shape), wanted)
    return Prepared(data if fitted == bound else _rescaled(data, fitted), fitted)


def _wanted(config: Config, kind: str) -> dict[str, Any]:
    """The keys that the user chose."""
    for said, table in config.contract.items():
        if kind and said != kind:
            raise InputError(
                f"[contract.{said}] doesn't fit {config.data.source}", f"write [contract.{kind}]"
            )
        return dict(table)
    return {}


def _known(config: Config) -> Contract | None:
    """What the network was trained with before, or the weights that it takes over."""
    for source in (config.model, config.weights):
        if source is not None and not source.startswith(models.SCHEME):
            return contract.recorded(source)
    return None


def _begun(
    config: Config, kind: str, wanted: dict[str, Any], shape: tuple[int, ...]
) -> Contract | None:
    """The contract with mean 0 and deviation 1 where the user left them open."""
    source = config.data.source
    kind = kind or next(iter(config.contract), "")
    if kind == "audio":
        if not wanted and len([size for size in shape if size != 1]) < 2:
            return None  # a network on waves
        rate_hz = rate(source) if datasets.raw(source) == kind else 16_000
        usual = models.front_end(config.model).keys(rate_hz)
        return defaults.for_recordings(wanted, shape, usual)
    if kind == "image":
        return defaults.for_pictures(wanted, shape, config.data.low, config.data.high)
    if kind == "vector":
        names = column_names(source) if datasets.raw(source) == kind else ()
        return defaults.for_rows(wanted, names)
    return None


def _load(
    config: Config, bound: Contract | None, shape: tuple[int, ...] | None, classes: int
) -> Dataset:
    asked = config.data
    return datasets.load(
        asked.source,
        contract.form(bound, shape, asked.low, asked.high),
        validation=asked.validation,
        test=asked.test,
        seed=asked.seed,
        limit=asked.limit or None,
        classes=classes,
    )


def _rescaled(data: Dataset, bound: Contract) -> Dataset:
    def part(samples: Samples) -> Samples:
        made = defaults.rescaled(bound, samples.x.reshape(len(samples), *bound.shape))
        return dataclasses.replace(samples, x=made.reshape(samples.x.shape))

    return dataclasses.replace(
        data,
        train=part(data.train),
        validation=part(data.validation),
        test=None if data.test is None else part(data.test),
    )
