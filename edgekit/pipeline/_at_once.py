"""Does things at the same time, each with a board of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from edgekit.errors import EdgekitError

T = TypeVar("T")

_LOOK_S = 0.2


def at_once(jobs: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """Do every job in a thread of its own; Ctrl-C ends the waiting.

    Args:
        jobs: by the names that errors begin with.

    Raises:
        EdgekitError: the first one that a job raised, by their order, with the job's name.
    """
    done: dict[str, T] = {}
    failed: dict[str, BaseException] = {}

    def run(name: str, job: Callable[[], T]) -> None:
        try:
            done[name] = job()
        except BaseException as error:  # handed on to the thread that waits
            failed[name] = error

    # Daemons: a board that is silent must not keep the command from ending.
    threads = [
        threading.Thread(target=run, args=item, name=item[0], daemon=True) for item in jobs.items()
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(_LOOK_S)
    for name in jobs:
        error = failed.get(name)
        if isinstance(error, EdgekitError) and len(jobs) > 1:
            error.message = f"{name}: {error.message}"
        if error is not None:
            raise error
    return {name: done[name] for name in jobs}
