"""Whole models in HDF5 (`.h5`, `.hdf5`), as Keras 2 wrote them; Keras 3 still reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgekit import models
from edgekit.errors import InputError
from edgekit.importers import _files, _keras_model, _tfmot
from edgekit.importers._model import FloatModel

DESCRIPTION = "a whole Keras model in HDF5 (.h5, .hdf5)"
NEEDS_TENSORFLOW = True

_NO_GROUPS = (
    *("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
    *("Conv1DTranspose", "Conv2DTranspose"),
)
_MAGIC = b"\x89HDF\r\n\x1a\n"
_HINT = "write it with model.save('NAME.h5'), or as .keras"


def accepts(source: str) -> bool:
    """Whether the name ends in .h5 or .hdf5."""
    return source.lower().endswith((".h5", ".hdf5"))


def check(source: str) -> None:
    """Refuse what doesn't begin as HDF5 does.

    Raises:
        InputError: not there, empty, or something else.
    """
    _files.expect_magic(Path(source), _MAGIC, "an HDF5 file", _HINT)


def load(source: str) -> FloatModel:
    """Load and freeze the model.

    Raises:
        InputError: a damaged file, or weights without the architecture.
        UnsupportedError: see `_keras_model.to_float_model`.
    """
    import h5py

    check(source)
    path = Path(source)
    try:
        with h5py.File(path, "r") as file:
            config = file.attrs.get("model_config")
    except (OSError, RuntimeError, KeyError) as error:
        reason = models.first_line(error)
        raise InputError(f"{path} is damaged or cut off: {reason}", _HINT) from error
    if config is None:
        raise InputError(f"{path} holds weights only, not the architecture", _HINT)
    if _tfmot.is_prepared(config):
        return _tfmot.load(path, config)
    model = models.load_keras(path, _without_groups())
    return _keras_model.to_float_model(model, path.stem, source)


def _without_groups() -> dict[str, type]:
    """Layers that ignore the `groups: 1` which Keras 2 saved for every kind of convolution.

    Keras 3 knows that argument in plain convolutions only, and refuses the rest: among them
    every MobileNet that Keras 2 saved.
    """
    import keras

    found: dict[str, type] = {}
    for name in _NO_GROUPS:
        layer = getattr(keras.layers, name)

        def from_config(cls: Any, config: dict[str, Any]) -> Any:
            kept = {key: value for key, value in config.items() if (key, value) != ("groups", 1)}
            return cls(**kept)

        found[name] = type(name, (layer,), {"from_config": classmethod(from_config)})
    return found
