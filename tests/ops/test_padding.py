from __future__ import annotations

from edgekit.ops._padding import Axis, merged


def test_padded_dimensions_stay_apart() -> None:
    axes = [Axis(2, 1, 0), Axis(3, 0, 2)]
    assert merged(axes, 1) == axes


def test_an_unpadded_dimension_joins_the_one_around_it() -> None:
    axes = [Axis(5, 1, 2), Axis(7, 3, 1), Axis(3, 0, 0)]
    assert merged(axes, 1) == [Axis(5, 1, 2), Axis(21, 9, 3)]


def test_outer_unpadded_dimensions_join_each_other() -> None:
    axes = [Axis(2, 0, 0), Axis(3, 0, 0), Axis(4, 1, 0)]
    assert merged(axes, 1) == [Axis(6, 0, 0), Axis(4, 1, 0)]


def test_without_padding_all_is_one_row() -> None:
    assert merged([Axis(2, 0, 0), Axis(3, 0, 0)], 4) == [Axis(24, 0, 0)]


def test_one_byte_is_no_loop() -> None:
    assert merged([Axis(1, 0, 0)], 1) == []


def test_sizes_are_bytes() -> None:
    assert merged([Axis(2, 1, 0), Axis(3, 1, 1)], 4) == [Axis(2, 1, 0), Axis(12, 4, 4)]
