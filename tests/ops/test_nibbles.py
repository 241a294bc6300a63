import numpy as np
import pytest

from edgekit.ops._nibbles import pack, unpack


@pytest.mark.parametrize("count", [1, 2, 15, 16])
def test_round_trip(count):
    values = np.random.default_rng(count).integers(-8, 8, count).astype(np.int8)
    packed = pack(values)
    assert packed.dtype == np.uint8
    assert packed.size == -(-count // 2)
    np.testing.assert_array_equal(unpack(packed, count), values)


def test_the_first_one_is_low():
    assert pack(np.array([1, -1, 7], np.int8)).tolist() == [0xF1, 0x07]
