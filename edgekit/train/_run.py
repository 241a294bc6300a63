"""A training as a run folder: started, interrupted, resumed, repeated."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit import child, datasets, models
from edgekit.contract import defaults
from edgekit.errors import EdgekitError, ExitCode, InputError
from edgekit.train import _config
from edgekit.train._config import Config
from edgekit.train._history import Events

_WHAT = "the training"
_SMALLER = (
    "use a smaller --batch-size, fewer samples ([data] limit in a config), or a network with "
    "smaller inputs"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished training.

    Attributes:
        folder: with model.keras, run.json, history.csv, checkpoint.npz, labels.txt where the
            classes have names, and contract.toml where raw data were prepared.
        record: what run.json says.
    """

    folder: Path
    record: dict[str, Any]


def start(
    config: Config, folder: Path, events: Events | None = None, *, force: bool = False
) -> Run:
    """Train in a child process and record everything in a folder.

    Args:
        config: what and how.
        folder: to be made; see `Run`.
        events: who is told of every epoch.
        force: begin anew in a folder that has a training.

    Raises:
        InputError: the config, the model, the data or the folder can't be used.
        ToolError: TensorFlow is missing, or the training crashed.
        EdgekitError: interrupted by Ctrl-C; `resume` goes on.
    """
    _check(config)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file", "choose another folder with --out")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / "run.json").is_file():
            raise InputError(
                f"{folder} has files in it that edgekit did not make",
                "choose another folder with --out",
            )
        if not force:
            raise InputError(
                f"{folder} has a training already",
                f"go on with it: edgekit train --resume {folder}; or begin anew with --force",
            )
        _empty(folder)
    return _train(config, folder, events, resume=False)


def resume(folder: Path, events: Events | None = None) -> Run:
    """Go on with an interrupted training, exactly as if it had not been interrupted.

    Raises:
        InputError: no training is in the folder, or its data has changed.
        ToolError: TensorFlow is missing, or the training crashed.
        EdgekitError: interrupted again.
    """
    if not (folder / "run.json").is_file():
        raise InputError(
            f"{folder} has no training", "give the folder of an earlier `edgekit train --out`"
        )
    config = _config.parse(_config.read(folder / "run.json"), str(folder / "run.json"))
    _check(config)
    return _train(config, folder, events, resume=True)


def _train(config: Config, folder: Path, events: Events | None, *, resume: bool) -> Run:
    job = {"config": dataclasses.asdict(config), "run": str(folder.resolve()), "resume": resume}
    work = child.Work("edgekit.train._worker", _WHAT, config.model, _SMALLER, may_use_gpu=True)
    try:
        with child.answered(work, job, events) as (_, answer):
            return Run(folder, answer["record"])
    except KeyboardInterrupt:
        raise _interrupted(folder) from None


def _check(config: Config) -> None:
    """What can be refused before TensorFlow is started."""
    if config.model.startswith(models.SCHEME):
        models.parse_url(config.model)
    elif Path(config.model).suffix not in {".keras", ".h5"}:
        raise InputError(
            f"{config.model!r} is no model that can be trained",
            "give zoo:NAME (see `edgekit models`), a .keras or a whole-model .h5 file",
        )
    for path in (config.model, config.weights):
        if path is not None and not path.startswith(models.SCHEME) and not Path(path).is_file():
            raise InputError(f"there is no model {path!r}", "check the path")
    if config.contract:
        defaults.check_keys(config.contract, "the config")
    datasets.check(config.data.source)
    if config.data.test is not None:
        datasets.check(config.data.test)


def _interrupted(folder: Path) -> EdgekitError:
    if (folder / "checkpoint.npz").is_file():
        error = EdgekitError(
            "interrupted; every finished epoch is kept",
            f"go on with: edgekit train --resume {folder}",
        )
    else:
        error = EdgekitError("interrupted before the first epoch's end", "start again with --force")
    error.exit_code = ExitCode.INTERRUPTED
    return error


def _empty(folder: Path) -> None:
    """Remove what an earlier training wrote, and nothing else."""
    written = (
        "run.json",
        "checkpoint.npz",
        "model.keras",
        "history.csv",
        "labels.txt",
        "contract.toml",
    )
    for name in written:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "tensorboard", ignore_errors=True)
