"""SavedModel folders, of TensorFlow 1 and 2, by their signature `serving_default`.

The graph is loaded by TensorFlow's v1 loader: the v2 loader rebuilds Python objects and fails on
the optimizer slots that old versions of Keras saved, while the v1 loader takes the graph and the
variables alone, which is all that is needed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgekit import models
from edgekit.errors import EdgekitError, InputError, UnsupportedError
from edgekit.importers import _frozen
from edgekit.importers._model import BatchNormProbe, FloatModel
from edgekit.ir.tensor import Array
from edgekit.models._freezing import freeze

DESCRIPTION = "a SavedModel folder (saved_model.pb and variables/)"
NEEDS_TENSORFLOW = True

_SIGNATURE = "serving_default"
_HINT = "write it with model.export('FOLDER') or tf.saved_model.save(model, 'FOLDER')"


def accepts(source: str) -> bool:
    """Whether it is a folder with a saved_model.pb in it."""
    return (Path(source) / "saved_model.pb").is_file()


def check(source: str) -> None:
    """Refuse a folder whose graph or variables are missing.

    Raises:
        InputError: saved_model.pb is missing or empty.
    """
    graph = Path(source) / "saved_model.pb"
    if not graph.is_file() or graph.stat().st_size == 0:
        raise InputError(f"{source} is no SavedModel: saved_model.pb is missing or empty", _HINT)


def load(source: str) -> FloatModel:
    """Load, fix the batch to 1 and freeze the graph of `serving_default`.

    Raises:
        InputError: a damaged folder, no such signature, an open shape.
        UnsupportedError: not one float32 input and one output, or a batch above 1.
    """
    check(source)
    try:
        graph, signature = _frozen_graph(source)
        model = _with_batch_one(source, graph, signature)
    except EdgekitError:
        raise
    except Exception as error:  # protobuf, TensorFlow's status codes, ValueError ...
        reason = models.first_line(error)
        raise InputError(
            f"TensorFlow can't load the SavedModel {source}: {reason}", _HINT
        ) from error
    return model


def _frozen_graph(source: str) -> tuple[Any, Any]:
    """The GraphDef with variables as constants, and its signature."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_from_session_graph,
    )

    graph = tf.Graph()
    with tf.compat.v1.Session(graph=graph) as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], source)
        signature = meta.signature_def.get(_SIGNATURE)
        if signature is None:
            known = ", ".join(sorted(meta.signature_def)) or "none"
            raise InputError(f"{source} has no signature {_SIGNATURE!r}", f"it has: {known}")
        outputs = [info.name.partition(":")[0] for info in signature.outputs.values()]
        frozen = convert_variables_to_constants_from_session_graph(
            session, graph.as_graph_def(), outputs
        )
    _forget_shapes(frozen)
    return frozen, signature


def _forget_shapes(graph: Any) -> None:
    """Remove the recorded shapes, which still say that the batch is open."""
    for node in graph.node:
        node.attr.pop("_output_shapes", None)
    for function in graph.library.function:
        for node in function.node_def:
            node.attr.pop("_output_shapes", None)
        for attrs in function.arg_attr.values():
            attrs.attr.pop("_output_shapes", None)


def _with_batch_one(source: str, graph: Any, signature: Any) -> FloatModel:
    """Import the graph behind an input of batch 1; that folds the shape arithmetic away."""
    import tensorflow as tf

    _frozen.one_of_each(list(signature.inputs), list(signature.outputs), source)
    taken, given = (next(iter(s.values())) for s in (signature.inputs, signature.outputs))
    _frozen.float_input(tf.dtypes.as_dtype(taken.dtype).name, source)
    known = not taken.tensor_shape.unknown_rank
    dims = [int(dim.size) for dim in taken.tensor_shape.dim] if known else []
    shape = _frozen.batch_one(dims, source)

    def call(x: Any) -> Any:
        return tf.graph_util.import_graph_def(
            graph, input_map={taken.name: x}, return_elements=[given.name], name=""
        )[0]

    function = freeze(call, shape)
    if function.outputs[0].shape.rank is None or None in function.outputs[0].shape:
        raise UnsupportedError(
            f"{source}: the output's shape is known only when the model runs",
            "recurrent layers (LSTM, GRU) do that: replace them by Conv1D or Dense layers",
        )
    name = Path(source).resolve().name
    output_shape = tuple(int(size) for size in function.outputs[0].shape)
    return FloatModel(name, shape, output_shape, function, probe=_probe(function))


def _probe(function: Any) -> BatchNormProbe | None:
    """The first FusedBatchNorm of the frozen graph, where it is a trained one."""
    import tensorflow as tf

    ops = function.graph.get_operations()
    op = next((x for x in ops if x.type.startswith("FusedBatchNorm")), None)
    if op is None or op.get_attr("data_format") != b"NHWC":
        return None
    mean, variance = (_constant(op.inputs[position]) for position in (3, 4))
    if mean is None or variance is None or not mean.any():
        return None
    head = function.prune(function.inputs[0], op.inputs[0])

    def activations(samples: Array) -> Array:
        outs = [np.asarray(head(tf.constant(sample[None]))) for sample in samples]
        return np.concatenate(outs)

    return BatchNormProbe(op.name.rpartition("/")[0] or op.name, mean, variance, activations)


def _constant(tensor: Any) -> Array | None:
    """A constant's value, looked for through Identity ops."""
    import tensorflow as tf

    op = tensor.op
    while op.type == "Identity":
        op = op.inputs[0].op
    return np.asarray(tf.make_ndarray(op.get_attr("value"))) if op.type == "Const" else None
