from __future__ import annotations

import numpy as np

from edgekit.ir import DType
from tests.support.broken import part_rules
from tests.support.op_checks import Broken
from tests.support.part_checks import Divided, PartsSuite

CASES = {
    "channels": Divided((1, 3, 4, 6), [(1, 3, 4, 2)] * 3, {"num_splits": 3}, {0: [3]}),
    "rows": Divided((2, 4, 3), [(2, 2, 3)] * 2, {"num_splits": 2}, {0: [-2]}),
    "batches": Divided((3, 5), [(1, 5)] * 3, {"num_splits": 3}, {0: [0]}),
    "rank_5": Divided((1, 2, 2, 4, 3), [(1, 2, 2, 2, 3)] * 2, {"num_splits": 2}, {0: [3]}),
    "one_output": Divided((2, 3), [(2, 3)], {"num_splits": 1}, {0: [1]}),
}

BROKEN = [
    *part_rules(source=1, last=4),
    Broken("constraint_axis", "'in0' is int64", tensors={0: {"dtype": DType.INT64}}),
    Broken("constraint_axis", "computed at run time", tensors={0: {"data": None}}),
    Broken("constraint_axis", "the axes [4] of 4", tensors={0: {"data": np.array([4])}}),
    Broken("constraint_axis", "the axes [-5] of 4", tensors={0: {"data": np.array([-5])}}),
    Broken("constraint_axis", "of 6 dimensions", tensors={1: {"shape": (1, 1, 1, 3, 4, 6)}}),
    Broken("constraint_parts", "4 elements for 3 outputs", tensors={0: {"data": np.array([2])}}),
    Broken("constraint_parts", "the op makes (1, 1, 4, 6)", tensors={0: {"data": np.array([1])}}),
]


class TestSplit(PartsSuite):
    kind = "SPLIT"
    cases = CASES
    broken = BROKEN
