"""Loads a Keras 2 model that tensorflow-model-optimization (tfmot) prepared.

Keras 3 can't: the model's layers are tfmot's own classes, derived from Keras 2's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edgekit import models
from edgekit.errors import InputError, ToolError
from edgekit.importers import _frozen
from edgekit.importers._model import FloatModel
from edgekit.models._freezing import freeze

_WRAPPER = "QuantizeWrapper"


def is_prepared(config: str | bytes) -> bool:
    """Whether a saved model's configuration (JSON) names tfmot's wrapper of layers."""
    text = config.decode("utf-8", "replace") if isinstance(config, bytes) else config
    return _WRAPPER in text


def load(path: Path, config: str | bytes) -> FloatModel:
    """Load and freeze the model with Keras 2 and tfmot.

    Raises:
        ToolError: tf_keras or tfmot is not installed.
        InputError: they can't read the file.
        UnsupportedError: not one float32 input and one output, or a batch above 1.
    """
    try:
        import tensorflow_model_optimization as tfmot
        import tf_keras
    except ImportError as error:
        raise ToolError(
            f"{path} was prepared by tensorflow-model-optimization: it needs that and tf_keras",
            "pip install 'edgekit[tfmot]', or save it there with "
            "tf.saved_model.save(model, 'FOLDER') and give the folder",
        ) from error
    try:
        with tfmot.quantization.keras.quantize_scope():
            model: Any = tf_keras.models.load_model(path, compile=False)
    except Exception as error:  # tf_keras, tfmot and h5py each raise their own kinds
        reason = models.first_line(error)
        raise InputError(
            f"tf_keras can't load {path}: {reason}",
            "save it there with tf.saved_model.save(model, 'FOLDER') and give the folder",
        ) from error
    source = str(path)
    _frozen.one_of_each(model.inputs, model.outputs, source)
    _frozen.float_input(model.inputs[0].dtype.name, source)
    shape = _frozen.batch_one(tuple(model.inputs[0].shape), source)
    function = freeze(lambda x: model(x, training=False), shape)
    made = tuple(int(size) for size in function.outputs[0].shape)
    kinds = len(json.loads(config)["config"].get("layers", ()))
    note = f"prepared by tfmot, {kinds} layers: it needs --quantize trained"
    return FloatModel(path.stem, shape, made, function, notes=(note,))
