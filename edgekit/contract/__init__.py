"""The input contract: what was done to raw data before the network saw it.

One kind of data a file: `audio`, `image`, `vector`. Each module has a dataclass `Contract` and
`check(contract, where)`. A contract is written as TOML, its kind first:

    [audio]
    sample_rate_hz = 16_000
    ...

`edgekit train` records it with the model (`recorded`), and `edgekit convert` writes the preparation
twice, as C and as Python; both give the same bytes.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import zipfile
from pathlib import Path
from typing import Any, cast

from edgekit import registry, settings
from edgekit.contract import audio, image, vector
from edgekit.contract._kind import Array, Contract, Quantized
from edgekit.datasets import Form
from edgekit.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = [
    "KINDS",
    "Contract",
    "Quantized",
    "beside",
    "check_data",
    "check_input",
    "form",
    "load",
    "parse",
    "plain",
    "record",
    "recorded",
    "text",
]

#: The twins of the C and the helpers are no kinds.
KINDS = ("audio", "image", "vector")
_NAME = "contract.toml"


def load(path: Path) -> Contract:
    """Read a contract.

    Raises:
        InputError: it can't be read, or a key is unknown, missing or out of range.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror or error}") from error
    return _decoded(data, str(path))


def _decoded(data: bytes, where: str) -> Contract:
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:  # of TOML and of UTF-8
        raise InputError(f"{where} is not valid TOML: {error}") from error
    return parse(values, where)


def parse(values: dict[str, Any], where: str) -> Contract:
    """A contract from nested tables.

    Raises:
        InputError: see `load`.
    """
    if len(values) != 1 or not isinstance(next(iter(values.values())), dict):
        raise InputError(
            f"{where}: a contract is one table, not {len(values)} keys",
            f"begin with [{'] or ['.join(KINDS)}]",
        )
    kind, table = next(iter(values.items()))
    if kind not in KINDS:
        raise registry.unknown(f"kind of contract in {where}", kind, KINDS)
    module = registry.load(__name__, kind)
    found = settings.parse(module.Contract, table, f"[{kind}] of {where}")
    module.check(found, where)
    return cast(Contract, found)


def plain(contract: Contract) -> dict[str, Any]:
    """A contract as nested tables, for JSON; `parse` reads them."""
    kind = type(contract).__module__.rpartition(".")[2]
    return {kind: dataclasses.asdict(contract)}  # type: ignore[call-overload]  # the Protocol can't say that each kind is a dataclass


def text(contract: Contract) -> str:
    """A contract as TOML; `load` reads it."""
    ((kind, table),) = plain(contract).items()
    # JSON's strings, numbers, lists, true and false are TOML's, too.
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    return "\n".join([f"[{kind}]", *lines, ""])


def record(contract: Contract, model: Path) -> None:
    """Put a contract into a .keras file; Keras itself doesn't look at it."""
    with zipfile.ZipFile(model, "a") as archive:
        # Without the time, so that the same training makes the same bytes.
        archive.writestr(zipfile.ZipInfo(_NAME), text(contract))


def recorded(model: str) -> Contract | None:
    """The contract that a model was trained with, where one was recorded.

    It lies in the .keras file, or else beside the model: `NAME.contract.toml` for `NAME.tflite`.

    Raises:
        InputError: it is damaged.
    """
    path = Path(model)
    if path.suffix.lower() == ".keras" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if _NAME in archive.namelist():
                return _decoded(archive.read(_NAME), f"{_NAME} in {path}")
    return load(beside(path)) if beside(path).is_file() else None


def beside(model: Path) -> Path:
    """Where the contract of a model lies whose own file has no room for it."""
    return model.with_name(f"{model.stem}.{_NAME}")


def form(contract: Contract | None, shape: tuple[int, ...] | None, low: float, high: float) -> Form:
    """What raw data become for a model.

    Args:
        contract: what it was trained with, where that is known.
        shape: of its input, without the batch; None leaves the samples as they come.
        low: the value of black in pictures, where there is no contract.
        high: that of white, likewise.
    """
    if isinstance(contract, audio.Contract):
        return Form(shape, low, high, features=contract)
    if isinstance(contract, image.Contract):
        return Form(shape, *contract.limits(), pixels=contract.prepare)
    if isinstance(contract, vector.Contract):
        return Form(shape, low, high, columns=contract)
    return Form(shape, low, high)


def check_input(
    contract: Contract,
    shape: tuple[int, ...],
    where: str,
    hint: str = "is it the contract that the model was trained with?",
) -> None:
    """Hold a contract against a model's input; one of a single axis takes all rows in a row.

    Args:
        contract: the contract.
        shape: the model's input without the batch.
        where: the model's name, for the message.
        hint: what to do about another shape.

    Raises:
        InputError: it makes another shape.
    """

    def core(extents: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(extent for extent in extents if extent != 1)

    flat = len(core(shape)) == 1 and math.prod(shape) == math.prod(contract.shape)
    if core(shape) != core(contract.shape) and not flat:
        raise InputError(
            f"the contract makes {_text(contract.shape)}, but {where} takes {_text(shape)}",
            hint,
        )


def check_data(contract: Contract, samples: Array, where: str) -> None:
    """Hold prepared samples against the contract.

    Args:
        contract: the contract.
        samples: (n, ...) float.
        where: the samples' source, for the message.

    Raises:
        InputError: they can't have been prepared by it.
    """
    low, high = contract.limits()
    slack = 1e-3 * (high - low)
    least, most = float(samples.min()), float(samples.max())
    if least < low - slack or most > high + slack:
        raise InputError(
            f"the samples of {where} go from {least:.4g} to {most:.4g}, but the contract makes "
            f"values from {low:.4g} to {high:.4g}",
            "prepare the calibration data as the contract says, or mend the contract",
        )
    if high > low and most - least < 0.02 * (high - low):
        raise InputError(
            f"the samples of {where} go from {least:.4g} to {most:.4g} only, the contract's from "
            f"{low:.4g} to {high:.4g}",
            "were they scaled twice? A quantization from them would saturate on real data",
        )


def _text(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
