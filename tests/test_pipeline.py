"""From a model to verified firmware, for shapes of models that the corpus does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import pipeline
from edgekit.ir import Graph
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


NETWORKS = {"two_of_each": _two_of_each, "batch": _batch_of_three, "through": _passed_through}


def _convert(name: str, target: Target, folder: Path) -> Path:
    source = folder / f"{name}.tflite"
    source.write_bytes(write_tflite(NETWORKS[name]()))
    out = folder / "out"
    pipeline.convert(ConvertOptions(str(source), target.board.name, out))
    return out


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_host(name: str, any_target: Target, tmp_path: Path) -> None:
    needs("cmake", "cc")
    found = pipeline.verify(_convert(name, any_target, tmp_path), ("host",), count=3)
    assert found.places["host"].samples == 5
    assert found.mismatches == 0


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
