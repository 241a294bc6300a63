"""Quantize a model to a .tflite, and tell layer by layer what that costs.

SOURCE is a float model: .keras, .h5, a SavedModel's folder, or zoo:NAME?OPTIONS. --out writes the
.tflite; --report compares every layer with the float model on the calibration data, worst first,
each with advice. Firmware is made by `edgekit convert`, which takes the same options.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._options import complete_file, json_option, quantize_options
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.pipeline import Quantized


@click.command()
@click.argument("source", shell_complete=complete_file)
@quantize_options
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The .tflite to be written.",
)
@click.option("--report", "with_report", is_flag=True, help="Print the errors layer by layer.")
@click.option("--force", is_flag=True, help="Replace a .tflite that is at --out.")
@json_option
def command(as_json: bool, **options: Any) -> None:
    """See the module's text."""
    from edgekit import pipeline

    with progress(as_json) as events:
        found = pipeline.quantize(pipeline.QuantizeOptions(**options), events)
    data = {
        "out": found.out,
        "method": found.method,
        "tflite_bytes": found.tflite_bytes,
        "float_bytes": found.float_bytes,
        "calibration_samples": found.calibration_samples,
        "warnings": found.warnings,
        "notes": found.notes,
        "layers": found.layers,
    }
    shown: list[str | TextTable] = [f"warning: {text}" for text in found.warnings]
    shown += [f"note: {text}" for text in found.notes]
    if found.layers:
        shown.append(_layers(found))
    shown.append(f".tflite: {found.tflite_bytes:,} bytes (float32: {found.float_bytes:,})")
    if found.out is not None:
        shown.append(f"written: {found.out}")
    report(data, *shown, as_json=as_json)


def _layers(found: Quantized) -> TextTable:
    columns = (
        Column("op", numeric=True),
        Column("kind"),
        Column("layer", elastic=True),
        Column("weights"),
        Column("SNR dB", numeric=True),
        Column("cosine", numeric=True),
        Column("max error", numeric=True),
        Column("steps", numeric=True),
        Column("advice", elastic=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.position,
            each.op,
            each.layer or _short(each.tensor),
            each.weights or None,
            f"{each.snr_db:.1f}",
            f"{each.cosine:.4f}",
            f"{each.max_error:.3g}",
            f"{each.max_steps:.1f}",
            each.advice,
        )
        for each in found.layers
    ]
    return TextTable(columns, tuple(rows), "int against float, worst first")


def _short(name: str) -> str:
    """A tensor's name without what the export put around the model's own words."""
    parts = [p for p in name.partition(";")[0].split("/") if p != "StatefulPartitionedCall"]
    return "/".join(parts) or name
