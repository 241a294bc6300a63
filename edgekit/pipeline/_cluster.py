"""From an int8 .tflite to one with few values per layer, and what that costs in accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgekit import output
from edgekit.compress import clustering
from edgekit.compress.clustering import Clustered, ClusterOptions, LayerClusters
from edgekit.convert import Inputs, inputs_of, to_tflite
from edgekit.convert._litert import LiteRt
from edgekit.errors import InputError
from edgekit.pipeline._project import Events, Silent

# Samples from which weights learn what the layers read.
_LEARNED = 64
# Decisions are made by one half of the samples; by the other one nothing is chosen.
_CHOOSING, _LAST_WORD = slice(0, None, 2), slice(1, None, 2)


@dataclass(frozen=True, slots=True)
class ClusterRequest:
    """What the user asked `cluster` for.

    Attributes:
        model: an int8 .tflite.
        options: how far it goes.
        out: the .tflite to be written.
        data: typical inputs, with classes where accuracy decides; none if None.
        force: replace a .tflite at `out`.
    """

    model: Path
    options: ClusterOptions
    out: Path
    data: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class ClusteredModel:
    """What `cluster` made.

    Attributes:
        out: the .tflite that was written.
        layers: those with weights, and what became of them.
        samples: how many the choice was made by; 0 where errors decided.
        test_samples: how many others there were.
        test_before: accuracy on those of the model as it was, share of 1; None without classes.
        test_after: of the clustered one.
    """

    out: Path
    layers: tuple[LayerClusters, ...]
    samples: int
    test_samples: int
    test_before: float | None
    test_after: float | None


def cluster(request: ClusterRequest, events: Events | None = None) -> ClusteredModel:
    """Cluster a model's weights; writes `request.out`, whole or not at all.

    Raises:
        InputError: the model or the data can't be used, or something is at `out` already.
        UnsupportedError: nothing in the model can be clustered.
        ToolError: LiteRT, which measures accuracy, is not installed.
    """
    events = events or Silent()
    if request.out.exists() and not request.force:
        raise InputError(f"{request.out} exists", "choose another file, or give --force")
    if request.model.suffix != ".tflite":
        raise InputError(
            f"{request.model} is no .tflite", "`edgekit quantize` makes one of a float model"
        )
    events.stage("reading model and data")
    converted = to_tflite(str(request.model), None)
    inputs = None if request.data is None else inputs_of(converted, request.data)
    events.stage("clustering layer by layer")
    found = _clustered(converted.tflite, request.options, inputs)
    tested: tuple[int, float | None, float | None] = (0, None, None)
    if inputs is not None and inputs.classes is not None:
        before, after = (_right(inputs, m, _LAST_WORD) for m in (converted.tflite, found.tflite))
        tested = len(inputs.x[_LAST_WORD]), before, after
    (output.write_file if request.force else output.write_new)(request.out, found.tflite)
    chosen = 0 if found.before is None or inputs is None else len(inputs.x[_CHOOSING])
    return ClusteredModel(request.out, found.layers, chosen, *tested)


def _clustered(model: bytes, options: ClusterOptions, inputs: Inputs | None) -> Clustered:
    if inputs is None:
        return clustering.cluster(model, options)
    choosing = inputs.x[_CHOOSING]
    learned = choosing[np.linspace(0, len(choosing) - 1, min(_LEARNED, len(choosing))).astype(int)]
    if inputs.classes is None:
        return clustering.cluster(model, options, samples=learned)
    return clustering.cluster(
        model, options, lambda tried: _right(inputs, tried, _CHOOSING), learned
    )


def _right(inputs: Inputs, model: bytes, which: slice) -> float:
    return inputs.right(LiteRt(model).invoke, which)
