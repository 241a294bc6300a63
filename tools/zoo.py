"""Measures the zoo's networks and writes edgekit/models/figures.json; needs TensorFlow.

`python tools/zoo.py [NAME...]`; without names every architecture. Each is built with its default
parameters, quantized with random inputs, and compiled for size for the roomiest board: its
weights mean nothing, its sizes are those of a trained one.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from edgekit import models, registry, targets
from edgekit.compiler import compile_tflite
from edgekit.convert import to_tflite
from edgekit.kernels import Goal
from edgekit.models import Figures
from edgekit.report.summary import fit, summarize
from edgekit.targets import CONSOLE

FILE = Path(__file__).parents[1] / "edgekit" / "models" / "figures.json"
SAMPLES = 8


def measured(name: str) -> Figures:
    """Build, quantize and compile an architecture."""
    url = f"{models.SCHEME}{name}"
    model = models.build(models.parse_url(url))
    shape = model.inputs[0].shape[1:]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "x.npz"
        x = np.random.default_rng(0).normal(0, 1, (SAMPLES, *shape))
        np.savez(data, x=x.astype(np.float32))
        tflite = to_tflite(url, data).tflite
    target = max(targets.all_boards(), key=lambda t: (t.flash_bytes, t.ram_bytes))
    summary = summarize(compile_tflite(tflite, target, name, goal=Goal.SIZE))
    flash = fit(summary, target, CONSOLE).flash_estimate_bytes
    return Figures(
        parameters=model.count_params(),
        macs=summary.macs,
        tflite_bytes=len(tflite),
        constant_bytes=summary.constant_bytes,
        code_bytes=flash - CONSOLE.flash_bytes - summary.constant_bytes,
        arena_bytes=summary.arena_bytes,
        input_bytes=sum(row.nbytes for row in summary.inputs),
    )


def main(names: list[str]) -> None:
    """Measure and write."""
    found = {n: dataclasses.asdict(f) for n, f in models.figures().items()} if FILE.exists() else {}
    known = registry.names("edgekit.models")
    for name in names or known:
        found[name] = dataclasses.asdict(measured(name))
        print(name, found[name], flush=True)
    kept = {name: found[name] for name in known if name in found}
    FILE.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
