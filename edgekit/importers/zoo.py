"""Models built by edgekit itself, from a URL such as `zoo:ds_cnn?classes=4&weights=FILE`."""

from __future__ import annotations

from edgekit import models
from edgekit.importers import _keras_model
from edgekit.importers._model import FloatModel

DESCRIPTION = "a model of the zoo (zoo:NAME?PARAMETER=VALUE&...)"
NEEDS_TENSORFLOW = True


def accepts(source: str) -> bool:
    """Whether it begins with `zoo:`."""
    return source.startswith(models.SCHEME)


def check(source: str) -> None:
    """Refuse an unknown architecture or parameter, or a value out of range (InputError)."""
    models.parse_url(source)


def load(source: str) -> FloatModel:
    """Build and freeze the model.

    Raises:
        InputError: see `edgekit.models.parse_url` and `edgekit.models.build`.
    """
    recipe = models.parse_url(source)
    notes: tuple[str, ...] = ()
    if recipe.weights is None:
        notes = (
            f"{recipe.architecture} is untrained: its weights are random, its answers mean "
            "nothing (give weights=FILE); sizes and speed are those of a trained one",
        )
    return _keras_model.to_float_model(models.build(recipe), recipe.architecture, source, notes)
