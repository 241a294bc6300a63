"""Firmware around hand-made models of tests/harness/data, and what they must answer."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edgekit import builder, targets
from edgekit.builder import Firmware
from edgekit.targets import Target

BUILD_ID = "0123456789abcdef"
INPUT_BYTES = {"tiny": 600, "probe": 8}
_DATA = Path(__file__).parents[1] / "harness" / "data"
_WEIGHTS = np.array([3, -5, 7, 11], dtype=np.int64)


def write_project(
    target: Target, folder: Path, model: str = "tiny", name: str = "", arena_bytes: int = 1216
) -> Path:
    """The whole firmware folder of a hand-made model; `name` renames it.

    `arena_bytes` gives `tiny` a larger arena than it needs.
    """
    name = name or model
    tree = dict(builder.project_tree(target, name, INPUT_BYTES[model], arena_bytes=arena_bytes))
    for suffix in ("c", "h"):
        text = (_DATA / f"{model}.{suffix}").read_text()
        text = text.replace(model, name).replace(model.upper(), name.upper())
        text = text.replace("(1216)", f"({arena_bytes})")
        tree[f"models/{name}/{name}.{suffix}"] = text
    tree["include/ek_build_id.h"] = f'#define EK_BUILD_ID "{BUILD_ID}"\n'
    for path, text in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def need(*tools: str) -> None:
    """Skip the test, saying why, where a program is not installed."""
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


_shared: list[Path] = []


def share(folder: Path) -> None:
    """Where the processes of a test run keep their builds; without it each has its own."""
    folder.mkdir(exist_ok=True)
    _shared.append(folder)


@functools.cache
def _scratch() -> Path:
    if _shared:
        return _shared[-1]
    folder = Path(tempfile.mkdtemp(prefix="edgekit-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.cache
def firmware(
    board: str, model: str = "tiny", *, host: bool = False, sanitize: bool = False, name: str = ""
) -> Firmware:
    """A build, made once per test run, whatever process asks; skips where a tool is missing."""
    target = targets.load_board(board)
    need("cmake", "cc" if host else f"{target.core.toolchain}gcc")
    folder = _scratch() / f"{board}-{name or model}"
    build = folder / f"build-{'host' if host else 'board'}{'-sanitize' if sanitize else ''}"
    with _alone(folder.with_suffix(".lock")):
        if not folder.exists():
            write_project(target, folder, model, name)
        return builder.build(folder, build, host=host, sanitize=sanitize)


def op_outputs(data: bytes) -> list[bytes]:
    """What each op of `tiny` writes."""
    x: npt.NDArray[np.int64] = np.frombuffer(data, dtype=np.int8).astype(np.int64)
    middle = (x * np.tile(_WEIGHTS, len(data) // 4)).astype(np.int8)
    sums = middle.astype(np.int64).reshape(6, 100).sum(axis=1).astype(np.int8)
    return [middle.tobytes(), sums.tobytes()]


def random_input(seed: int) -> bytes:
    """600 bytes for `tiny`."""
    return np.random.default_rng(seed).bytes(INPUT_BYTES["tiny"])
