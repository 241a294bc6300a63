"""Values as JSON."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgekit.cli._output import plain
from edgekit.errors import ExitCode


@dataclass(frozen=True)
class Inner:
    path: Path
    share: float


def test_plain():
    value = {
        "tuple": (Inner(Path("a/b"), math.inf), Inner(Path("c"), 0.5)),
        "numpy": np.float32(0.25),
        "array": np.array([[1, 2]], np.int8),
        "enum": ExitCode.INPUT,
        "set": frozenset({"b", "a"}),
        "nothing": None,
    }
    assert plain(value) == {
        "tuple": [{"path": "a/b", "share": None}, {"path": "c", "share": 0.5}],
        "numpy": 0.25,
        "array": [[1, 2]],
        "enum": 3,
        "set": ["a", "b"],
        "nothing": None,
    }
