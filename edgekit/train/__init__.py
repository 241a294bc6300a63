"""Trains Keras networks, always with a record that repeats it.

`fit` trains in this process, which has to be one that may load TensorFlow; `start` and `resume`
do it in a child and fill a run folder.
"""

from __future__ import annotations

from edgekit.train._config import Config, Data, Log, merged, parse, read
from edgekit.train._fit import evaluate, fit
from edgekit.train._history import Epoch, Events, History, Scores
from edgekit.train._options import Augment, Options
from edgekit.train._run import Run, resume, start
from edgekit.train._seed import seed_all

__all__ = [
    "Augment",
    "Config",
    "Data",
    "Epoch",
    "Events",
    "History",
    "Log",
    "Options",
    "Run",
    "Scores",
    "evaluate",
    "fit",
    "merged",
    "parse",
    "read",
    "resume",
    "seed_all",
    "start",
]
