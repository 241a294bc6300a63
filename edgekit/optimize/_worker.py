"""The child process that trains and compresses: `python -m edgekit.optimize._worker FOLDER`."""

from __future__ import annotations

import dataclasses
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import child, contract, datasets, importers, models, targets
from edgekit.contract import Contract
from edgekit.datasets import Dataset
from edgekit.errors import InputError, UnsupportedError
from edgekit.importers import FloatModel
from edgekit.kernels import Goal
from edgekit.optimize._board import Board
from edgekit.optimize._limits import Limits
from edgekit.optimize._result import CONTRACT
from edgekit.optimize._steps import Steps, accuracy
from edgekit.train import Options, fit, seed_all


def do(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Train, compress and measure; the best variant's files are put into `folder`."""
    events = child.Told()
    start = time.monotonic()
    events.stage("loading the model")
    seed_all(int(job["seed"]))
    found: FloatModel = importers.find(job["model"]).load(job["model"])
    if found.keras is None:
        raise UnsupportedError(
            f"{job['model']} is no Keras model, and only such ones can be trained and pruned",
            "give the .keras or .h5 file",
        )
    bound = contract.recorded(importers.file_of(job["model"]))
    data = _data(job, found, bound)
    training = Options(
        epochs=int(job["epochs"]),
        batch_size=int(job["batch_size"]),
        learning_rate=float(job["learning_rate"]),
        seed=int(job["seed"]),
    )
    trained_here = _is_untrained(job["model"])
    if trained_here:
        events.stage("training the network, which is new")
        longer = dataclasses.replace(training, epochs=int(job["train_epochs"]))
        fit(found.keras, data, longer, events)
    board = Board(targets.load_board(job["board"]), Goal(job["goal"]))
    steps = Steps(found.keras, data, Limits(**job["limits"]), board, training, events)
    best = steps.run()
    (folder / "model.tflite").write_bytes(best.tflite)
    _save(best.model, folder / "model.keras", bound)
    if trained_here:
        _save(found.keras, folder / "float.keras", bound)
    if bound is not None:
        (folder / CONTRACT).write_text(contract.text(bound), encoding="utf-8")
    return {
        "name": found.name,
        "best": best.variant.name,
        "goal": (best.goal or Goal(job["goal"])).value,
        "reference": steps.reference,
        "tried": [dataclasses.asdict(each.variant) for each in steps.tried],
        "basis": board.basis,
        "explanation": list(steps.explain(best)),
        "notes": [*_notes(data), *steps.notes],
        "validation_samples": len(data.validation),
        "test": _test(best.tflite, found.keras, data),
        "labels": data.labels,
        "data_sha256": data.sha256,
        "versions": child.versions(),
        "seconds": time.monotonic() - start,
    }


def _save(model: Any, path: Path, bound: Contract | None) -> None:
    model.save(path)
    if bound is not None:
        contract.record(bound, path)


def _data(job: dict[str, Any], found: FloatModel, bound: Contract | None) -> Dataset:
    low, high = (0.0, 1.0) if found.expects is None else (found.expects.low, found.expects.high)
    if bound is not None:
        contract.check_input(bound, found.input_shape[1:], job["model"])
    data = datasets.load(
        job["data"],
        contract.form(bound, found.input_shape[1:], low, high),
        validation=float(job["validation"]),
        test=job["test"],
        classes=max(2, found.output_shape[-1]),
    )
    if data.train.y is None or len(found.output_shape) != 2:
        raise InputError(
            f"{job['data']} has no classes to measure accuracy by"
            if data.train.y is None
            else f"{job['model']} is no classifier",
            "optimize needs a classifier and labelled data: x and y",
        )
    if bound is not None:
        contract.check_data(bound, data.train.x, job["data"])
    return data


def _is_untrained(model: str) -> bool:
    return model.startswith(models.SCHEME) and models.parse_url(model).weights is None


def _notes(data: Dataset) -> list[str]:
    count, one = len(data.validation), 100 / len(data.validation)
    told = f"accuracy decides by {count:,} validation samples: one of them is {one:.2f} points"
    return [told, *data.notes]


def _test(tflite: bytes, model: Any, data: Dataset) -> dict[str, Any] | None:
    """Accuracy on samples that nothing was chosen by."""
    if data.test is None:
        return None
    answers = np.asarray(model.predict(data.test.x, verbose=0))
    single = answers.shape[-1] == 1
    found = answers[:, 0] > 0.5 if single else answers.argmax(axis=-1)
    return {
        "samples": len(data.test),
        "float_accuracy": float((found == data.test.y).mean()),
        "accuracy": accuracy(tflite, data.test),
    }


if __name__ == "__main__":
    child.serve(Path(sys.argv[1]), do)
