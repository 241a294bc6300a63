"""From a float model to a quantized .tflite, and how far its layers are from the float ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgekit import contract, output
from edgekit.convert import DEFAULT_EPOCHS, DEFAULT_SAMPLES, to_tflite
from edgekit.convert.layer_errors import LayerError, layer_errors
from edgekit.errors import InputError
from edgekit.pipeline._project import Events, Silent


@dataclass(frozen=True, slots=True)
class QuantizeOptions:
    """What the user asked `quantize` for.

    Attributes:
        source: a float model, or a `zoo:` URL.
        quantize: the method, a module of edgekit/quantize.
        calibration: typical inputs.
        calibration_samples: the most of them to use.
        calibration_select: choose so many of all of them by clustering instead.
        epochs: of training, for methods that train.
        keep: layers that keep 8 bits, for methods with fewer.
        out: the .tflite to be written; none if None.
        with_report: compare the layers with the float model's.
        force: replace a .tflite at `out`.
    """

    source: str
    quantize: str = "int8_ptq"
    calibration: str | None = None
    calibration_samples: int = DEFAULT_SAMPLES
    calibration_select: int | None = None
    epochs: int = DEFAULT_EPOCHS
    keep: tuple[str, ...] = ()
    out: Path | None = None
    with_report: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Quantized:
    """What `quantize` made.

    Attributes:
        out: the .tflite that was written.
        method: the method.
        tflite_bytes: size of the quantized model.
        float_bytes: size of the float32 one.
        calibration_samples: how many samples were used.
        layers: errors of the layers, worst first; empty where they were not asked for.
        warnings: what looks wrong.
        notes: what the user should know.
    """

    out: Path | None
    method: str
    tflite_bytes: int
    float_bytes: int
    calibration_samples: int
    layers: tuple[LayerError, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def quantize(options: QuantizeOptions, events: Events | None = None) -> Quantized:
    """Quantize a model; writes `options.out` if given, whole or not at all.

    Raises:
        InputError: neither a file nor a report is wanted, the source or the data can't be used,
            or something is at `out` already.
        UnsupportedError: the method can't do this model.
        ToolError: a package that is needed is missing or failed.
    """
    events = events or Silent()
    if options.out is None and not options.with_report:
        raise InputError("nothing to do", "give --out FILE, --report, or both")
    if options.with_report and options.calibration is None:
        raise InputError(
            "the report compares layers on data, and there are none", "add --calibration DATA"
        )
    if options.out is not None and options.out.exists() and not options.force:
        raise InputError(f"{options.out} exists", "choose another file, or give --force")
    events.stage("quantizing")
    converted = to_tflite(
        options.source,
        options.calibration,
        samples=options.calibration_samples,
        select=options.calibration_select,
        method=options.quantize,
        epochs=options.epochs,
        keep=options.keep,
    )
    layers: tuple[LayerError, ...] = ()
    if options.with_report:
        assert options.calibration is not None  # refused above
        events.stage("comparing the layers")
        layers = layer_errors(converted, options.calibration)
    if options.out is not None:
        if options.force:
            output.write_file(options.out, converted.tflite)
        else:
            output.write_new(options.out, converted.tflite)
        if converted.contract is not None:
            text = contract.text(converted.contract).encode()
            output.write_file(contract.beside(options.out), text)
    return Quantized(
        options.out,
        options.quantize,
        len(converted.tflite),
        len(converted.float_model or b""),
        converted.calibration_samples,
        layers,
        converted.warnings,
        converted.notes,
    )
