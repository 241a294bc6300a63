"""Runs TFLite Micro's interpreter for the oracle `tflm`, in a process of its own.

The interpreter ends its process on some models (a fatal check, a fault), so it must not be ours.
Called as `python -m edgekit.oracles._tflm_worker FOLDER FD`: FOLDER has model.tflite, inputs.npz
and tensors.npy; the wanted tensors go to the file descriptor FD, sample by sample,
each as its size in bytes (uint32, little endian) and its contents.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import numpy as np


def main(folder: Path, descriptor: int) -> None:
    """Run every sample and send the wanted tensors."""
    from tflite_micro.python.tflite_micro import runtime

    tensors = np.load(folder / "tensors.npy").tolist()
    inputs = np.load(folder / "inputs.npz")
    # Without this configuration reading an intermediate tensor succeeds and returns memory
    # that later ops have overwritten. The keyword is spelt so in the package.
    interpreter = runtime.Interpreter.from_bytes(
        (folder / "model.tflite").read_bytes(),
        arena_size=int(inputs["arena_bytes"]),
        intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
    )
    with os.fdopen(descriptor, "wb") as out:
        for sample in range(int(inputs["samples"])):
            for position in range(int(inputs["inputs"])):
                interpreter.set_input(inputs[f"x{position}"][sample], position)
            interpreter.invoke()
            for index in tensors:
                array = np.array(interpreter.GetTensor(index, 0)["tensor_data"])
                out.write(struct.pack("<I", array.nbytes) + array.tobytes())
            out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
