"""Fixtures that every test may use."""

from __future__ import annotations

import pytest

from edgekit.targets import Target
from tests.support.boards import roomiest


@pytest.fixture(scope="session")
def any_target() -> Target:
    """A board, for what does not depend on which."""
    return roomiest()
