"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from edgekit import compiler
from edgekit.targets import Target
from tests.support import tiny
from tests.support.boards import roomiest
from tests.support.here import here


@pytest.fixture
def tensorflow_in_this_process() -> Iterator[None]:
    """See `tests.support.here`."""
    with here():
        yield


@pytest.fixture(scope="session", autouse=True)
def _builds_are_shared(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Among the processes of pytest-xdist, whose folders lie side by side."""
    own = tmp_path_factory.getbasetemp()
    tiny.share((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "firmware")


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
