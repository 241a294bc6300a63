"""From a model to verified firmware, for shapes of models that the corpus does not have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edgekit import output, pipeline
from edgekit.ir import Graph
from edgekit.kernels import Goal
from edgekit.packaging import ConvertOptions
from edgekit.targets import Target
from tests.support.networks import Network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs, needs_emulator


def _two_of_each() -> Graph:
    """Two inputs, and two outputs of which one is read on inside."""
    net = Network(6)
    one, two = net.input((1, 4, 4, 2)), net.input((1, 4, 4, 2), scale=0.1, zero_point=7)
    both = net.add("ADD", (one, two))
    return net.graph(both, net.conv(both, 3, 3))


def _batch_of_three() -> Graph:
    net = Network(7)
    x = net.conv(net.input((3, 6, 5, 2)), 4, 3, stride_h=2, stride_w=2)
    return net.graph(net.depthwise(x, 3))


def _passed_through() -> Graph:
    """An input that is reshaped into the output: no kernel is left."""
    net = Network(8)
    x = net.input((1, 6))
    shape = {"new_shape": (2, 3)}
    return net.graph(net.add("RESHAPE", (x,), shape, scale=0.05, zero_point=-3))


def _wide_inside() -> Graph:
    """A stem, and 32 channels between layers of 4: with `size` it runs band by band."""
    net = Network(9)
    x = net.conv(net.input((1, 24, 16, 4)), 32, 1)
    return net.graph(net.conv(net.depthwise(x, 3), 4, 1))


def _other_shapes() -> Graph:
    """Shapes that have to change: of the input, between layers, and of the output."""
    net = Network(10)
    same = {"scale": 0.05, "zero_point": -3}
    x = net.add("RESHAPE", (net.input((1, 30, 2)),), {"new_shape": (1, 6, 5, 2)}, **same)
    x = net.conv(x, 2, 3)
    x = net.add("RESHAPE", (x,), {"new_shape": (6, 10)}, scale=0.1, zero_point=4)
    part = {"scale": 1 / 256, "zero_point": -128}
    x = net.add("SOFTMAX", (x,), **part)
    return net.graph(net.add("RESHAPE", (x,), {"new_shape": (60,)}, **part))


NETWORKS = {
    "two_of_each": _two_of_each,
    "batch": _batch_of_three,
    "through": _passed_through,
    "wide": _wide_inside,
    "shapes": _other_shapes,
}


def _convert(name: str, target: Target, folder: Path, **options: Any) -> Path:
    folder.mkdir(exist_ok=True)
    source = folder / f"{name}.tflite"
    source.write_bytes(write_tflite(NETWORKS[name]()))
    out = folder / "out"
    pipeline.convert(ConvertOptions(str(source), target.board.name, out, **options))
    return out


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_host(name: str, any_target: Target, tmp_path: Path) -> None:
    needs("cmake", "cc")
    found = pipeline.verify(_convert(name, any_target, tmp_path), ("host",), count=3)
    assert found.places["host"].samples == 5
    assert found.mismatches == 0


def test_a_reshape_is_no_layer(any_target: Target, tmp_path: Path) -> None:
    """The device runs none, and still answers for the model's own output."""
    needs("cmake", "cc")
    out = _convert("shapes", any_target, tmp_path)
    found = pipeline.verify(out, ("host",), count=2)
    assert found.places["host"].tensors == 2
    assert found.notes == ()
    model = json.loads((out / "report.json").read_text())["model"]
    assert [row["entry"] for row in model["ops"]] == [2, 2, 2, 4, 4]
    assert "reshape(" not in (out / "firmware/models/shapes/shapes.c").read_text()


@pytest.mark.emulated
def test_ops_that_run_together_are_one_layer(any_target: Target, tmp_path: Path) -> None:
    needs_emulator(any_target)
    out = _convert("wide", any_target, tmp_path, optimize=Goal.SIZE)
    found = pipeline.verify(out, ("host", "emulator"), count=2)
    assert found.mismatches == 0
    assert [place.tensors for place in found.places.values()] == [1, 1]
    assert any("2 tensors are never whole on the device" in note for note in found.notes)
    bench = pipeline.bench(out, runs=1).to_json()
    (layer,) = bench["layers"]
    assert layer["op"] == "CONV_2D + DEPTHWISE_CONV_2D + CONV_2D"
    assert layer["macs"] == bench["macs"]
    model = json.loads((out / "report.json").read_text())["model"]
    assert [row["entry"] for row in model["ops"]] == [2, 2, 2]
    # 24 rows of 16 pixels with 32 channels are read, none is ever there as a whole.
    assert model["live_range_bound_bytes"] == 2 * 24 * 16 * 32
    assert model["arena_bytes"] < model["live_range_bound_bytes"] / 3
    assert model["arena_to_live_range_bound"] == pytest.approx(
        model["arena_bytes"] / model["live_range_bound_bytes"], abs=1e-4
    )


def test_keep_input(any_target: Target, tmp_path: Path) -> None:
    """The plan's own proof says that the input is whole at the end: see tests/memory."""
    needs("cmake", "cc")
    needed = {}
    for keep in (False, True):
        out = _convert("wide", any_target, tmp_path / str(keep), keep_input=keep)
        report = json.loads((out / "report.json").read_text())["model"]
        assert report["keep_input"] is keep
        assert output.read_manifest(out)["keep_input"] is keep
        needed[keep] = report["arena_bytes"]
        compiled = pipeline.open_project(out).compiled()
        (source,) = compiled.graph.inputs
        home = next(a for a in compiled.code.plan.allocations if source in a.buffer.tensors)
        assert (home.buffer.last == len(compiled.graph.ops)) is keep
        assert (
            compiled.tree()["models/wide/wide.h"]
            == (out / "firmware/models/wide/wide.h").read_text()
        )
    assert needed[False] < needed[True]
    assert pipeline.verify(tmp_path / "True" / "out", ("host",), count=2).mismatches == 0


@pytest.mark.emulated
def test_emulator_with_the_stub_of_several_inputs(any_target: Target, tmp_path: Path) -> None:
    needs_emulator(any_target)
    out = _convert("two_of_each", any_target, tmp_path)
    firmware = pipeline.build(out)
    assert firmware.stub is not None
    assert firmware.stub.is_file()
    assert pipeline.verify(out, ("emulator",), count=2).mismatches == 0
    assert pipeline.bench(out, runs=1).measured.instructions


def test_the_same_input_gives_the_same_bytes(any_target: Target, tmp_path: Path) -> None:
    trees = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        out = _convert("batch", any_target, folder)
        trees.append(
            {
                path.relative_to(out).as_posix(): path.read_bytes()
                for path in out.rglob("*")
                if path.is_file() and path.name != "manifest.json"
            }
        )
    assert trees[0] == trees[1]
