"""Keras model files, and what a new network can take over from a trained one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit.errors import InputError

_UNKNOWN_CLASS = re.compile(r"Could not locate class '(\w+)'")
# What TensorFlow takes as the name of a scope; Keras takes more, and makes scopes of its names.
_NO_SCOPE = re.compile(r"[^A-Za-z0-9_.\\/>-]")


def load_keras(path: Path, custom_objects: Mapping[str, type] | None = None) -> Any:
    """Load a .keras or a whole-model .h5 with Keras 3.

    In names of the model and its layers, characters that TensorFlow refuses become underscores.

    Args:
        path: the file.
        custom_objects: classes to use for the layers of these names.

    Raises:
        InputError: Keras can't read it.
    """
    import keras

    try:
        # safe_mode stays on: a model file must not be able to run code of its own.
        model = keras.saving.load_model(
            path, custom_objects=custom_objects, compile=False, safe_mode=True
        )
    except Exception as error:  # Keras, h5py and zipfile each raise their own kinds
        text = str(error)
        if "Lambda" in text or "unsafe" in text:
            hint = "a Lambda layer carries code, which is not run: replace it by a Keras layer"
        elif "register_keras_serializable" in text or "custom" in text:
            hint = "custom layers can't be loaded: save the model as a SavedModel (model.export)"
        else:
            hint = "is the file whole? save it again with model.save(...)"
        unknown = _UNKNOWN_CLASS.search(text)
        reason = f"it has no layer {unknown[1]!r}" if unknown else first_line(error)
        raise InputError(f"Keras can't load {path}: {reason}", hint) from error
    _rename(model)
    return model


def flat_layers(model: Any) -> list[Any]:
    """A model's layers in order, those of nested models in their place."""
    found: list[Any] = []
    for layer in model.layers:
        found.extend(flat_layers(layer) if hasattr(layer, "layers") else [layer])
    return found


def _rename(layer: Any) -> None:
    """Give a model and all that is in it names that can be scopes."""
    name = _NO_SCOPE.sub("_", layer.name)
    name = f"layer{name}" if name.startswith(("_", "-")) else name
    if name != layer.name:
        layer.name = name
    for inner in getattr(layer, "layers", ()):
        _rename(inner)


def transfer(model: Any, path: Path) -> tuple[str, ...]:
    """Take over the weights of a trained model's layers that have the same name and shapes.

    Args:
        model: the new network; its other layers stay as they are.
        path: a whole model, .keras or .h5.

    Returns:
        the names of the layers that were taken over, in their order.

    Raises:
        InputError: the file can't be read, or no layer fits.
    """
    if path.name.endswith(".weights.h5"):
        raise InputError(
            f"{path} has weights without the names of their layers",
            "give the whole model, as model.save('NAME.keras') writes it",
        )
    trained = {layer.name: layer for layer in load_keras(path).layers}
    taken = []
    for layer in model.layers:
        source = trained.get(layer.name)
        if source is None or not layer.weights:
            continue
        values = source.get_weights()
        if [tuple(w.shape) for w in layer.weights] == [value.shape for value in values]:
            layer.set_weights(values)
            taken.append(layer.name)
    if not taken:
        raise InputError(
            f"no layer of {path} has the name and the shapes of one of the new network",
            "weights are taken over by a network of the same architecture and width; other "
            "numbers of classes are fine",
        )
    return tuple(taken)


def first_line(error: BaseException) -> str:
    """An exception's text, cut to what fits into a sentence."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
