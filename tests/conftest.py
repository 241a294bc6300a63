"""Fixtures that every test may use."""

from __future__ import annotations

import pytest

from edgekit import targets
from edgekit.targets import Target


@pytest.fixture(scope="session")
def any_target() -> Target:
    """A board, for what does not depend on which."""
    return targets.all_boards()[0]
