"""Work in a child process, because TensorFlow can crash: a job in, events on the way, an answer.

The parent writes FOLDER/job.json and starts `python -m MODULE FOLDER`; the child writes
FOLDER/answer.json last, so that its presence says that the rest is whole. Errors meant for the
user travel in the answer; a child that ends without one has crashed.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from edgekit import errors, proc
from edgekit.errors import EdgekitError, OutOfMemoryError, ToolError

_INSTALL = "pip install 'edgekit[tensorflow]'"
_PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "numpy")
_EVENTS = "EDGEKIT_EVENTS"
# Lines of TensorFlow's log that can be the reason of an end; most of the log is noise.
_TELLING = re.compile(r"Error\b|error:|[Aa]bort|[Kk]illed|Check failed|out of memory|bad_alloc")
# Those that tell that memory was the reason; the last is what TensorFlow says where it finds no
# room for a constant of its own graph.
_NO_MEMORY = re.compile(
    r"OOM|bad_alloc|[Uu]nable to allocate|[Oo]ut of memory|MemoryError|"
    r"Cannot parse tensor from proto"
)


class Events(Protocol):
    """Who is told what the child does."""

    def stage(self, text: str, total: int = 0) -> None:
        """A new stage begins, of `total` steps where that is known."""

    def advance(self) -> None:
        """One step of the stage is done."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a child does.

    Attributes:
        module: the worker's module, e.g. "edgekit.convert._worker".
        what: the work in the words of an error, e.g. "TensorFlow's converter".
        source: what needs TensorFlow, for the error where it is missing.
        smaller: what takes less memory, for the error where that does not suffice.
        timeout_s: limit in seconds; None for none.
        may_use_gpu: whether it may compute on a graphics card.
    """

    module: str
    what: str
    source: str
    smaller: str
    timeout_s: float | None = None
    may_use_gpu: bool = False


@contextlib.contextmanager
def answered(
    work: Work, job: Mapping[str, Any], events: Events | None = None
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folder and the answer of a child that has done its work.

    Args:
        work: which child.
        job: what JSON can hold.
        events: who is told what it does.

    Raises:
        EdgekitError: the child's own, of its kind.
        OutOfMemoryError: memory did not suffice.
        ToolError: TensorFlow is missing, the child crashed or ran out of time.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise ToolError(f"{work.source} needs TensorFlow, which is not installed", _INSTALL)
    with tempfile.TemporaryDirectory(prefix="edgekit-") as name:
        folder = Path(name)
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        code = _run(work, folder, events)
        file = folder / "answer.json"
        if not file.is_file():
            log = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
            raise crash(work, code, log)
        answer = json.loads(file.read_text(encoding="utf-8"))
        error = answer.get("error")
        if error is not None:
            kind = getattr(errors, error["kind"], EdgekitError)
            raise kind(error["message"], error["hint"] or _smaller(work, kind))
        yield folder, answer


def serve(folder: Path, do: Callable[[dict[str, Any], Path], dict[str, Any]]) -> None:
    """The child's side: do the job in `folder`; errors for the user become the answer."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        answer = do(job, folder)
    except EdgekitError as error:
        answer = {"error": _told(error)}
    except ImportError as error:
        text = f"TensorFlow can't be imported: {error}"
        answer = {"error": _told(ToolError(text, _INSTALL))}
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        answer = {"error": _told(out_of_memory(error))}
    part = folder / "answer.part"
    part.write_text(json.dumps(answer), encoding="utf-8")
    part.replace(folder / "answer.json")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether Python, numpy or TensorFlow could not get the memory that they asked for."""
    if type(error).__module__.startswith("tensorflow"):
        kind = type(error).__name__
        return kind == "ResourceExhaustedError" or bool(_NO_MEMORY.search(str(error)))
    return isinstance(error, MemoryError)


def out_of_memory(error: BaseException) -> OutOfMemoryError:
    """The error for the user, its reason from the line that tells it."""
    lines = str(error).strip().splitlines()
    telling = [line for line in lines if _NO_MEMORY.search(line)] or lines
    reason = f": {telling[0].strip()[:200]}" if telling else ""
    return OutOfMemoryError(f"the memory of this computer does not suffice{reason}")


def versions() -> list[tuple[str, str]]:
    """The packages that decide what TensorFlow computes, name and version; in the child."""
    installed = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    return [(name, installed[name]) for name in _PACKAGES if name in installed]


class Told:
    """Events in the child: passed on to the parent, a line of JSON each."""

    def __init__(self) -> None:
        number = os.environ.get(_EVENTS)
        self._pipe = os.fdopen(int(number), "w", encoding="utf-8") if number else None

    def stage(self, text: str, total: int = 0) -> None:
        """A new stage begins."""
        self._tell([text, total])

    def advance(self) -> None:
        """One step is done."""
        self._tell([])

    def _tell(self, event: list[Any]) -> None:
        if self._pipe is not None:
            self._pipe.write(json.dumps(event) + "\n")
            self._pipe.flush()


def _run(work: Work, folder: Path, events: Events | None) -> int:
    """Run the child to its end, its events passed on; returns its exit code."""
    reading, writing = os.pipe()
    command: list[str | Path] = [sys.executable, "-m", work.module, folder]
    env = {**_environment(work.may_use_gpu), _EVENTS: str(writing)}
    try:
        with (
            (folder / "log.txt").open("wb") as log,
            proc.started(command, env=env, stdout=log.fileno(), pass_fds=[writing]) as process,
        ):
            os.close(writing)
            writing = -1
            _listen(reading, work, events)
            try:
                return process.wait(timeout=60.0)
            except subprocess.TimeoutExpired:
                raise ToolError(f"{work.what} did not end") from None
    finally:
        os.close(reading)
        if writing != -1:
            os.close(writing)


def _listen(pipe: int, work: Work, events: Events | None) -> None:
    """Pass events on until the child closes its end."""
    end = None if work.timeout_s is None else time.monotonic() + work.timeout_s
    rest = b""
    while True:
        left = None if end is None else max(0.0, end - time.monotonic())
        if not select.select([pipe], [], [], left)[0]:
            raise ToolError(f"{work.what} did not end within {work.timeout_s:g} s")
        data = os.read(pipe, 65536)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if events is not None and event:
                events.stage(*event)
            elif events is not None:
                events.advance()


def _environment(may_use_gpu: bool) -> dict[str, str]:
    """Quiet, with the same arithmetic and order on every run."""
    return {
        **proc.python_path(),
        **({} if may_use_gpu else {"CUDA_VISIBLE_DEVICES": "-1"}),
        "KERAS_BACKEND": "tensorflow",
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }


def _told(error: EdgekitError) -> dict[str, str]:
    return {"kind": type(error).__name__, "message": error.message, "hint": error.hint}


def _smaller(work: Work, kind: type[EdgekitError]) -> str:
    """What to try where the child, which does not know the verb's options, could not say it."""
    return work.smaller if issubclass(kind, OutOfMemoryError) else ""


def crash(work: Work, code: int, log: str) -> EdgekitError:
    """The error for a child that ended without an answer.

    Args:
        work: what it did.
        code: its exit code; negative for a signal.
        log: what it printed.
    """
    lines = [line.strip() for line in log.splitlines() if _TELLING.search(line)]
    reason = f": {lines[-1][:300]}" if lines else ""
    if code == -signal.SIGKILL:
        how = "was killed (SIGKILL), usually because the memory ran out"
        return OutOfMemoryError(f"{work.what} {how}{reason}", work.smaller)
    if any(_NO_MEMORY.search(line) for line in lines):
        return OutOfMemoryError(f"{work.what} ran out of memory{reason}", work.smaller)
    if code < 0:
        try:
            how = f"crashed ({signal.Signals(-code).name})"
        except ValueError:
            how = f"was ended by signal {-code}"
        hint = (
            "where memory runs short TensorFlow often ends so: "
            f"{work.smaller}; else a layer may be what it crashes on"
        )
    else:
        how, hint = f"failed with exit code {code}", "does TensorFlow work? try `edgekit doctor`"
    return ToolError(f"{work.what} {how}{reason}", hint)
