"""Forms of int16 sums against the reference's requantization, at and around where it rounds."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit import kernels
from edgekit.ir import DType, Graph
from edgekit.kernels import Goal
from edgekit.kernels._wide_sums import packed, wide_forms
from edgekit.ops._quant import INT32_MAX, multiply_wide_by_reduced
from tests.support.boards import roomiest
from tests.support.networks import Network

Int64 = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def _result(sums: Int64, form: Int64, prescale: int) -> Int64:
    """ek_dsp_wide_result without the clamp; int64 wraps around as it does there."""
    addend = (form[1] << 32) | (form[0] & 0xFFFFFFFF)
    scaled = addend + (sums << prescale) * form[2]
    return (scaled >> 32) >> form[3]


@pytest.mark.parametrize("shift", [7, 3, 0, -1, -2, -9, -31])
@pytest.mark.parametrize("multiplier", [2**14, 23171, 2**15 - 1, 0])
@pytest.mark.parametrize("bias", [0, -77, 2**20, -(2**20)])
def test_forms_round_as_the_reference(shift: int, multiplier: int, bias: int) -> None:
    # What the constraints leave: a scaled sum is of 32 bits.
    largest = min(INT32_MAX >> max(shift, 0), INT32_MAX) - abs(bias)
    step = 2 ** min(max(15 - shift, 0), 40) / max(multiplier, 1)
    halves = (np.arange(-300, 300) * step / 2).round().astype(np.int64)
    random = np.random.default_rng(0).integers(-largest, largest, 3000)
    near = np.concatenate([halves + d for d in (-1, 0, 1)])
    sums = np.concatenate([near - bias, random, [-largest, largest]])
    sums = sums[np.abs(sums) <= largest]
    made = wide_forms(np.array([bias]), (largest,), np.array([multiplier]), np.array([shift]))
    assert made is not None
    forms, prescale = made
    expected = multiply_wide_by_reduced(sums + bias, multiplier, shift)
    np.testing.assert_array_equal(_result(sums, forms[0].astype(np.int64), prescale), expected)


def test_a_layer_of_several_shifts_has_one_prescale() -> None:
    shifts, multipliers = np.array([2, -6]), np.array([20000, 30000])
    made = wide_forms(np.array([5, -5]), (10_000, 10_000), multipliers, shifts)
    assert made is not None
    forms, prescale = made
    assert prescale == 3
    sums = np.arange(-10_000, 10_000)
    for form, bias, m, shift in zip(forms, (5, -5), multipliers, shifts, strict=True):
        expected = multiply_wide_by_reduced(sums + bias, m, shift)
        np.testing.assert_array_equal(_result(sums, form.astype(np.int64), prescale), expected)


def test_what_leaves_64_bits_has_no_form() -> None:
    shift, multiplier = np.array([-1]), np.array([2**15 - 1])
    edge = (2**63 - 1) // ((2**15 - 1) << 16)
    assert wide_forms(np.array([0]), (edge - 2**16,), multiplier, shift) is not None
    assert wide_forms(np.array([0]), (edge + 1,), multiplier, shift) is None
    assert wide_forms(np.array([edge]), (2**16,), multiplier, shift) is None


def test_packed_words_are_those_that_sxtb16_widens() -> None:
    weights = np.arange(-15, 15, dtype=np.int64).reshape(3, 10)
    words = packed(weights, 2).view("<u4")
    assert words.size == 4 * 3  # two channels and two more, of three words each
    for channel, word in ((0, 0), (1, 1), (2, 2)):
        held = words.reshape(2, 3, 2)[channel // 2, word, channel % 2]
        taps = [int(np.int8(held >> 8 * byte & 0xFF)) for byte in (0, 2, 1, 3)]
        expected = np.pad(weights[channel], (0, 2))[4 * word : 4 * word + 4]
        assert taps == expected.tolist()


def _depthwise(channels: int, multiplier: int = 1) -> Graph:
    net = Network(4, DType.INT16)
    x = net.input((1, 5, 5, channels))
    weights = net.weights((1, 3, 3, channels * multiplier), 3)
    attrs = {"depth_multiplier": multiplier}
    return net.graph(net.add("DEPTHWISE_CONV_2D", (x, weights), attrs))


@pytest.mark.parametrize(
    ("graph", "served"),
    [
        (_depthwise(4), True),
        (_depthwise(7), True),
        (_depthwise(3), False),
        (_depthwise(4, 2), False),
    ],
)
def test_depthwise_layers_that_are_served(graph: Graph, served: bool) -> None:
    choice = kernels.best([kernels.candidates(graph.ops[0], graph, roomiest())], Goal.BALANCED)[0]
    assert (choice.function == "ek_depthwise_conv_2d_s16_dsp") == served
