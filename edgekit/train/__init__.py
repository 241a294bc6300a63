"""Trains Keras networks, always with a record that repeats it.

`fit` trains in this process, which has to be one that may load TensorFlow.
"""

from __future__ import annotations

from edgekit.train._fit import evaluate, fit
from edgekit.train._history import Epoch, Events, History, Scores
from edgekit.train._options import Augment, Options

__all__ = ["Augment", "Epoch", "Events", "History", "Options", "Scores", "evaluate", "fit"]
