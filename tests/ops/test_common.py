from __future__ import annotations

import pytest

from edgekit.ir import Quant
from edgekit.ops._common import Activation, Padding, Window, activation_range, window


@pytest.mark.parametrize(
    ("activation", "quant", "expected"),
    [
        (Activation.NONE, Quant((0.1,), (5,)), (-128, 127)),
        (Activation.RELU, Quant((0.1,), (5,)), (5, 127)),
        (Activation.RELU6, Quant((0.1,), (5,)), (5, 65)),
        (Activation.RELU6, Quant((0.1,), (100,)), (100, 127)),
        (Activation.RELU_N1_TO_1, Quant((0.1,), (5,)), (-5, 15)),
        (Activation.RELU_N1_TO_1, Quant((0.001,), (5,)), (-128, 127)),
        # A quotient of 0.49999997 (float32) rounds to 0; adding 0.5 in float32 would make 1.
        (Activation.RELU_N1_TO_1, Quant((2.0000002384185791,), (0,)), (0, 0)),
        # Half a step rounds away from zero on both sides.
        (Activation.RELU_N1_TO_1, Quant((2.0,), (0,)), (-1, 1)),
    ],
)
def test_activation_range(activation: Activation, quant: Quant, expected: tuple[int, int]) -> None:
    assert activation_range(activation, quant) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((Padding.SAME, 5, 3, 1), Window(5, 1)),
        ((Padding.SAME, 6, 3, 2), Window(3, 0)),  # one element of padding goes to the end
        ((Padding.SAME, 7, 3, 2), Window(4, 1)),
        ((Padding.SAME, 2, 7, 1), Window(2, 3)),
        ((Padding.SAME, 8, 1, 3), Window(3, 0)),
        ((Padding.SAME, 7, 3, 1, 2), Window(7, 2)),
        ((Padding.VALID, 5, 3, 1), Window(3, 0)),
        ((Padding.VALID, 6, 3, 2), Window(2, 0)),
        ((Padding.VALID, 11, 3, 2, 3), Window(3, 0)),
        ((Padding.VALID, 3, 3, 5), Window(1, 0)),
    ],
)
def test_window(arguments: tuple[Padding, int, int, int], expected: Window) -> None:
    assert window(*arguments) == expected
