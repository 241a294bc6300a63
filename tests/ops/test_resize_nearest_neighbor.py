from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgekit.ops import resize_nearest_neighbor
from tests.support import tflm
from tests.support.broken import COPY_RULES, size_rules
from tests.support.cases import build_graph
from tests.support.op_checks import Broken
from tests.support.op_suite import OpSuite

OP = "resize_nearest_neighbor"


def size(height: int, width: int) -> np.ndarray:
    return np.array([height, width], np.int32)


BROKEN = [
    *COPY_RULES,
    *size_rules((3, 5, 4)),
    Broken("constraint_repeats", "3 rows become 7", tensors={1: {"data": size(7, 10)}}),
    Broken("constraint_repeats", "5 columns become 4", tensors={1: {"data": size(6, 4)}}),
    Broken(
        "constraint_repeats",
        "3 rows become 9",
        attrs={"align_corners": True},
        tensors={1: {"data": size(9, 10)}},
    ),
]

SHAPES = {
    "doubled": (1, 6, 10, 4),
    "batches": (2, 6, 8, 5),
}


class TestResizeNearestNeighbor(OpSuite):
    op = OP
    broken = BROKEN
    shapes = SHAPES


@pytest.mark.parametrize(
    ("corners", "half"), [(False, False), (False, True), (True, False)], ids=str
)
def test_sources_are_those_of_tflite_micro(corners: bool, half: bool) -> None:
    """Also where the op is refused, because rows would not be repeated equally often."""
    for given, extent in itertools.product((1, 3, 7, 10), (1, 2, 5, 13, 30, 90)):
        spec = {
            "name": "sources",
            "attrs": {"align_corners": corners, "half_pixel_centers": half},
            "inputs": [{"shape": [1, given, 1, 1]}, {"dtype": "int32", "values": [extent, 1]}],
        }
        graph = build_graph(OP, spec)
        sample = np.arange(given).astype(np.int8).reshape(1, given, 1, 1)
        (want,) = tflm.run_graph(graph, [[sample]])[0]
        got = resize_nearest_neighbor.reference(graph.ops[0], graph, [sample, None])
        np.testing.assert_array_equal(got.ravel(), want.ravel(), err_msg=f"{given} -> {extent}")
