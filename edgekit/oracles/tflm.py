"""TFLite Micro's own interpreter, from the package tflite-micro."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from edgekit import proc
from edgekit.errors import ToolError
from edgekit.ir import Graph, Tensor
from edgekit.ir.tensor import Array

TITLE = "TFLite Micro"

# The interpreter keeps every tensor and adds what it needs for itself.
_SPARE_BYTES = 4_000_000


def unavailable() -> str | None:
    """The package has wheels for x86_64 Linux only."""
    if importlib.util.find_spec("tflite_micro") is None:
        return "the package tflite-micro is not installed: pip install 'edgekit[tflm]'"
    return None


def run(model: bytes, graph: Graph, samples: Sequence[Sequence[Array]]) -> Iterator[list[Array]]:
    """Every op's output, sample by sample.

    Raises:
        ToolError: the interpreter refuses the model, or ends its process.
    """
    with tempfile.TemporaryDirectory(prefix="edgekit-") as name:
        folder = Path(name)
        _write_job(folder, model, graph, samples)
        reader, writer = os.pipe()
        command: list[str | Path] = [
            sys.executable,
            "-m",
            f"{__package__}._tflm_worker",
            folder,
            str(writer),
        ]
        with (
            os.fdopen(reader, "rb") as stream,
            (folder / "log").open("w+") as log,
            proc.started(
                command, env=proc.python_path(), stdout=log.fileno(), pass_fds=[writer]
            ) as worker,
        ):
            os.close(writer)
            try:
                for _ in samples:
                    yield [_receive(stream, graph.output(op)) for op in graph.ops]
            except EOFError as error:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    worker.wait(timeout=5.0)
                log.seek(0)
                raise ToolError(
                    f"TFLite Micro does not run the model: {_last_line(log.read())}"
                ) from error


def _write_job(
    folder: Path, model: bytes, graph: Graph, samples: Sequence[Sequence[Array]]
) -> None:
    columns = {
        f"x{position}": np.stack([sample[position] for sample in samples])
        for position in range(len(graph.inputs))
    }
    arena = _SPARE_BYTES + 2 * sum(t.nbytes for t in graph.tensors)
    (folder / "model.tflite").write_bytes(model)
    np.save(folder / "tensors.npy", np.array([op.outputs[0] for op in graph.ops]))
    counts = {"samples": len(samples), "inputs": len(graph.inputs), "arena_bytes": arena}
    np.savez(folder / "inputs.npz", **columns, **counts)  # type: ignore[arg-type] # numpy's stub


def _receive(stream: BinaryIO, tensor: Tensor) -> Array:
    """One tensor: its size in bytes, then its contents."""
    head = stream.read(4)
    data = stream.read(struct.unpack("<I", head)[0]) if len(head) == 4 else b""
    if len(data) != tensor.nbytes:
        raise EOFError
    return np.frombuffer(data, tensor.dtype.numpy).reshape(tensor.shape)


def _last_line(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it ended without a word"
