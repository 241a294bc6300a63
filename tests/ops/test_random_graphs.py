from __future__ import annotations

import pytest

from edgekit.ir import DType
from tests.support.op_checks import check_reference
from tests.support.random_cases import OPS, OPS_OF_INT16, random_cases


@pytest.mark.parametrize("op", OPS)
def test_reference_equals_tflite_micro(op: str) -> None:
    for case in random_cases(op, 60):
        check_reference(case)


@pytest.mark.parametrize("op", OPS_OF_INT16)
def test_reference_of_int16_equals_tflite_micro(op: str) -> None:
    for case in random_cases(op, 30, dtype=DType.INT16):
        check_reference(case)
