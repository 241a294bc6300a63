"""Tensors as they lie in the arena, and back."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.errors import DeviceError
from edgekit.ops import ColumnPairs


def _layout(height: int, width: int, top: int, left: int, border: int) -> ColumnPairs:
    rows = top + height + 1
    return ColumnPairs(rows + rows % 2, (left + width + 2) // 2, top, left, border)


@pytest.mark.parametrize("shape", [(1, 1, 1, 2), (1, 3, 4, 2), (1, 6, 5, 4), (1, 7, 17, 6)])
@pytest.mark.parametrize("top", [0, 1])
@pytest.mark.parametrize("left", [0, 1])
def test_each_word_has_two_neighbours(shape: tuple[int, ...], top: int, left: int) -> None:
    values = np.random.default_rng(7).integers(-128, 128, shape, dtype=np.int8)
    found = _layout(shape[1], shape[2], top, left, -128)
    data = found.encode(values)
    assert len(data) == found.nbytes(shape) == shape[3] * found.plane_bytes
    halves = np.frombuffer(data, "<i2").reshape(shape[3], found.pairs, found.rows, 2)
    for channel, pair, row, half in np.ndindex(halves.shape):
        y, x = row - top, 2 * pair + half - left
        inside = 0 <= y < shape[1] and 0 <= x < shape[2]
        expected = values[0, y, x, channel] if inside else -128
        assert halves[channel, pair, row, half] == expected
    assert np.array_equal(found.decode(data, shape), values)


def test_what_no_int8_tensor_is() -> None:
    shape = (1, 2, 2, 2)
    found = _layout(2, 2, 1, 1, 0)
    data = found.encode(np.zeros(shape, np.int8))
    with pytest.raises(DeviceError, match="bytes of a tensor of"):
        found.decode(data[:-2], shape)
    wrong = np.frombuffer(data, "<i2").copy()
    wrong[:] = 300
    with pytest.raises(DeviceError, match="int8 does not have"):
        found.decode(wrong.tobytes(), shape)
