"""The input contract: what was done to raw data before the network saw it.

One kind of data a file: `audio`, `image`, `vector`. Each module has a dataclass `Contract` and
`check(contract, where)`. A contract is written as TOML, its kind first:

    [audio]
    sample_rate_hz = 16_000
    ...

`edgekit convert --contract` records it with the model and writes the preparation twice, as C and as
Python; both give the same bytes.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any, cast

from edgekit import registry, settings
from edgekit.contract._kind import Array, Contract, Quantized
from edgekit.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["Contract", "Quantized", "check_data", "check_input", "load", "parse", "plain"]

#: The front end's twin and its helpers are no kinds.
_KINDS = ("audio", "image", "vector")


def load(path: Path) -> Contract:
    """Read a contract.

    Raises:
        InputError: it can't be read, or a key is unknown, missing or out of range.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror or error}") from error
    except ValueError as error:  # of TOML and of UTF-8
        raise InputError(f"{path} is not valid TOML: {error}") from error
    return parse(values, str(path))


def parse(values: dict[str, Any], where: str) -> Contract:
    """A contract from nested tables.

    Raises:
        InputError: see `load`.
    """
    if len(values) != 1 or not isinstance(next(iter(values.values())), dict):
        raise InputError(
            f"{where}: a contract is one table, not {len(values)} keys",
            f"begin with [{'] or ['.join(_KINDS)}]",
        )
    kind, table = next(iter(values.items()))
    if kind not in _KINDS:
        raise registry.unknown(f"kind of contract in {where}", kind, _KINDS)
    module = registry.load(__name__, kind)
    found = settings.parse(module.Contract, table, f"[{kind}] of {where}")
    module.check(found, where)
    return cast(Contract, found)


def plain(contract: Contract) -> dict[str, Any]:
    """A contract as nested tables, for JSON; `parse` reads them."""
    kind = type(contract).__module__.rpartition(".")[2]
    return {kind: dataclasses.asdict(contract)}  # type: ignore[call-overload]  # each kind is one


def check_input(contract: Contract, shape: tuple[int, ...], where: str) -> None:
    """Hold a contract against a model's input.

    Args:
        contract: the contract.
        shape: the model's input without the batch.
        where: the model's name, for the message.

    Raises:
        InputError: it makes another shape.
    """

    def core(extents: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(extent for extent in extents if extent != 1)

    if core(shape) != core(contract.shape):
        raise InputError(
            f"the contract makes {_text(contract.shape)}, but {where} takes {_text(shape)}",
            "is it the contract that the model was trained with?",
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
