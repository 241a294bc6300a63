"""From a source to everything that `convert` writes, as bytes in memory."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

import edgekit
from edgekit import contract, firmware_tree, frameworks, output, registry, targets
from edgekit.builder.library import library_tree
from edgekit.codegen import c_array
from edgekit.codegen.names import identifier
from edgekit.compiler import Compiled, compile_tflite
from edgekit.contract import Contract
from edgekit.convert import (
    DEFAULT_EPOCHS,
    DEFAULT_SAMPLES,
    Accuracy,
    Converted,
    evaluate,
    to_tflite,
)
from edgekit.errors import InputError, UnsupportedError
from edgekit.ir.tensor import Array
from edgekit.kernels import Goal
from edgekit.oracles import numpy_reference
from edgekit.report.choices import choices_of, slow_layers
from edgekit.report.memory import edges_of, memory_of
from edgekit.report.summary import Fit, Summary, fit, require_fit, summarize
from edgekit.targets import CONSOLE, Target


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """What the user asked `convert` for.

    Attributes:
        source: a model file or folder, or a `zoo:` URL.
        board: name of a board, or path of a board.toml.
        out: where the results go.
        name: C identifier; made from the source if empty.
        calibration: typical inputs, for a float source.
        calibration_samples: the most of them to use.
        calibration_select: choose so many of all of them by clustering instead.
        evaluate: labelled data, for the accuracy.
        labels: text file with one class name a line.
        contract: how raw data become the input, see edgekit/contract; by default the one that is
            recorded with the source.
        c_array: style of the C array: `edgekit` or `tinymlgen`.
        force: convert again into a folder that has results in it.
        optimize: what the kernels are chosen for.
        quantize: the method, a module of edgekit/quantize.
        epochs: of training, for methods that train.
        keep: layers that keep 8 bits, for methods with fewer.
        keep_input: an inference must leave the model's inputs as they are.
        framework: also as a library of this ecosystem, a module of edgekit/frameworks.
    """

    source: str
    board: str
    out: Path
    name: str = ""
    calibration: str | None = None
    calibration_samples: int = DEFAULT_SAMPLES
    calibration_select: int | None = None
    evaluate: str | None = None
    labels: Path | None = None
    contract: Path | None = None
    c_array: Literal["edgekit", "tinymlgen"] = "edgekit"
    force: bool = False
    optimize: Goal = Goal.BALANCED
    quantize: str = "int8_ptq"
    epochs: int = DEFAULT_EPOCHS
    keep: tuple[str, ...] = ()
    keep_input: bool = False
    framework: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """Everything that `convert` writes.

    Attributes:
        files: path -> contents, without the manifest.
        manifest: what manifest.json has beside the hashes of the files.
        summary: the compiled model in figures.
        fit: need and room on the board.
        accuracy: float against int8, if asked for.
        warnings: what looks wrong.
        notes: what the user should know.
    """

    files: dict[str, bytes]
    manifest: dict[str, Any]
    summary: Summary
    fit: Fit
    accuracy: Accuracy | None
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


class Stages(Protocol):
    """Who is told what is being done."""

    def stage(self, text: str, total: int = 0) -> None:
        """A new stage begins."""


def make_package(options: ConvertOptions, events: Stages) -> Package:
    """Import, quantize, compile and check; writes nothing.

    Raises:
        InputError: the source, the data or an option can't be used.
        UnsupportedError: the model needs what edgekit does not support.
        DoesNotFitError: it is too big for the board.
        ToolError: a package that is needed is missing or failed.
    """
    target = _target(options)
    labels = _labels(options.labels)
    given = None if options.contract is None else contract.load(options.contract)
    events.stage("reading the model")
    converted = _converted(options, given)
    name = identifier(options.name or converted.name)
    events.stage("compiling")
    with _with_warnings(converted):
        compiled = compile_tflite(
            converted.tflite,
            target,
            name,
            labels or converted.labels,
            options.optimize,
            keep_input=options.keep_input,
        )
    _check_labels(compiled)
    summary = summarize(compiled)
    found = _fit(summary, target)
    accuracy = None
    if options.evaluate is not None:
        events.stage("measuring the accuracy")
        accuracy = evaluate(converted, options.evaluate, _runner(compiled))
    events.stage("writing")
    tree = firmware_tree.of(compiled, converted.contract)
    library = library_tree(options.framework, compiled, tree.firmware)
    converted = _told(converted, slow_layers(compiled), accuracy)
    report = _report(options, converted, summary, found, accuracy)
    report["choices"] = asdict(choices_of(compiled))
    report["memory"] = asdict(memory_of(compiled))
    report["edges"] = edges_of(compiled.graph)
    files = {
        "model.tflite": converted.tflite,
        f"{name}_tflite.h": c_array.emit(
            converted.tflite, f"{name}_tflite", options.c_array
        ).encode(),
        "report.json": (json.dumps(report, indent=2) + "\n").encode(),
        **{f"firmware/{path}": text.encode() for path, text in tree.firmware.items()},
        **{path: text.encode() for path, text in tree.python.items()},
        **{path: text.encode() for path, text in library.items()},
    }
    manifest = _manifest(options, converted, name, tree.build_id)
    return Package(files, manifest, summary, found, accuracy, converted.warnings, converted.notes)


@contextlib.contextmanager
def _with_warnings(converted: Converted) -> Iterator[None]:
    """A model that can't be compiled is often one that a warning was for."""
    try:
        yield
    except UnsupportedError as error:
        hints = (error.hint, *(f"warning: {text}" for text in converted.warnings))
        raise UnsupportedError(error.message, "\n".join(hints)) from error


