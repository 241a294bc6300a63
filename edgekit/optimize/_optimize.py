"""Runs the steps in a child process and writes the result as a firmware project."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit import child, datasets, importers, models, output, targets
from edgekit.child import Events
from edgekit.errors import InputError
from edgekit.kernels import Goal
from edgekit.optimize._limits import Limits
from edgekit.optimize._result import CONTRACT, Figures, Variant
from edgekit.packaging import ConvertOptions, make_package
from edgekit.pipeline import Silent

_WHAT = "the optimization"
_SMALLER = "use a smaller --batch-size, a smaller set of samples, or a network with smaller inputs"


@dataclass(frozen=True, slots=True)
class OptimizeOptions:
    """What the user asked `optimize` for.

    Attributes:
        model: a trained Keras model, or a `zoo:` URL; one without weights is trained first.
        board: name of a board, or path of a board.toml.
        data: labelled samples; see `edgekit.datasets.FORMATS`.
        limits: what must be met.
        out: the firmware project to be written; none if None.
        test: other samples for the last word; a built-in set has its own.
        validation: share of the samples that decisions are made by.
        epochs: of training after each step.
        train_epochs: of a network that is trained first.
        batch_size: samples a step.
        learning_rate: of the training after each step.
        seed: of everything random.
        goal: what the kernels are chosen for.
        force: write over a project in `out`.
    """

    model: str
    board: str
    data: str
    limits: Limits
    out: Path | None = None
    test: str | None = None
    validation: float = 0.2
    epochs: int = 3
    train_epochs: int = 30
    batch_size: int = 32
    learning_rate: float = 1e-3
    seed: int = 0
    goal: Goal = Goal.BALANCED
    force: bool = False


@dataclass(frozen=True, slots=True)
class Optimized:
    """What came of it.

    Attributes:
        best: the variant that meets the limits, or comes closest.
        met: whether it meets all of them.
        explanation: what is not met, by how much, and what meeting it would cost.
        reference: accuracy of the float network on the validation samples, share of 1.
        tried: all variants in the order in which they were made.
        basis: what the latency is estimated from.
        test: accuracy on samples that nothing was chosen by; None where there are none.
        notes: what the user should know.
        out: the project that was written.
    """

    best: Variant
    met: bool
    explanation: tuple[str, ...]
    reference: float
    tried: tuple[Variant, ...]
    basis: str
    test: dict[str, Any] | None
    notes: tuple[str, ...]
    out: Path | None


def optimize(options: OptimizeOptions, events: Events | None = None) -> Optimized:
    """Make a network meet a board's limits, with the least done to it.

    Raises:
        InputError: the model, the data or a limit can't be used.
        UnsupportedError: no Keras model, or an op that edgekit doesn't have.
        ToolError: TensorFlow is missing or crashed.
    """
    events = events or Silent()
    limits = options.limits
    if limits.latency_us is None and limits.ram_bytes is None and limits.flash_bytes is None:
        raise InputError(
            "no limit is given", "add --max-latency 100ms, --max-ram 64k or --max-flash 256k"
        )
    _check_source(options.model)
    datasets.check(options.data)
    board = targets.load_board(options.board).board.name
    if options.out is not None:
        output.check_destination(options.out, options.force)
    job = dataclasses.asdict(options) | {"goal": options.goal.value, "out": None}
    work = child.Work("edgekit.optimize._worker", _WHAT, options.model, _SMALLER)
    with child.answered(work, job, events) as (folder, answer):
        tried = tuple(_variant(each) for each in answer["tried"])
        best = next(each for each in tried if each.name == answer["best"])
        found = Optimized(
            best,
            not best.misses,
            tuple(answer["explanation"]),
            float(answer["reference"]),
            tried,
            answer["basis"],
            answer["test"],
            tuple(answer["notes"]),
            options.out,
        )
        if options.out is not None:
            _write(options, found, folder, answer, board)
    return found


def _check_source(model: str) -> None:
    if model.startswith(models.SCHEME):
        models.parse_url(model)
        return
    importer = importers.find(model)
    importer.check(model)
    if not importer.NEEDS_TENSORFLOW:
        raise InputError(
            f"{model} is quantized already, and can't be trained any more",
            "give the Keras model that it came from",
        )


def _variant(found: dict[str, Any]) -> Variant:
    return Variant(
        found["name"], Figures(**found["figures"]), found["accuracy"], dict(found["misses"])
    )


def _write(
    options: OptimizeOptions, found: Optimized, folder: Path, answer: dict[str, Any], board: str
) -> None:
    """The firmware project of `convert`, with the Keras model and the record of the way."""
    assert options.out is not None  # asked by who calls
    bound = folder / CONTRACT
    convert = ConvertOptions(
        str(folder / "model.tflite"),
        board,
        options.out,
        answer["name"],
        optimize=Goal(answer["goal"]),
        contract=bound if bound.is_file() else None,
    )
    package = make_package(convert, Silent())
    record = {
        "model": options.model,
        "data": options.data,
        "data_sha256": answer["data_sha256"],
        "limits": dataclasses.asdict(options.limits),
        "seed": options.seed,
        "epochs": options.epochs,
        "versions": dict(answer["versions"]),
        "seconds": answer["seconds"],
        **{
            name: value for name, value in dataclasses.asdict(found).items() if name not in ("out",)
        },
    }
    files = {
        **package.files,
        "model.keras": (folder / "model.keras").read_bytes(),
        "optimize.json": (json.dumps(record, indent=2) + "\n").encode(),
    }
    if (folder / "float.keras").is_file():
        files["float.keras"] = (folder / "float.keras").read_bytes()
    # The .tflite came from a temporary folder; what it is made of is the model that was given.
    source = Path(options.model)
    given = {
        "name": options.model,
        "sha256": output.sha256(source.read_bytes()) if source.is_file() else None,
    }
    output.write(options.out, files, {**package.manifest, "inputs": {"source": given}})
