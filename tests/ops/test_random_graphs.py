from __future__ import annotations

import pytest

from tests.support.op_checks import check_reference
from tests.support.random_cases import OPS, random_cases


@pytest.mark.parametrize("op", OPS)
def test_reference_equals_tflite_micro(op: str) -> None:
    for case in random_cases(op, 60):
        check_reference(case)
