"""A worker for tests/test_child.py: does what its job says."""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from edgekit import child
from edgekit.errors import InputError


def do(job, folder):
    what = job["what"]
    if what == "refuse":
        raise InputError("no good", "try another")
    if what == "much memory":
        np.empty((1 << 45, 8))
    if what == "be killed":
        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when memory runs out
    if what == "abort":
        os.abort()
    if what == "divide":
        return {"value": 1 // len(what[:0])}
    told = child.Told()
    told.stage("counting", 2)
    told.advance()
    told.advance()
    told.stage("done")
    return {"value": 7}


if __name__ == "__main__":
    child.serve(Path(sys.argv[1]), do)
