"""Train a network on real data, in a folder that has all it takes to repeat it.

SOURCE is zoo:NAME?OPTIONS (see `edgekit models`), a .keras file to go on with, a config in TOML,
or the run.json of an earlier training. Ctrl-C ends it with exit code 130 and keeps every finished
epoch: `edgekit train --resume DIR` goes on as if nothing had happened.

\b
    model = "zoo:cnn?classes=10"
    [data]
    source = "mnist"
    [training]
    epochs = 20
    patience = 5
    [training.augment]
    shift_x = 0.1
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgekit.cli._options import complete_file, json_option
from edgekit.cli._output import report
from edgekit.cli._progress import progress
from edgekit.report import Cell, Column, TextTable

if TYPE_CHECKING:
    from edgekit.train import Config, Run


@click.command()
@click.argument("source", required=False, shell_complete=complete_file)
@click.option(
    "--data",
    metavar="DATA",
    shell_complete=complete_file,
    help="An .npz with x and y, a .csv, a folder of images or .wav files, or a built-in set.",
)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder to be made.")
@click.option(
    "--input-stage",
    type=click.Choice(["none", "pca", "selection"]),
    help="Make the inputs fewer, inside of the firmware: by PCA, or to those that tell most.",
)
@click.option("--epochs", type=click.IntRange(min=1), metavar="N", help="Passes over the data.")
@click.option("--batch-size", type=click.IntRange(min=1), metavar="N", help="Samples a step.")
@click.option("--learning-rate", type=float, metavar="R", help="The highest; it falls to R/100.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Of everything random.")
@click.option(
    "--weights",
    metavar="FILE",
    shell_complete=complete_file,
    help="A trained .keras whose layers of equal name and shape are taken over.",
)
@click.option(
    "--frozen-epochs",
    type=click.IntRange(min=0),
    metavar="N",
    help="So long the layers that were taken over stay as they are.",
)
@click.option(
    "--resume",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Go on with an interrupted training.",
)
@click.option("--force", is_flag=True, help="Begin anew in a DIR that has a training.")
@json_option
def command(
    source: str | None,
    out: Path | None,
    resume: Path | None,
    force: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """See the module's text."""
    chosen = source or out or force or any(value is not None for value in options.values())
    if resume is not None and chosen:
        raise click.UsageError("--resume takes everything else from the training's folder")
    from edgekit import train

    with progress(as_json) as events:
        if resume is not None:
            done = train.resume(resume, events)
        elif source is None or out is None:
            raise click.UsageError("give a SOURCE and --out DIR, or --resume DIR")
        else:
            done = train.start(_config(source, options), out, events, force=force)
    data = done.record["config"]["data"]["source"]
    report(
        {"out": done.folder, **done.record},
        _table(done),
        *(f"note: {text}" for text in done.record["notes"]),
        f"written: {done.folder}",
        as_json=as_json,
        next_verb=f"edgekit convert {done.folder} --board BOARD --calibration {data} "
        f"--evaluate {data} --out DIR",
    )


def _config(source: str, options: dict[str, Any]) -> Config:
    from edgekit import train

    is_file = Path(source).suffix in {".toml", ".json"}
    values = train.read(Path(source)) if is_file else {"model": source}
    changes = {
        "weights": options["weights"],
        "input_stage": options["input_stage"],
        "data": {"source": options["data"]},
        "training": {
            name: options[name]
            for name in ("epochs", "batch_size", "learning_rate", "seed", "frozen_epochs")
        },
    }
    values = train.merged(values, changes)
    if "data" not in values:
        raise click.UsageError("give --data DATA, or a config with a table [data]")
    return train.parse(values, source if is_file else "the options")


def _table(done: Run) -> TextTable:
    record = done.record
    rows: list[tuple[Cell, ...]] = [
        ("epochs", f"{record['epochs']}, the best was {record['best_epoch']}"),
        ("seconds", f"{record['seconds']:.0f}"),
    ]
    for name, scores in record["metrics"].items():
        accuracy = scores["accuracy"]
        shown = f"{scores['loss']:.4g}"
        rows.append((f"{name}, loss", shown))
        if accuracy is not None:
            rows.append((f"{name}, accuracy", f"{100 * accuracy:.2f} %"))
    stage = record["input_stage"]
    if stage is not None:
        kept = "" if stage["explained"] is None else f", {100 * stage['explained']:.1f} % explained"
        rows.append((stage["kind"], f"{stage['features']} to {stage['outputs']} inputs{kept}"))
    energy = record["energy"]
    if energy is not None:
        rows.append(("energy, Wh (estimated)", f"{1000 * energy['energy_kwh']:.3g}"))
    return TextTable((Column("trained"), Column("", numeric=True)), tuple(rows))
