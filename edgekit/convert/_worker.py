"""The child process that loads, lints and quantizes: `python -m edgekit.convert._worker FOLDER`.

It reads FOLDER/job.json and writes FOLDER/answer.json, model.tflite and float.tflite. What
TensorFlow prints goes to the captured streams. If it crashes there is no answer, and the parent
says so.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from edgekit import datasets, importers, registry
from edgekit.convert import lint
from edgekit.datasets import Form
from edgekit.errors import EdgekitError, ToolError
from edgekit.importers import FloatModel
from edgekit.quantize import Network, representative, to_float

_ALL = 1_000_000  # samples: training wants every one of them
_PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "numpy")


def main(folder: Path) -> None:
    """Do the job in `folder`; errors meant for the user become part of the answer."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        answer = _do(job, folder)
    except EdgekitError as error:
        answer = {"error": _told(error)}
    except ImportError as error:
        text = f"TensorFlow can't be imported: {error}"
        answer = {"error": _told(ToolError(text, "pip install 'edgekit[tensorflow]'"))}
    # Written last and in one piece: its presence says that the rest is whole.
    part = folder / "answer.part"
    part.write_text(json.dumps(answer), encoding="utf-8")
    part.replace(folder / "answer.json")


def _do(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    model: FloatModel = importers.find(job["source"]).load(job["source"])
    form = _form(model, job["picture_range"])
    method = registry.load("edgekit.quantize", job["method"], "quantization method")
    network, labels, warnings = _network(job, model, method, form)
    quantized = method.quantize(network)
    method.check(quantized)
    (folder / "model.tflite").write_bytes(quantized)
    (folder / "float.tflite").write_bytes(to_float(model.function))
    return {
        "name": model.name,
        "labels": labels if len(labels) == model.output_shape[-1] else (),
        "notes": model.notes,
        "warnings": warnings,
        "calibration_samples": len(network.samples),
        "picture_range": (form.low, form.high),
        "versions": _versions(),
    }


def _network(
    job: dict[str, Any], model: FloatModel, method: ModuleType, form: Form
) -> tuple[Network, tuple[str, ...], tuple[str, ...]]:
    """The network with its data, the classes' names, and what looks wrong."""
    if job["calibration"] is None:
        none = np.zeros((0, *model.input_shape[1:]), np.float32)
        return Network(model.function, none, keras=model.keras), (), ()
    select = job["select"]
    limit = _ALL if method.TRAINS or select else int(job["samples"])
    data = datasets.read(job["calibration"], form, split="train", limit=limit)
    checked = lint.check(data, model, trains=method.TRAINS)
    samples = checked.samples
    if select:
        samples = samples[representative(model.function, samples, int(select))]
    network = Network(
        model.function,
        samples,
        keras=model.keras,
        classes=None if select else data.y,
        epochs=int(job["epochs"]),
        keep=frozenset(job["keep"]),
    )
    return network, data.labels, checked.warnings


def _form(model: FloatModel, wanted: list[float] | None) -> Form:
    """What a sample for this model is."""
    low, high = 0.0, 1.0
    if wanted is not None:
        low, high = wanted
    elif model.expects is not None:
        low, high = model.expects.low, model.expects.high
    return Form(model.input_shape[1:], low, high)


def _versions() -> list[tuple[str, str]]:
    installed = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    return [(name, installed[name]) for name in _PACKAGES if name in installed]


def _told(error: EdgekitError) -> dict[str, str]:
    return {"kind": type(error).__name__, "message": error.message, "hint": error.hint}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
