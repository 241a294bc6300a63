"""Samples for training, calibration and evaluation, one kind of source a file.

`read` gives a source's samples as they are, `load` a training's data set: checked, split and
hashed. A module of this package has:

- `DESCRIPTION`: one line for lists;
- `RAW`: the kind of contract that prepares what it reads, see `raw`;
- `accepts(source)`: whether it reads this source;
- `read(source, form, split, limit)`: the samples, see `read`.
"""

from __future__ import annotations

from edgekit.datasets._check import classes, finite, in_shape, require_floats
from edgekit.datasets._dataset import Dataset, load
from edgekit.datasets._load import FORMATS, check, raw, read
from edgekit.datasets._samples import Columns, Features, Form, Samples, evenly

__all__ = [
    "FORMATS",
    "Columns",
    "Dataset",
    "Features",
    "Form",
    "Samples",
    "check",
    "classes",
    "evenly",
    "finite",
    "in_shape",
    "load",
    "raw",
    "read",
    "require_floats",
]
