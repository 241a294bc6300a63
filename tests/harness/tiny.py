"""Builds the hand-made model of tests/harness/data, and computes what it must answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgekit import builder
from edgekit.targets import Target

BUILD_ID = "0123456789abcdef"
INPUT_BYTES = 600
_DATA = Path(__file__).parent / "data"
_WEIGHTS = np.array([3, -5, 7, 11], dtype=np.int64)


def write_project(target: Target, folder: Path, model: str = "tiny") -> Path:
    """The whole firmware folder; `model` renames the model."""
    tree = dict(builder.project_tree(target, model, INPUT_BYTES))
    for suffix in ("c", "h"):
        text = (_DATA / f"tiny.{suffix}").read_text()
        text = text.replace("tiny", model).replace("TINY", model.upper())
        tree[f"models/{model}/{model}.{suffix}"] = text
    tree["include/ek_build_id.h"] = f'#define EK_BUILD_ID "{BUILD_ID}"\n'
    for path, text in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def op_outputs(data: bytes) -> list[bytes]:
    """What each op writes."""
    x: npt.NDArray[np.int64] = np.frombuffer(data, dtype=np.int8).astype(np.int64)
    middle = (x * np.tile(_WEIGHTS, INPUT_BYTES // 4)).astype(np.int8)
    sums = middle.astype(np.int64).reshape(6, 100).sum(axis=1).astype(np.int8)
    return [middle.tobytes(), sums.tobytes()]
