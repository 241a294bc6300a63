"""Element types, each with its numpy and its C counterpart."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np


class DType(enum.Enum):
    """An element type; the value is numpy's name for it."""

    INT4 = "int4"
    INT8 = "int8"
    UINT8 = "uint8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT32 = "float32"
    FLOAT16 = "float16"
    FLOAT64 = "float64"
    BOOL = "bool"
    OTHER = "other"  # strings, resources, complex: can be named in an error, not compiled

    @property
    def numpy(self) -> np.dtype[Any]:
        """The numpy dtype.

        Raises:
            TypeError: numpy has none (INT4, OTHER).
        """
        return np.dtype(self.value)

    @property
    def held_in(self) -> str:
        """The numpy type that holds a constant of it; INT4 is held in int8, one a byte."""
        return "int8" if self is DType.INT4 else self.value

    @property
    def itemsize(self) -> int:
        """Bytes per element; 1 for the types that numpy lacks."""
        return 1 if self in (DType.INT4, DType.OTHER) else self.numpy.itemsize

    @property
    def c_type(self) -> str:
        """The C type, e.g. `int8_t`."""
        return {"float32": "float", "float64": "double", "bool": "bool"}.get(
            self.value, f"{self.value}_t"
        )
