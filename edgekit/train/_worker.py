"""The child process that trains: `python -m edgekit.train._worker FOLDER`.

It writes into the run folder itself, each file whole or not at all: whatever ends it, the last
epoch's checkpoint is there.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import edgekit
from edgekit import child, contract, models, output
from edgekit.contract import Contract
from edgekit.datasets import Dataset
from edgekit.errors import InputError
from edgekit.train import _config, _task, _tracking
from edgekit.train._config import Config
from edgekit.train._fit import evaluate, fit
from edgekit.train._history import History
from edgekit.train._prepare import Prepared, prepare
from edgekit.train.input_stage import Stage, fit_stage


def do(job: dict[str, Any], _folder: Path) -> dict[str, Any]:
    """Train into the run folder that the job names."""
    run, resume = Path(job["run"]), bool(job["resume"])
    config = _config.parse(job["config"], "the config")
    events = child.Told()
    events.stage("loading TensorFlow")
    start = time.monotonic()
    network, taken = _model(config)
    events.stage("reading the data")
    prepared = _data(config, network)
    data, bound, stage = prepared.data, prepared.contract, _stage(config, prepared, network)
    model = _staged(stage, network, data)
    _task.of(model, data, config.training.task)  # refuses before anything is written
    if resume:
        _same_data(run, data)
    record: dict[str, Any] = {
        "edgekit": edgekit.__version__,
        "state": "running",
        "config": dataclasses.asdict(config),
        "data": _described(data),
        "contract": None if bound is None else contract.plain(bound),
        "input_stage": None if stage is None else stage.told(),
        "versions": dict([("python", platform.python_version()), *child.versions()]),
        "platform": platform.platform(),
        "taken_over": list(taken),
        "notes": list(data.notes),
    }
    _write(run, record)
    with _tracking.tracked(config.log, run, config) as tracker:
        history = fit(
            model,
            data,
            config.training,
            events,
            frozen=taken,
            callbacks=tracker.callbacks,
            checkpoint=run / "checkpoint.npz",
            resume=resume,
        )
    events.stage("measuring")
    scores = evaluate(model, data, config.training.task)
    record["metrics"] = {name: dataclasses.asdict(score) for name, score in scores.items()}
    record |= {"energy": tracker.energy, "seconds": time.monotonic() - start}
    clean = _staged(stage, _built(config, "float32"), data)
    clean.set_weights(model.get_weights())
    _finish(run, record, history, _saved(clean, bound), prepared)
    return {"record": record}


def _model(config: Config) -> tuple[Any, tuple[str, ...]]:
    """The network to train, and the names of the layers that were taken over."""
    import keras
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(config.training.seed)
    model = _built(config)
    if config.weights is None:
        return model, ()
    return model, models.transfer(model, Path(config.weights))


def _built(config: Config, precision: str = "") -> Any:
    import keras

    keras.mixed_precision.set_global_policy(precision or config.training.precision)
    if config.model.startswith(models.SCHEME):
        return models.build(models.parse_url(config.model), config.training.seed)
    if config.training.precision != "float32":
        raise InputError(
            f"{config.model} has its own precision", "mixed precision is for models of the zoo"
        )
    model = models.load_keras(Path(config.model))
    if not getattr(model, "inputs", None):
        raise InputError(
            f"{config.model}: the model has no inputs yet", "build it before saving it"
        )
    return model


def _data(config: Config, model: Any) -> Prepared:
    shape = tuple(model.inputs[0].shape[1:])
    if None in shape:
        raise InputError(
            f"{config.model} takes inputs of any size: {shape}",
            "fix the shape: keras.Input((height, width, channels))",
        )
    given = tuple(model.outputs[0].shape[1:])
    if config.input_stage != "none":
        if len(shape) != 1:
            raise InputError(
                f"{config.model} takes {shape}, and an input stage gives one row of features",
                "build the network with e.g. input=8, for 8 of them",
            )
        return prepare(config, None, max(int(given[0]), 2))
    classes = max(int(given[0]), 2) if len(given) == 1 and given != shape else 0
    return prepare(config, shape, classes)


def _stage(config: Config, prepared: Prepared, network: Any) -> Stage | None:
    """The input stage that the config asks for, fitted on the training samples."""
    if config.input_stage == "none":
        return None
    return fit_stage(config.input_stage, prepared.data.train, int(network.inputs[0].shape[1]))


def _staged(stage: Stage | None, network: Any, data: Dataset) -> Any:
    """The network behind its input stage, if it has one."""
    if stage is None:
        return network
    return stage.before(lambda _: network, data.train.x.shape[1:])


def _described(data: Dataset) -> dict[str, Any]:
    return {
        "sha256": data.sha256,
        "train": len(data.train),
        "validation": len(data.validation),
        "test": 0 if data.test is None else len(data.test),
        "labels": list(data.labels),
    }


def _same_data(run: Path, data: Dataset) -> None:
    before = json.loads((run / "run.json").read_text(encoding="utf-8")).get("data", {})
    if before and before.get("sha256") != data.sha256:
        raise InputError(
            f"{data.origin} has changed since {run} was begun",
            "bring the data back, or start again with --force",
        )


def _saved(model: Any, bound: Contract | None) -> bytes:
    """A network as .keras, without an optimizer, with its contract."""
    with tempfile.TemporaryDirectory(prefix="edgekit-") as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        if bound is not None:
            contract.record(bound, path)
        return path.read_bytes()


def _finish(
    run: Path, record: dict[str, Any], history: History, model: bytes, prepared: Prepared
) -> None:
    data, bound = prepared.data, prepared.contract
    record |= {
        "state": "done",
        "epochs": len(history.epochs),
        "best_epoch": history.best,
        "stopped_early": history.stopped_early,
        "model_sha256": output.sha256(model),
    }
    output.write_file(run / "model.keras", model)
    output.write_file(run / "history.csv", history.to_csv().encode())
    if bound is not None:
        output.write_file(run / "contract.toml", contract.text(bound).encode())
    if data.labels:
        output.write_file(run / "labels.txt", ("\n".join(data.labels) + "\n").encode())
    _write(run, record)


def _write(run: Path, record: dict[str, Any]) -> None:
    output.write_file(run / "run.json", (json.dumps(record, indent=2) + "\n").encode())


if __name__ == "__main__":
    child.serve(Path(sys.argv[1]), do)
