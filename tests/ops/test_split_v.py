from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from tests.support.broken import part_rules
from tests.support.op_checks import Broken
from tests.support.part_checks import Divided, PartsSuite

CASES = {
    "channels": Divided(
        (1, 3, 4, 6), [(1, 3, 4, 1), (1, 3, 4, 5)], {"num_splits": 2}, {1: [1, 5], 2: [3]}
    ),
    "with_the_rest": Divided(
        (2, 7, 3), [(2, 2, 3), (2, 4, 3), (2, 1, 3)], {"num_splits": 3}, {1: [2, -1, 1], 2: [-2]}
    ),
    "batches": Divided((3, 5), [(2, 5), (1, 5)], {"num_splits": 2}, {1: [2, 1], 2: [0]}),
    "one_output": Divided((2, 3), [(2, 3)], {"num_splits": 1}, {1: [3], 2: [1]}),
}

BROKEN = [
    *part_rules(source=0, last=4),
    Broken("constraint_axis", "'in2' is int64", tensors={2: {"dtype": DType.INT64}}),
    Broken("constraint_axis", "computed at run time", tensors={2: {"data": None}}),
    Broken("constraint_axis", "the axes [4] of 4", tensors={2: {"data": np.array([4])}}),
    Broken("constraint_axis", "of 6 dimensions", tensors={0: {"shape": (1, 1, 1, 3, 4, 6)}}),
    Broken("constraint_parts", "'in1' is int64", tensors={1: {"dtype": DType.INT64}}),
    Broken("constraint_parts", "computed at run time", tensors={1: {"data": None}}),
    Broken("constraint_parts", "[1, 4] of 6", tensors={1: {"data": np.array([1, 4])}}),
    Broken("constraint_parts", "[7, -1] of 6", tensors={1: {"data": np.array([7, -1])}}),
    Broken("constraint_parts", "[-1, -1] of 6", tensors={1: {"data": np.array([-1, -1])}}),
    Broken("constraint_parts", "[0, 6] of 6", tensors={1: {"data": np.array([0, 6])}}),
    Broken("constraint_parts", "[1, 2, 3] of 6", tensors={1: {"data": np.array([1, 2, 3])}}),
    Broken("constraint_parts", "makes (1, 3, 4, 2)", tensors={1: {"data": np.array([2, 4])}}),
]


class TestSplitV(PartsSuite):
    kind = "SPLIT_V"
    cases = CASES
    broken = BROKEN
