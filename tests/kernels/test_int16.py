"""Networks of int16 activations: the reference x TFLite Micro, the kernels x the reference.

The kernels of single ops have their int16 cases in cases.toml; here is what only networks show:
what passes, memory plan and streams make of tensors of two bytes.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from edgekit import builder, emulators, kernels, passes, streaming
from edgekit.emulators import host
from edgekit.ir import DType, Graph
from edgekit.kernels import Goal
from edgekit.oracles import numpy_reference
from edgekit.targets import Target
from tests.kernels.test_kernels import expect_all_right
from tests.support import tflm
from tests.support.boards import roomiest, roomiest_of_each_core
from tests.support.cases import Case, load_cases, ops_with_cases, sample_inputs
from tests.support.kernel_bundle import chosen, write_bundle
from tests.support.networks import Network
from tests.support.random_networks import random_network
from tests.support.streamed_networks import streamed_network
from tests.support.tools import needs_emulator

TARGET = roomiest()
WHOLE = tuple(
    Case("int16", f"network_{seed}", random_network(seed, dtype=DType.INT16)) for seed in range(12)
)
STREAMED = tuple(
    Case("int16", f"streamed_{seed}", streamed_network(seed, dtype=DType.INT16))
    for seed in range(8)
)
# Of kernels that copy bytes of any type, or nothing.
UNTYPED = {"bytes", "f32_s16", "s16_f32", "s8_s16", "s16_s8"}


def _float_ends() -> Graph:
    """QUANTIZE and DEQUANTIZE around an int16 body, with a turn to int8 and back."""
    net = Network(7, DType.INT16)
    x = net.add("QUANTIZE", (net.float_input((1, 6, 6, 2)),), scale=0.001)
    x = net.conv(x, 3, 3, stride_h=2, stride_w=2)
    x = net.add("QUANTIZE", (x,), scale=20.0, zero_point=3, dtype=DType.INT8)
    x = net.add("QUANTIZE", (x,), scale=0.1)
    x = net.add("TANH", (net.add("LOGISTIC", (x,), scale=2.0**-15),), scale=2.0**-15)
    return net.graph(net.add("DEQUANTIZE", (x,), dtype=DType.FLOAT32))


CASES = (*WHOLE, Case("int16", "float_ends", _float_ends()))


@pytest.mark.parametrize("case", [*CASES, *STREAMED], ids=lambda case: case.name)
def test_reference_equals_tflite_micro(case: Case) -> None:
    samples = sample_inputs(case.graph, 2)
    expected = tflm.run_graph(case.graph, samples)
    found = numpy_reference.run(b"", case.graph, samples)
    for wanted, got in zip(expected, found, strict=True):
        for op, a, b in zip(case.graph.ops, wanted, got, strict=True):
            np.testing.assert_array_equal(b, a.reshape(b.shape), err_msg=op.name)


def test_networks_are_not_saturated() -> None:
    """Or they show nothing: most have many different values at their ends."""
    counts = []
    for case in WHOLE:
        (outputs,) = numpy_reference.run(b"", case.graph, sample_inputs(case.graph, 1)[:1])
        counts.append(max(len(np.unique(each)) for each in outputs))
    assert sum(count > 10 for count in counts) > len(WHOLE) / 2


@pytest.mark.parametrize("target", roomiest_of_each_core(), ids=lambda t: t.core.name)
def test_no_kernel_for_int8_takes_int16(target: Target) -> None:
    graphs = [case.graph for op in ops_with_cases() for case in load_cases(op)]
    graphs += [passes.run(case.graph) for case in (*CASES, *STREAMED)]
    found = set()
    for graph in graphs:
        for op in graph.ops:
            given, made = graph.input(op, 0).dtype, graph.output(op).dtype
            if DType.INT16 not in (given, made):
                continue
            for choice in kernels.candidates(op, graph, target):
                assert (
                    not choice.calls
                    or choice.variant.startswith("s16")
                    or (choice.variant in UNTYPED)
                ), f"{op.kind}: {choice.function}"
                found.add(choice.function)
    assert {"ek_conv_2d_s16", "ek_depthwise_conv_2d_s16", "ek_fully_connected_s16"} <= found


def test_most_networks_are_streamed() -> None:
    """Or they show nothing of streams."""
    found = 0
    for case in STREAMED:
        graph = passes.run(case.graph)
        choices = [kernels.portable(op, graph, TARGET) for op in graph.ops]
        made = streaming.forced(graph, choices, TARGET, Goal.BALANCED, rows=1)
        found += any(len(stream.steps) > 2 for stream in made.plan.streams)
    assert found > len(STREAMED) / 2


def _bundles(folder: Path, target: Target) -> list[tuple[Path, int]]:
    own = chosen(Goal.BALANCED)
    forced = functools.partial(streaming.forced, rows=2)
    return [
        (folder / "whole", write_bundle(folder / "whole", CASES, target, 2, own)),
        (folder / "rows", write_bundle(folder / "rows", STREAMED, target, 2, own, forced)),
    ]


def test_host(tmp_path: Path) -> None:
    for folder, models in _bundles(tmp_path, TARGET):
        firmware = builder.build(folder, folder / "b", host=True, sanitize=True)
        with host.running(firmware.elf, TARGET) as link:
            expect_all_right(link, models)


@pytest.mark.emulated
@pytest.mark.parametrize(
    "target",
    [TARGET, *(t for t in roomiest_of_each_core() if not t.core.features & {"dsp", "thumb2"})],
    ids=lambda t: t.core.name,
)
def test_emulator(tmp_path: Path, target: Target) -> None:
    """The kernels in assembler, and cores without 64-bit arithmetic or unaligned access."""
    needs_emulator(target)
    for folder, models in _bundles(tmp_path, target):
        firmware = builder.build(folder, folder / "b")
        with emulators.running(firmware.elf, target, count=False) as link:
            expect_all_right(link, models)
