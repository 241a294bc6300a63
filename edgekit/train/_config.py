"""What is trained on what and how: read strictly from TOML, or repeated from a run."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Lt

from edgekit import settings
from edgekit.errors import InputError
from edgekit.train._options import Options

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class Data:
    """What is learned from.

    Attributes:
        source: see `edgekit.datasets.FORMATS`.
        test: another source for the last word; a built-in set has its own test part.
        validation: share of the samples to choose the best epoch by.
        seed: of that choice.
        limit: the most samples to use, evenly spread; 0 uses all.
        low: the value of black in pictures.
        high: the value of white.
    """

    source: str
    test: str | None = None
    validation: Annotated[float, Gt(0.0), Lt(1.0)] = 0.2
    seed: Annotated[int, Ge(0)] = 0
    limit: Annotated[int, Ge(0)] = 0
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Log:
    """Where a training is recorded beside its run folder.

    Attributes:
        tensorboard: write event files to RUN/tensorboard.
        mlflow: tracking URI of MLflow, e.g. "sqlite:///mlflow.db" or "http://host:5000".
        codecarbon: three letters of the country whose electricity is used (ISO 3166-1 alpha-3,
            e.g. "DEU"): energy and CO2 are estimated by CodeCarbon, without a network.
    """

    tensorboard: bool = False
    mlflow: str | None = None
    codecarbon: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A training.

    Attributes:
        model: a `zoo:` URL, or a .keras or whole-model .h5 file to go on with.
        data: what is learned from.
        weights: a trained whole model (.keras, .h5) whose layers of the same name and shapes are
            taken over; `training.frozen_epochs` keeps them as they are at first.
        training: how.
        log: where it is recorded.
        contract: one table, `audio`, `image` or `vector`, with the keys of that contract that are
            to be other than what network and data suggest; see docs/input-contract.md.
        input_stage: what makes the inputs of a network of one axis fewer: "pca", or "selection" of
            the features that tell most. It becomes the network's first layer, and with it part of
            the firmware, which takes the data as they are.
    """

    model: str
    data: Data
    weights: str | None = None
    training: Options = field(default_factory=Options)
    log: Log = field(default_factory=Log)
    contract: dict[str, Any] = field(default_factory=dict)
    input_stage: Literal["none", "pca", "selection"] = "none"


def read(path: Path) -> dict[str, Any]:
    """The values of a TOML file, or of the run.json of an earlier training.

    Raises:
        InputError: it can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror or error}") from error
    except ValueError as error:  # of TOML, of JSON and of UTF-8
        raise InputError(f"{path} is not valid: {error}") from error
    if path.suffix == ".json":
        values = values.get("config") if isinstance(values, dict) else None
        if not isinstance(values, dict):
            raise InputError(f"{path} is no run.json", "give the one that `edgekit train` wrote")
    return dict(values)


def parse(values: dict[str, Any], where: str) -> Config:
    """Values as a checked config.

    Raises:
        InputError: see `settings.parse`.
    """
    return settings.parse(Config, values, where)


def merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Nested values with some of them replaced; None replaces nothing."""
    result = dict(values)
    for key, value in changes.items():
        if isinstance(value, dict):
            inner = result.get(key, {})
            result[key] = merged(inner if isinstance(inner, dict) else {}, value)
        elif value is not None:
            result[key] = value
    return {key: value for key, value in result.items() if value != {}}
