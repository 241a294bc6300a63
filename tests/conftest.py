"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edgekit.targets import Target
from tests.support.boards import roomiest
from tests.support.here import here


@pytest.fixture
def tensorflow_in_this_process() -> Iterator[None]:
    """See `tests.support.here`."""
    with here():
        yield


@pytest.fixture(scope="session")
def any_target() -> Target:
    """A board, for what does not depend on which."""
    return roomiest()
