"""Rows of values: the C and the Python agree to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edgekit.contract import Quantized, vector
from tests.support.prepare import python_module, run_c

CONTRACT = vector.Contract(
    ("temperature", "pressure", "speed"), (20.5, 1013.0, -3e-4), (7.0, 12.5, 1e-5)
)
QUANT = Quantized(0.031, -7)


def test_c_and_python_agree_to_the_bit(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [
        np.asarray(CONTRACT.mean + random.normal(0, 3, 3) * CONTRACT.deviation, np.float32)
        for _ in range(200)
    ]
    extremes = ([np.nan, np.inf, -np.inf], [1e38, -1e38, 0.0])
    rows += [np.array(each, np.float32) for each in extremes]
    module = python_module(CONTRACT.python_source(QUANT), tmp_path)
    outputs = run_c(CONTRACT, QUANT, rows, tmp_path)
    for row, output in zip(rows, outputs, strict=True):
        assert np.array_equal(output, module.prepare(row)), row
    real = np.array([CONTRACT(row) for row in rows[:200]]) / QUANT.scale + QUANT.zero_point
    wanted = np.clip(np.round(real), -128, 127)
    assert np.abs(np.array(outputs[:200]) - wanted).max() <= 1
