"""The real command, in this process: an interpreter and its imports take a second each time."""

from __future__ import annotations

import contextlib
import io
import subprocess

from edgekit.cli import main


def edgekit(*words: object) -> subprocess.CompletedProcess[str]:
    """What `edgekit WORDS` gives: its exit code and what it prints."""
    out, err = io.StringIO(), io.StringIO()
    command = list(map(str, words))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(command)
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())
