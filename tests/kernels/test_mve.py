"""Random graphs, every one computed by every MVE variant, as C and as assembler."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import kernels, ops, targets
from edgekit.errors import EdgekitError
from edgekit.ir import Graph, Op
from edgekit.kernels._mve_sums import Mode
from edgekit.ops import KernelChoice
from edgekit.targets import Target
from tests.kernels.test_kernels import emulate, on_host
from tests.support.cases import Case, build_graph
from tests.support.tools import needs_emulator

TARGET = max(
    (each for each in targets.all_boards() if "mve" in each.core.features),
    key=lambda target: target.ram_bytes,
)
COUNT = 12
ACTIVATIONS = ("NONE", "RELU", "RELU", "RELU6")
DEPTHWISE = "depthwise_conv_2d"
CANDIDATES = kernels.candidates

Random = np.random.Generator


def _data(random: Random, shape: list[int]) -> dict[str, Any]:
    zero_point = int(random.choice([-128, 127, 0, int(random.integers(-128, 128))]))
    return {
        "shape": shape,
        "scale": float(10 ** random.uniform(-2.5, -1)),
        "zero_point": zero_point,
    }


def _sums(random: Random, data: dict[str, Any], weights: list[int], axis: int) -> dict[str, Any]:
    """Weights, a bias and an output that needs every way of requantization."""
    taps = int(np.prod(weights)) // weights[axis]
    # Outputs reach from a part of int8's range to far over it; the last needs shifts to the left.
    wide = float(random.choice([1.0, 0.2, 0.02, 0.0004]))
    scale = data["scale"] * np.sqrt(taps) * wide
    constant = {"shape": weights, "scale": 0.01, "axis": axis, "const": True}
    output_zero = int(random.choice([-128, -128, 127, int(random.integers(-128, 128))]))
    return {
        "inputs": [
            data,
            constant | {"per_channel": bool(random.random() < 0.7)},
            {"shape": [weights[axis]], "bias": True},
        ],
        "output": {"scale": float(scale), "zero_point": output_zero},
    }


def _window(random: Random, most_stride: int) -> dict[str, Any]:
    return {
        "stride_h": int(random.integers(1, 4)),
        "stride_w": int(random.integers(1, most_stride + 1)),
        "padding": str(random.choice(["SAME", "VALID"])),
        "fused_activation_function": str(random.choice(ACTIVATIONS)),
    }


def _image(random: Random, channels: int) -> list[int]:
    height, width = (int(each) for each in random.integers(1, 18, 2))
    return [int(random.integers(1, 3)), height, width, channels]


def _conv_2d(random: Random) -> dict[str, Any]:
    channels, filters = (int(each) for each in random.integers(1, 71, 2))
    kernel = [1, 1] if random.random() < 0.4 else [int(each) for each in random.integers(1, 5, 2)]
    attrs = _window(random, 3) | {"dilation_h_factor": int(random.integers(1, 3))}
    depth = channels
    if random.random() < 0.3:
        groups = int(random.integers(1, 5))
        channels, filters = groups * depth, groups * -(-filters // groups)
        attrs |= {"dilation_w_factor": int(random.integers(1, 3))}
    data = _data(random, _image(random, channels))
    return _sums(random, data, [filters, *kernel, depth], 0) | {"attrs": attrs}


def _depthwise_conv_2d(random: Random) -> dict[str, Any]:
    channels = int(random.integers(1, 71))
    attrs = _window(random, 2) | {
        "dilation_h_factor": int(random.integers(1, 3)),
        "dilation_w_factor": int(random.integers(1, 3)),
    }
    kernel = [int(each) for each in random.integers(1, 5, 2)]
    image = _image(random, channels)
    if random.random() < 0.4:  # of one row or column, which may have more taps
        along = int(random.integers(0, 2))
        image[1 + along] = kernel[along] = 1
        kernel[1 - along] = int(random.integers(3, 17))
        attrs |= {"dilation_h_factor": 1, "dilation_w_factor": 1, "stride_h": attrs["stride_w"]}
    elif random.random() < 0.5:  # of which rows are needed again after they were overwritten
        attrs |= {"stride_h": 1, "stride_w": 1, "padding": "SAME"}
        attrs |= {"dilation_h_factor": 1, "dilation_w_factor": 1}
        kernel = [int(each) for each in random.integers(2, 5, 2)]
    elif random.random() < 0.3:  # of one channel
        image[3] = 1
        attrs |= {"depth_multiplier": channels, "dilation_w_factor": 1}
    return _sums(random, _data(random, image), [1, *kernel, channels], 3) | {"attrs": attrs}


def _depthwise_any(random: Random) -> dict[str, Any]:
    """Windows and filters of any number."""
    channels = int(random.integers(1, 41))
    attrs = _window(random, 4) | {
        "dilation_h_factor": int(random.integers(1, 3)),
        "dilation_w_factor": int(random.integers(1, 3)),
        "depth_multiplier": int(random.choice([1, 1, random.integers(2, 6)])),
    }
    weights = [1, *(int(each) for each in random.integers(1, 8, 2))]
    weights.append(channels * attrs["depth_multiplier"])
    return _sums(random, _data(random, _image(random, channels)), weights, 3) | {"attrs": attrs}


def _fully_connected(random: Random) -> dict[str, Any]:
    depth = int(random.choice([random.integers(1, 71), random.integers(1, 400)]))
    data = _data(random, [int(random.integers(1, 4)), depth])
    attrs = {"fused_activation_function": str(random.choice(ACTIVATIONS))}
    return _sums(random, data, [int(random.integers(1, 40)), depth], 0) | {"attrs": attrs}


def _pool(random: Random) -> dict[str, Any]:
    attrs = _window(random, 3) | {
        "filter_height": int(random.integers(1, 7)),
        "filter_width": int(random.integers(1, 7)),
    }
    image = _image(random, int(random.integers(1, 71)))
    if random.random() < 0.3:  # so many positions that 16 bits do not hold their sum
        image = [1, 17, 16 + int(random.integers(1, 4)), int(random.integers(1, 20))]
        attrs |= {"filter_height": 17, "filter_width": image[2], "padding": "VALID"}
    return {"inputs": [_data(random, image)], "attrs": attrs}


def _mean(random: Random) -> dict[str, Any]:
    shape = [int(each) for each in random.integers(1, 10, int(random.integers(2, 5)))]
    shape[-1] = int(random.integers(1, 71))
    if random.random() < 0.3:
        shape[-2:] = int(random.integers(257, 600)), int(random.integers(1, 20))
        shape[:-2] = [1] * (len(shape) - 2)
    count = int(random.integers(1, min(3, len(shape)) + 1))
    axes = sorted(int(each) for each in random.choice(len(shape), min(count, 2), replace=False))
    data = _data(random, shape)
    output = _data(random, []) | {"scale": data["scale"] * float(random.choice([1.0, 0.1, 3.0]))}
    del output["shape"]
    return {
        "inputs": [data, {"dtype": "int32", "shape": [len(axes)], "values": axes}],
        "output": output,
        "attrs": {"keep_dims": bool(random.random() < 0.5)},
    }


def _two_terms(random: Random) -> dict[str, Any]:
    """Two inputs, of the same shape or one of them repeated along some dimensions."""
    shape = [int(each) for each in random.integers(1, 12, int(random.integers(1, 4)))]
    shape[-1] = int(random.integers(1, 71))
    others = [1 if random.random() < 0.2 else each for each in shape]
    inputs = [_data(random, shape), _data(random, others)]
    random.shuffle(inputs)
    output = _data(random, shape)
    del output["shape"]
    attrs = {"fused_activation_function": str(random.choice(ACTIVATIONS))}
    return {"inputs": inputs, "output": output, "attrs": attrs}


SPECS: dict[str, Callable[[Random], dict[str, Any]]] = {
    "depthwise_conv_2d/any": _depthwise_any,
    "add": _two_terms,
    "average_pool_2d": _pool,
    "conv_2d": _conv_2d,
    "depthwise_conv_2d": _depthwise_conv_2d,
    "fully_connected": _fully_connected,
    "max_pool_2d": _pool,
    "mean": _mean,
    "mul": _two_terms,
    "sub": _two_terms,
}
# Those that are one firmware, as much as the board's flash holds; the first is two.
BUNDLES = (
    ("depthwise_conv_2d",),
    ("depthwise_conv_2d/any", "average_pool_2d"),
    ("conv_2d", "add", "fully_connected", "mul", "sub"),
    ("max_pool_2d", "mean"),
)
# Of which the choice has the mode of EK_MVE_RELU, EK_MVE_SIGNED or EK_MVE_GENERAL.
SUMS = ("conv_2d", "depthwise_conv_2d", "fully_connected")


def _mve(op: Op, graph: Graph, target: Target) -> list[KernelChoice]:
    return [each for each in CANDIDATES(op, graph, target) if "_mve" in each.variant]


def _cases(op: str) -> list[Case]:
    random = np.random.default_rng(3)
    found: list[Case] = []
    while len(found) < COUNT:
        name = f"random_{len(found)}"
        try:
            graph = build_graph(op.split("/")[0], {"name": name, **SPECS[op](random)})
            ops.check(graph.ops[0], 0, graph)
        except EdgekitError:  # a VALID window that does not fit; draw again
            continue
        if _mve(graph.ops[0], graph, TARGET):
            found.append(Case(op.split("/")[0], name, graph))
    return found


def test_cases_need_every_mode() -> None:
    for op in SUMS:
        choices = [_mve(each.graph.ops[0], each.graph, TARGET)[0] for each in _cases(op)]
        assert {dict(each.calls[0].params)["mode"] for each in choices} == set(Mode), op


def test_cases_need_every_way_of_running_depthwise() -> None:
    choices = [_mve(each.graph.ops[0], each.graph, TARGET)[0] for each in _cases(DEPTHWISE)]
    params = [dict(each.calls[0].params) for each in choices if each.in_place]
    params = [each for each in params if "lines" in each]
    for name, values in (("lines", {1, 2}), ("pairs", {False, True}), ("folded", {False, True})):
        assert {each[name] for each in params} == values, name
    assert {0, 1} <= {each["saved"] for each in params}
    assert {each["input_column"] == each["channels"] for each in params} == {False, True}


@pytest.fixture(autouse=True)
def _only_mve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "candidates", _mve)


def test_every_op_is_in_a_bundle() -> None:
    assert sorted(op for bundle in BUNDLES for op in bundle) == sorted(SPECS)


@pytest.mark.parametrize("bundle", BUNDLES, ids=",".join)
def test_host(bundle: tuple[str, ...], tmp_path: Path) -> None:
    cases = [case for op in bundle for case in _cases(op)]
    on_host(tmp_path, cases, TARGET, samples=1)


@pytest.mark.emulated
@pytest.mark.parametrize("bundle", BUNDLES, ids=",".join)
def test_emulator(bundle: tuple[str, ...], tmp_path: Path) -> None:
    needs_emulator(TARGET)
    cases = [case for op in bundle for case in _cases(op)]
    parts = 2 if DEPTHWISE in bundle else 1
    for part in range(parts):
        emulate(tmp_path / str(part), cases[part::parts], TARGET, samples=1)
