"""A thread that collects what an instrument sends until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Reader:
    """Calls a function over and over in a thread of its own.

    Args:
        take: reads what is there and keeps it; waits a moment where there is nothing.
        name: of the thread.
    """

    def __init__(self, take: Callable[[], None], name: str) -> None:
        self._take = take
        self._end = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """End it, whatever it met."""
        self._end.set()
        self._thread.join()

    def stop(self) -> None:
        """End it as a part of the measurement.

        Raises:
            Exception: what the function raised.
        """
        self.end()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._end.is_set():
                self._take()
        except Exception as error:
            self._error = error
