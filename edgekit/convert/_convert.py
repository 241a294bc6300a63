"""The way from a source to an int8 .tflite."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from edgekit import child, datasets, importers, registry
from edgekit.contract import Contract, plain, recorded
from edgekit.errors import InputError, UnsupportedError
from edgekit.ir import DType
from edgekit.ops._common import INT16_MAX, LIMITS
from edgekit.quantize import ModelTypes, look

DEFAULT_SAMPLES = 200
DEFAULT_EPOCHS = 3
_SMALLER = "use fewer --calibration-samples, a smaller file of them, or a smaller network"


@dataclass(frozen=True, slots=True)
class Converted:
    """An int8 .tflite and where it came from.

    Attributes:
        name: from the source: a file's stem or the architecture's name; any text.
        tflite: the int8 model.
        float_model: the same network as a float32 .tflite; None if the source was int8 already.
        labels: the classes' names, where the calibration set has them.
        notes: what the user should know.
        warnings: what looks wrong, e.g. about the calibration set's range.
        is_quantized_here: whether edgekit quantized it.
        calibration_samples: how many samples decided the scales.
        picture_range: the values of black and white that pictures were scaled to.
        versions: of the packages that made it, name and version.
        contract: how raw data become the input: the one that was given, or else recorded.
    """

    name: str
    tflite: bytes
    float_model: bytes | None = None
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_quantized_here: bool = False
    calibration_samples: int = 0
    picture_range: tuple[float, float] = (0.0, 1.0)
    versions: tuple[tuple[str, str], ...] = ()
    contract: Contract | None = None


def to_tflite(
    source: str | Path,
    calibration: str | Path | None = None,
    *,
    samples: int = DEFAULT_SAMPLES,
    select: int | None = None,
    picture_range: tuple[float, float] | None = None,
    method: str = "int8_ptq",
    epochs: int = DEFAULT_EPOCHS,
    keep: tuple[str, ...] = (),
    contract: Contract | None = None,
    timeout_s: float = 900.0,
) -> Converted:
    """Turn any source into an int8 .tflite.

    An int8 .tflite passes through unchanged and without TensorFlow. Everything else is loaded,
    linted against the calibration set and quantized in a child process, since TensorFlow's
    converter can crash.

    Args:
        source: a .tflite, .keras, .h5, a SavedModel folder, or a `zoo:` URL.
        calibration: .npz, .npy, .csv, a folder of images or of recordings, or a built-in set's
            name; typical inputs. By default what a folder of `edgekit train` was trained on.
        samples: the most calibration samples to use, evenly spread over the set.
        select: choose so many of all samples by clustering instead; see
            `quantize.representative`.
        picture_range: values of black and white, for images and built-in sets; default: what the
            model says of itself, or else 0 to 1.
        method: a module of edgekit/quantize.
        epochs: of training, for methods that train; they use all samples and their classes.
        keep: layers that keep 8 bits, for methods with fewer.
        contract: how raw data become the input; by default the one that is recorded with the
            source. Recordings, pictures and tables are prepared by it, arrays must have been.
        timeout_s: limit for the child process, for methods that train one per epoch.

    Raises:
        InputError: the source or the calibration set can't be used.
        UnsupportedError: a float .tflite, or a model that doesn't become int8 throughout.
        ToolError: TensorFlow is missing, crashed or ran out of time.
    """
    source = str(source)
    if samples < 1:
        raise InputError(f"{samples} calibration samples are too few", "give 1 or more")
    importer = importers.find(source)
    importer.check(source)
    own = recorded(importers.file_of(source))
    bound, told = contract or own, _told(contract, own, source)
    if not importer.NEEDS_TENSORFLOW:
        found = _pass_through(importer, source, calibration)
        return replace(found, contract=bound, notes=(*found.notes, *told))
    chosen = registry.load("edgekit.quantize", method, "quantization method")
    if select is not None and chosen.TRAINS:
        raise InputError(
            f"{method} trains on all samples, and needs no selection", "leave out the selection"
        )
    calibration, more = _calibration(source, calibration, chosen)
    job = {
        "source": source,
        "calibration": calibration,
        "samples": samples,
        "select": select,
        "picture_range": picture_range,
        "contract": None if bound is None else plain(bound),
        "method": method,
        "epochs": epochs,
        "keep": keep,
    }
    found = _in_child(job, timeout_s * (1 + epochs if chosen.TRAINS else 1))
    return replace(found, contract=bound, notes=(*found.notes, *told, *more))


def _calibration(
    source: str, given: str | Path | None, method: ModuleType
) -> tuple[str | None, tuple[str, ...]]:
    """The calibration data, and a note where it is what the network was trained on."""
    if given is not None:
        datasets.check(str(given))
        return str(given), ()
    if not method.NEEDS_DATA:
        return None, ()
    if importers.training_run.accepts(source):
        found = importers.training_run.data(source) or ""
        with contextlib.suppress(InputError):  # it is no longer there
            datasets.check(found)
            return found, (f"calibrated with what {source} was trained on: {found}",)
    raise InputError(
        f"{source} is a float model, and quantizing it needs calibration data",
        f"add --calibration DATA: 100 or more typical inputs, as {datasets.FORMATS}",
    )


def _told(given: Contract | None, own: Contract | None, source: str) -> tuple[str, ...]:
    """What the user should know of the contract."""
    if own is None:
        return ()
    if given is None:
        return (f"the input contract is the one that {source} was trained with",)
    if given != own:
        return (f"the contract given is not the one that {source} was trained with",)
    return ()


def _pass_through(importer: ModuleType, source: str, calibration: str | Path | None) -> Converted:
    """A finished .tflite, if it is integer inside."""
    model = importer.load(source)
    types = look(model.data)
    if types.other_ops and all(not op.computes_in_integers for op in types.ops):
        raise UnsupportedError(
            f"{source} is a float model: {types.describe(types.other_ops, 3)}",
            "a .tflite can't be quantized afterwards: give edgekit the Keras model (.keras, .h5) "
            "or SavedModel that it came from, with --calibration",
        )
    floats = tuple(
        (i, op)
        for i, op in types.other_ops
        if any(t.dtype in (DType.FLOAT32, DType.FLOAT16, DType.FLOAT64) for t in op.tensors)
    )
    if floats:
        raise UnsupportedError(
            f"{source} is not integer throughout: {types.describe(floats)}",
            "quantize it again with a representative data set and "
            "target_spec.supported_ops = [TFLITE_BUILTINS_INT8], or give edgekit the Keras model",
        )
    notes: tuple[str, ...] = ()
    if calibration is not None:
        notes = (f"{source} is quantized already: the calibration data were not used",)
    return Converted(model.name, model.data, notes=notes, picture_range=_input_range(types))


def _input_range(types: ModelTypes) -> tuple[float, float]:
    """The values that the model's input stands for: black and white of a picture."""
    taken = types.inputs[0] if types.inputs else None
    for op in types.ops:
        if taken is not None and taken.dtype not in LIMITS and op.kind == "QUANTIZE":
            taken = op.tensors[-1]
    if taken is None or taken.dtype not in LIMITS or not taken.scale:
        return (0.0, 1.0)
    # int16 has no zero point: the lower half stands for values that a picture does not have.
    codes = LIMITS[taken.dtype] if taken.dtype is DType.INT8 else (0, INT16_MAX)
    low, high = (taken.scale * (code - taken.zero_point) for code in codes)
    return (low, high)


def _in_child(job: dict[str, Any], timeout_s: float) -> Converted:
    """Run the worker and read its answer."""
    what = "TensorFlow's converter"
    work = child.Work("edgekit.convert._worker", what, job["source"], _SMALLER, timeout_s)
    with child.answered(work, job) as (folder, answer):
        low, high = answer["picture_range"]
        return Converted(
            name=answer["name"],
            tflite=(folder / "model.tflite").read_bytes(),
            float_model=(folder / "float.tflite").read_bytes(),
            labels=tuple(answer["labels"]),
            notes=tuple(answer["notes"]),
            warnings=tuple(answer["warnings"]),
            is_quantized_here=True,
            calibration_samples=answer["calibration_samples"],
            picture_range=(low, high),
            versions=tuple((name, version) for name, version in answer["versions"]),
        )
