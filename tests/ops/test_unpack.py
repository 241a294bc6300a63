from __future__ import annotations

from tests.support.broken import part_rules
from tests.support.op_checks import Broken
from tests.support.part_checks import Divided, PartsSuite

CASES = {
    "first": Divided((3, 4), [(4,)] * 3, {"num": 3, "axis": 0}),
    "middle": Divided((2, 3, 4), [(2, 4)] * 3, {"num": 3, "axis": 1}),
    "last_of_4": Divided((1, 2, 3, 2), [(1, 2, 3)] * 2, {"num": 2, "axis": -1}),
    "one_output": Divided((2, 1, 3), [(2, 3)], {"num": 1, "axis": -2}),
}

BROKEN = [
    *part_rules(source=0, last=3),
    Broken("constraint_parts", "the axis 2 of (3, 4)", attrs={"axis": 2}),
    Broken("constraint_parts", "the axis -3 of (3, 4)", attrs={"axis": -3}),
    Broken("constraint_parts", "the axis 1 of (3, 4) for 3", attrs={"axis": 1}),
    Broken("constraint_parts", "of (3, 1, 1, 1, 4)", tensors={0: {"shape": (3, 1, 1, 1, 4)}}),
    Broken("constraint_parts", "is (5,), the op makes (4,)", tensors={-1: {"shape": (5,)}}),
]


class TestUnpack(PartsSuite):
    kind = "UNPACK"
    cases = CASES
    broken = BROKEN
