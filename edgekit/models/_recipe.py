"""Reads a zoo URL into a checked recipe, and builds the model that it names."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from edgekit import registry
from edgekit.errors import InputError
from edgekit.models._speech import Speech

SCHEME = "zoo:"
_PACKAGE = "edgekit.models"
_SEED = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """A model of the zoo, its parameters checked.

    Attributes:
        architecture: module name in edgekit/models.
        params: that module's frozen `Params`.
        weights: a file of trained weights (`.weights.h5` or `.keras`); None leaves the seeded
            random ones.
    """

    architecture: str
    params: Any
    weights: Path | None


def parse_url(url: str) -> Recipe:
    """Read `zoo:ARCHITECTURE?PARAMETER=VALUE&...&weights=FILE`.

    Raises:
        InputError: an unknown architecture or parameter (the nearest name is offered), a value
            that is none or out of its range, or a weights file that isn't there.
    """
    name, _, query = url.removeprefix(SCHEME).partition("?")
    if not name:
        known = ", ".join(registry.names(_PACKAGE))
        raise InputError(f"{url!r} names no architecture", f"write e.g. zoo:NAME; known: {known}")
    module = registry.load(_PACKAGE, name, "architecture")
    fields = {field.name: field.default for field in dataclasses.fields(module.Params)}
    values: dict[str, Any] = {}
    weights: Path | None = None
    for key, text in _pairs(url, query):
        if key == "weights":
            weights = _existing(text)
        elif key not in fields:
            raise registry.unknown(f"parameter of {name}", key, [*fields, "weights"])
        elif key in values:
            raise InputError(f"{key} is given twice in {url!r}", "write each parameter once")
        else:
            values[key] = _value(key, text, fields[key])
    params = module.Params(**values)
    wrong = module.check(params)
    if wrong is not None:
        raise InputError(f"{name} can't be built: {wrong}", f"write e.g. {_example(name, fields)}")
    return Recipe(name, params, weights)


def front_end(source: str) -> Speech:
    """What an architecture's authors computed its features with; common values elsewhere.

    Args:
        source: a `zoo:` URL, or a file.
    """
    if not source.startswith(SCHEME):
        return Speech()
    module = registry.load(_PACKAGE, parse_url(source).architecture)
    return getattr(module, "FRONT_END", Speech())


def build(recipe: Recipe, seed: int = _SEED) -> Any:
    """Build a recipe's Keras model: the same URL and seed give the same weights.

    Raises:
        InputError: the weights file doesn't belong to this architecture.
    """
    import keras

    keras.utils.set_random_seed(seed)
    model = registry.load(_PACKAGE, recipe.architecture).build(recipe.params)
    if recipe.weights is not None:
        _load_weights(model, recipe)
    return model


def _load_weights(model: Any, recipe: Recipe) -> None:
    assert recipe.weights is not None
    try:
        if recipe.weights.suffix == ".keras":
            import keras

            trained = keras.saving.load_model(recipe.weights, compile=False)
            model.set_weights(trained.get_weights())
        else:
            model.load_weights(recipe.weights)
    except Exception as error:  # h5py, zipfile and Keras each raise their own kinds
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"{recipe.weights} has no weights for {recipe.architecture}: {reason}",
            "give the file that model.save_weights('NAME.weights.h5') or model.save('NAME.keras') "
            "wrote for the same architecture and parameters",
        ) from error


def _example(name: str, fields: dict[str, Any]) -> str:
    """An architecture's URL with its default parameters."""
    written = (
        f"{key}={'x'.join(map(str, value)) if isinstance(value, tuple) else value}"
        for key, value in fields.items()
    )
    return f"{SCHEME}{name}?{'&'.join(written)}"


def _pairs(url: str, query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
    except ValueError:
        raise InputError(
            f"{url!r} is no zoo URL", "write zoo:NAME?PARAMETER=VALUE&PARAMETER=VALUE"
        ) from None


def _existing(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise InputError(f"the weights file {text!r} isn't there", "check the path after weights=")
    return path


def _value(key: str, text: str, default: Any) -> Any:
    """A parameter's text as the type of its default."""
    if isinstance(default, tuple):
        if not re.fullmatch(r"[1-9]\d{0,4}(x[1-9]\d{0,4})*", text):
            raise InputError(
                f"{key}={text!r} is no shape", f"write it as {'x'.join(map(str, default))}"
            )
        return tuple(int(part) for part in text.split("x"))
    kind = type(default)
    try:
        return kind(text)
    except ValueError:
        words = "a whole number" if kind is int else "a number"
        raise InputError(f"{key}={text!r} is not {words}", f"write e.g. {key}={default}") from None
