"""What the passes leave of a model is verified against TFLite Micro's run of the model itself."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from edgekit import pipeline, targets
from edgekit.errors import DeviceError
from edgekit.harness import samples as sampling
from edgekit.harness.reduced import WrongProofError
from edgekit.ir import Graph, Op
from edgekit.ir.tensor import constant
from edgekit.ops._common import Activation, Padding
from edgekit.packaging import ConvertOptions
from edgekit.passes import _intervals
from edgekit.passes import drop_constant_channels as module
from edgekit.pipeline import _bench
from edgekit.targets import Target
from tests.support.networks import Network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs


def _network() -> Graph:
    """PAD, RELU6 and RESHAPE to do without, constant channels to leave out."""
    net = Network(9)
    x = net.input((1, 7, 6, 2))
    pads = net.tensor(constant("pads", np.array([[0, 0], [0, 2], [1, 0], [0, 0]], np.int32)))
    x = net.add("PAD", (x, pads), scale=0.05, zero_point=-3)
    bias = net.tensor(constant("bias", np.array([0, 2**24, 0, -(2**24), 0, 0], np.int32)))
    valid = {"padding": Padding.VALID}
    x = net.add("CONV_2D", (x, net.weights((6, 3, 3, 2), 0), bias), valid)
    x = net.add("RELU6", (x,), scale=0.1, zero_point=4)
    x = net.depthwise(x, 3, fused_activation_function=Activation.RELU, **valid)
    batch, height, width, channels = net.tensors[x].shape
    size = height * width * channels
    shape = net.tensor(constant("shape", np.array([batch, size], np.int32)))
    return net.graph(net.dense(net.add("RESHAPE", (x, shape), {"new_shape": (batch, size)}), 3))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs("cmake", "cc")
    folder = tmp_path_factory.mktemp("passes")
    (folder / "net.tflite").write_bytes(write_tflite(_network()))
    board = targets.all_boards()[0].board.name
    pipeline.convert(ConvertOptions(str(folder / "net.tflite"), board, folder / "out"))
    return folder / "out"


def test_fewer_channels_and_ops_have_the_models_values(project: Path) -> None:
    found = pipeline.verify(project, ("host",), count=3)
    assert found.mismatches == 0
    assert found.places["host"].tensors == 3
    fused, left_out = (
        note for note in found.notes if "tensors of" in note or "left out as" in note
    )
    assert fused.startswith("3 tensors of the model exist no more")
    assert "channels are left out as constant" in left_out
    model = json.loads((project / "report.json").read_text())["model"]
    assert 0 < model["executed_macs"] < model["macs"]
    assert (project / "firmware" / "models" / "net" / "net.c").read_text().count("of 6 channels")


def test_a_wrong_proof_is_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The analysis errs: it takes a channel that varies for constant."""
    right = _intervals._of_sums

    def wrong(op: Op, graph: Graph, x: _intervals.Interval) -> _intervals.Interval:
        found = right(op, graph, x)
        if op.kind != "DEPTHWISE_CONV_2D":
            return found
        high = found.high.copy()
        high[2] = found.low[2]
        return dataclasses.replace(found, high=high)

    monkeypatch.setattr(_intervals, "_of_sums", wrong)
    with pytest.raises(WrongProofError, match=r"DEPTHWISE_CONV_2D .* should always be 4 and is"):
        pipeline.verify(project, ("host",), count=3)


def test_a_wrong_mapping_is_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The firmware's channels are others than the compiler says."""
    right = module._reduced

    def wrong(tensor, mask, interval):
        made = right(tensor, mask, interval)
        assert made.live is not None
        return dataclasses.replace(
            made, live=dataclasses.replace(made.live, channels=made.live.channels[::-1])
        )

    monkeypatch.setattr(module, "_reduced", wrong)
    found = pipeline.verify(project, ("host",), count=3)
    assert found.mismatches > 0
    first = found.places["host"].first
    assert first is not None
    assert first.op == "CONV_2D"


def test_bench_holds_the_output_against_the_model_itself(project: Path, any_target: Target) -> None:
    """Not against the compiled graph, in which an error of a pass would be repeated."""
    compiled = pipeline.open_project(project).compiled()
    assert [op.kind for op in compiled.source.ops] != [op.kind for op in compiled.graph.ops]
    sample = sampling.generated(compiled.graph, 1).inputs[0]
    spoiled = dataclasses.replace(compiled, source=_other_weights(compiled.source))
    with pipeline.connected(pipeline.open_project(project), "host") as device:
        data = [array.tobytes() for array in sample]
        measured = _bench.measure(device, any_target, data, runs=1)
    _bench.require_right(measured, compiled, sample)
    with pytest.raises(DeviceError, match="is not what the model computes"):
        _bench.require_right(measured, spoiled, sample)


def _other_weights(graph: Graph) -> Graph:
    tensors = list(graph.tensors)
    index = graph.ops[-1].inputs[1]
    data = -np.array(tensors[index].data)
    tensors[index] = dataclasses.replace(tensors[index], data=data)
    return dataclasses.replace(graph, tensors=tuple(tensors))
