"""Does in this process what `child` starts one for: TensorFlow takes seconds to load."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgekit import child
from edgekit.child import Events, Work

# As in the children: the same arithmetic, so that results can be compared with theirs.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"


@contextlib.contextmanager
def here() -> Iterator[None]:
    """While it lasts, workers run here.

    Not for what is about the child itself: crashes, limits of time and memory, Ctrl-C, events.
    """

    def run(work: Work, folder: Path, _events: Events | None) -> int:
        child.serve(folder, importlib.import_module(work.module).do)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "_run", run)
        yield