def _told(converted: Converted, slow: tuple[str, ...], accuracy: Accuracy | None) -> Converted:
    """With what else the user should know, each thing once."""
    notes = (*converted.notes, *(() if accuracy is None else accuracy.notes))
    return dataclasses.replace(
        converted,
        warnings=(*converted.warnings, *slow),
        notes=tuple(dict.fromkeys(notes)),
    )


def _target(options: ConvertOptions) -> Target:
    """The board; a framework that there is not is refused as early as a board."""
    if options.framework is not None:
        frameworks.find(options.framework)
    return targets.load_board(options.board)


def _converted(options: ConvertOptions, bound: Contract | None) -> Converted:
    return to_tflite(
        options.source,
        options.calibration,
        samples=options.calibration_samples,
        select=options.calibration_select,
        method=_for_firmware(options.quantize),
        epochs=options.epochs,
        keep=options.keep,
        contract=bound,
    )


def _for_firmware(method: str) -> str:
    module = registry.load("edgekit.quantize", method, "quantization method")
    if not module.FOR_FIRMWARE:
        raise InputError(
            f"{method} is for phones and computers, and can't become firmware: {module.WHY_NOT}",
            f"use `edgekit quantize --method {method}` for the .tflite, or another method here",
        )
    return method


def _labels(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the labels {path} can't be read: {error}") from error
    return tuple(line.strip() for line in lines if line.strip())


def _check_labels(compiled: Compiled) -> None:
    graph, labels = compiled.graph, compiled.code.labels
    classes = graph.tensors[graph.outputs[0]].size
    if labels and len(labels) != classes:
        raise InputError(
            f"there are {len(labels)} labels and the model has {classes} outputs",
            "give one label a line, in the order of the outputs",
        )


def _fit(summary: Summary, target: Target) -> Fit:
    found = fit(summary, target, CONSOLE)
    if not found.fits:
        others = [b.board.name for b in targets.all_boards() if fit(summary, b, CONSOLE).fits]
        require_fit(summary, found, others)
    return found


def _runner(compiled: Compiled) -> Any:
    """The int8 model as a function: its bits are those of the firmware."""

    def run(sample: Array) -> Array:
        outputs = next(numpy_reference.run(b"", compiled.graph, [[sample]]))
        position = next(
            i for i, op in enumerate(compiled.graph.ops) if compiled.graph.outputs[0] in op.outputs
        )
        return outputs[position]

    return run


def _report(
    options: ConvertOptions,
    converted: Converted,
    summary: Summary,
    found: Fit,
    accuracy: Accuracy | None,
) -> dict[str, Any]:
    return {
        "board": found.board,
        "model": summary.to_json(),
        "fit": {
            "ram_needed_bytes": found.ram_needed_bytes,
            "ram_bytes": found.ram_bytes,
            "arena_memory": found.arena_memory,
            "stack_memory": found.stack_memory,
            "flash_estimate_bytes": found.flash_estimate_bytes,
            "flash_bytes": found.flash_bytes,
        },
        "quantized_by_edgekit": converted.is_quantized_here,
        "quantization": options.quantize if converted.is_quantized_here else None,
        "calibration_samples": converted.calibration_samples,
        "accuracy": None
        if accuracy is None
        else {
            "data": options.evaluate,
            "samples": accuracy.samples,
            "float": accuracy.float_accuracy,
            "int8": accuracy.int8_accuracy,
            "agreement": accuracy.agreement,
        },
        "warnings": list(converted.warnings),
        "notes": list(converted.notes),
    }


def _manifest(
    options: ConvertOptions, converted: Converted, name: str, build_id: str
) -> dict[str, Any]:
    given = {
        "source": options.source,
        "calibration": options.calibration,
        "evaluate": options.evaluate,
        "labels": str(options.labels) if options.labels else None,
        "contract": str(options.contract) if options.contract else None,
    }
    return {
        "edgekit": edgekit.__version__,
        "model": name,
        "board": _board_reference(options.board),
        "build_id": build_id,
        "optimize": options.optimize.value,
        "keep_input": options.keep_input,
        "contract": None if converted.contract is None else contract.plain(converted.contract),
        "inputs": {
            role: {"name": value, "sha256": _hash(value)} for role, value in given.items() if value
        },
        "options": {
            "c_array": options.c_array,
            "calibration_samples": options.calibration_samples,
            "calibration_select": options.calibration_select,
            "epochs": options.epochs,
            "framework": options.framework,
            "keep": list(options.keep),
            "name": options.name,
            "quantize": options.quantize,
        },
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            **dict(converted.versions),
        },
    }


def _board_reference(board: str) -> str:
    """A board's name; a path so that later verbs find it from any folder."""
    return board if board in targets.board_names() else str(Path(board).resolve())


def _hash(given: str) -> str | None:
    """Of a file, or of a folder's files in order; None for what is no path."""
    path = Path(given)
    if path.is_file():
        return output.sha256(path.read_bytes())
    if not path.is_dir():
        return None
    listed = [
        (file.relative_to(path).as_posix(), output.sha256(file.read_bytes()))
        for file in sorted(path.rglob("*"))
        if file.is_file()
    ]
    return output.sha256(json.dumps(listed).encode())
