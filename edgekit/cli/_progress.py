"""Shows what is being done, on stderr: a bar in a terminal, a line per stage elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from edgekit.cli._output import console

if TYPE_CHECKING:
    from rich.progress import Progress


class Events(Protocol):
    """What `edgekit.pipeline` tells about its work."""

    def stage(self, text: str, total: int = 0) -> None:
        """A new stage begins, of `total` steps where that is known."""

    def advance(self) -> None:
        """One step of the stage is done."""


class _Nothing:
    def stage(self, text: str, total: int = 0) -> None:
        pass

    def advance(self) -> None:
        pass


class _Lines:
    def stage(self, text: str, total: int = 0) -> None:
        print(f"{text} ({total})" if total else text, file=sys.stderr, flush=True)

    def advance(self) -> None:
        pass


class _Bar:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, visible=False)

    def stage(self, text: str, total: int = 0) -> None:
        # A new task, not a reset one: its clock starts with the stage.
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(text, total=total or None)

    def advance(self) -> None:
        self._progress.advance(self._task)


@contextlib.contextmanager
def progress(as_json: bool) -> Iterator[Events]:
    """Progress for the time of the block; none with `--json`."""
    if as_json:
        yield _Nothing()
        return
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        yield _Bar(shown)
