"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edgekit import compiler
from edgekit.targets import Target
from tests.support.boards import roomiest


@pytest.fixture(scope="session")
def any_target() -> Target:
    """A board, for what does not depend on which."""
    return roomiest()


@pytest.fixture(autouse=True)
def _compiled_anew(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test replaces in the compiler counts, and for that test only."""
    replaces = "monkeypatch" in request.fixturenames
    if replaces:
        compiler._compiled.cache_clear()
    yield
    if replaces:
        compiler._compiled.cache_clear()
