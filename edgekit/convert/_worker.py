"""The child process that loads, lints and quantizes: `python -m edgekit.convert._worker FOLDER`.

It reads FOLDER/job.json and writes FOLDER/answer.json, model.tflite and float.tflite. What
TensorFlow prints goes to the captured streams. If it crashes there is no answer, and the parent
says so.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from edgekit import child, contract, datasets, importers, registry
from edgekit.contract import Contract
from edgekit.convert import lint
from edgekit.datasets import Form, Samples
from edgekit.importers import FloatModel
from edgekit.quantize import Network, look, register_layers, representative, to_float

_ALL = 1_000_000  # samples: training wants every one of them


def do(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Load, lint and quantize; see the module's text."""
    register_layers()
    model: FloatModel = importers.find(job["source"]).load(job["source"])
    bound = contract.parse(job["contract"], "the contract") if job["contract"] else None
    form = _form(model, job["picture_range"], bound)
    method = registry.load("edgekit.quantize", job["method"], "quantization method")
    network, data, warnings = _network(job, model, method, form)
    if bound is not None and len(network.samples):
        contract.check_data(bound, network.samples, job["calibration"])
    quantized = method.quantize(network)
    method.check(quantized)
    (folder / "model.tflite").write_bytes(quantized)
    (folder / "float.tflite").write_bytes(to_float(model.function))
    return {
        "name": model.name,
        "labels": data.labels if len(data.labels) == model.output_shape[-1] else (),
        "notes": (*model.notes, *data.notes),
        "warnings": (*warnings, *lint.flat_layers(look(quantized))),
        "calibration_samples": len(network.samples),
        "picture_range": (form.low, form.high),
        "versions": child.versions(),
    }


def _network(
    job: dict[str, Any], model: FloatModel, method: ModuleType, form: Form
) -> tuple[Network, Samples, tuple[str, ...]]:
    """The network with its data, these as they were read, and what looks wrong with them."""
    if job["calibration"] is None:
        none = np.zeros((0, *model.input_shape[1:]), np.float32)
        return Network(model.function, none, keras=model.keras), Samples("no data", none), ()
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
    return network, data, checked.warnings


def _form(model: FloatModel, wanted: list[float] | None, bound: Contract | None) -> Form:
    """What a sample for this model is."""
    low, high = 0.0, 1.0
    if bound is not None:
        contract.check_input(bound, model.input_shape[1:], f"the model {model.name}")
        low, high = bound.limits()
    if wanted is not None:
        low, high = wanted
    elif bound is None and model.expects is not None:
        low, high = model.expects.low, model.expects.high
    return contract.form(bound, model.input_shape[1:], low, high)


if __name__ == "__main__":
    child.serve(Path(sys.argv[1]), do)
