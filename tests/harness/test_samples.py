from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.errors import InputError
from edgekit.harness import samples as sampling
from tests.support.networks import float_network, residual_network


def test_generated_samples_end_with_the_edges() -> None:
    inputs = sampling.generated(residual_network(), 4).inputs
    assert len(inputs) == 6
    assert (inputs[-2][0] == -128).all()
    assert (inputs[-1][0] == 127).all()
    again = sampling.generated(residual_network(), 4).inputs
    assert all((a[0] == b[0]).all() for a, b in zip(inputs, again, strict=True))


def test_float_inputs_cover_what_the_first_op_can_take() -> None:
    inputs = sampling.generated(float_network(), 2).inputs
    low, high = inputs[-2][0], inputs[-1][0]
    np.testing.assert_allclose([low.min(), high.max()], [-128 * 0.03, 127 * 0.03], rtol=1e-6)
    assert inputs[0][0].dtype == np.float32


def test_data_of_the_models_type_real_values_and_answers(tmp_path: Path) -> None:
    graph = residual_network()
    x = np.random.default_rng(1).integers(-128, 128, (5, 9, 8, 3), dtype=np.int8)
    real = (x.astype(np.float32) + 3) * np.float32(0.05)
    np.savez(tmp_path / "raw.npz", x=x, y=np.arange(5) % 4)
    np.save(tmp_path / "real.npy", real)
    raw = sampling.load(tmp_path / "raw.npz", graph, 3)
    assert len(raw.inputs) == 3
    assert raw.labels is not None
    assert raw.labels.tolist() == [0, 1, 2]
    quantized = sampling.load(tmp_path / "real.npy", graph, None)
    assert quantized.labels is None
    for sample, expected in zip(quantized.inputs, x, strict=True):
        np.testing.assert_array_equal(sample[0][0], expected)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.zeros((2, 5), np.int8)}, "one sample has the shape"),
        ({"x": np.zeros((2, 9, 8, 3), np.uint8)}, "holds uint8 values"),
        ({"x": np.full((2, 9, 8, 3), np.nan, np.float32)}, "not finite"),
        ({"x": np.zeros((0, 9, 8, 3), np.int8)}, "no samples"),
        ({"x": np.zeros((2, 9, 8, 3), np.int8), "y": np.zeros(3)}, "y has the shape"),
        ({"a": np.zeros(1), "b": np.zeros(1)}, "no array x"),
    ],
)
def test_data_that_do_not_fit(tmp_path: Path, arrays, message: str) -> None:
    np.savez(tmp_path / "data.npz", **arrays)
    with pytest.raises(InputError, match=message):
        sampling.load(tmp_path / "data.npz", residual_network(), None)


def test_data_that_are_no_data(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"not a zip")
    for path in (tmp_path / "x.npz", tmp_path / "missing.npy"):
        with pytest.raises(InputError, match="can't be read"):
            sampling.load(path, residual_network(), None)
