"""Measures what clustered weights save in the linked firmware, for docs/compression.md.

    python tools/clustering.py BOARD KWS.tflite KWS01.npz    ten minutes
    python tools/clustering.py --render    the table again, from docs/clustering.json

The first model is the keyword spotter of MLPerf Tiny with real keywords (both files are named in
docs/compression.md); the other one is trained here: the network of tools/compression.py on
MNIST-5k. Each is converted for size, built, counted in the board's emulator and verified there and
on the host.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from edgekit import datasets, output, pipeline
from edgekit.compress.clustering import ClusterOptions, cluster
from edgekit.convert._litert import LiteRt
from edgekit.datasets import Form
from edgekit.ir.tensor import Array
from edgekit.kernels import Goal
from edgekit.ops.quantize import to_codes
from edgekit.packaging import ConvertOptions

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "clustering.json"
PAGE = ROOT / "docs" / "compression.md"
BEGIN, END = "<!-- measured: clustering -->", "<!-- end of clustering -->"

LEARNED = 64  # samples from which the weights learn what the layers read
VERIFIED = 4  # random inputs, beside the edge inputs


@dataclass(frozen=True, slots=True)
class Row:
    """A variant of a model.

    Attributes:
        model: its name.
        variant: what was done.
        bits: of each layer's codes; 8 where it was left as it was.
        accuracy: share of the samples that nothing was chosen by.
        samples: how many those are.
        flash_bytes: of the linked firmware.
        ram_bytes: all of its RAM, with the stack.
        instructions: of one inference, counted in the emulator.
        mismatches: wrong tensors on host and emulator.
    """

    model: str
    variant: str
    bits: list[int]
    accuracy: float
    samples: int
    flash_bytes: int
    ram_bytes: int
    instructions: int
    mismatches: int


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Samples as the model takes them, with their classes."""

    x: Array
    y: Array

    def right(self, model: bytes) -> float:
        """Share of them that a model gives the right class, on the reference kernels."""
        run = LiteRt(model)
        return float(np.mean([run.invoke(x[None]).argmax() for x in self.x] == self.y))


@dataclass(frozen=True, slots=True)
class Bench:
    """A board, and who is told of what was measured there."""

    board: str
    told: Callable[[Row], None]

    def variants(self, name: str, model: bytes, choosing: Labelled, last_word: Labelled) -> None:
        """Measure every variant of a model."""
        few = np.linspace(0, len(choosing.x) - 1, min(LEARNED, len(choosing.x))).astype(int)
        learned: Sequence[Array] = list(choosing.x[few])
        self._measure(name, "int8", [], model, last_word)
        for bits, samples in ((4, ()), (4, learned), (3, learned), (2, learned)):
            options = ClusterOptions(bits=bits, min_snr_db=-100.0)
            found = cluster(model, options, samples=samples)
            each = [layer.bits for layer in found.layers]
            words = f"{2**bits} values{', fitted' if len(samples) else ''}"
            self._measure(name, words, each, found.tflite, last_word)
        found = cluster(model, ClusterOptions(max_drop=0.01), choosing.right, learned)
        each = [layer.bits for layer in found.layers]
        self._measure(name, "chosen: 1 point", each, found.tflite, last_word)

    def _measure(
        self, name: str, variant: str, bits: list[int], model: bytes, last_word: Labelled
    ) -> None:
        """Convert for size, build, count and verify."""
        with tempfile.TemporaryDirectory(prefix="edgekit-") as folder:
            path, out = Path(folder) / "model.tflite", Path(folder) / "firmware"
            path.write_bytes(model)
            options = ConvertOptions(str(path), self.board, out, "model", optimize=Goal.SIZE)
            pipeline.convert(options)
            verified = pipeline.verify(out, count=VERIFIED)
            found = pipeline.bench(out, runs=1)
        row = Row(
            name,
            variant,
            bits,
            last_word.right(model),
            len(last_word.x),
            found.sizes.flash_bytes,
            found.sizes.ram_bytes,
            found.measured.instructions or 0,
            verified.mismatches,
        )
        print(row, file=sys.stderr, flush=True)
        self.told(row)


def keywords(bench: Bench, model: Path, data: Path) -> None:
    """The keyword spotter; every other sample decides, the others have the last word."""
    with np.load(data) as file:
        x, y = file["x"], file["y"]
    choosing, last_word = (Labelled(x[i::2], y[i::2]) for i in range(2))
    bench.variants("DS-CNN, keywords", model.read_bytes(), choosing, last_word)


def digits(bench: Bench) -> None:
    """MobileNetV1 at width 0.25 on MNIST-5k; its validation samples decide."""
    import compression  # beside this file

    from edgekit.quantize import Network, int8_ptq
    from edgekit.tflite import read
    from edgekit.train import fit

    data = datasets.load("mnist", Form(compression.SHAPE), validation=0.1)
    model = compression.network(0.25, 0)
    fit(model, data, compression.TRAINING)
    frozen = compression._frozen(model)
    ptq = int8_ptq.quantize(Network(frozen, data.train.x[:200], keras=model))
    graph = read(ptq)
    quant = graph.tensors[graph.inputs[0]].quant
    assert quant is not None
    assert data.test is not None
    choosing, last_word = (
        Labelled(to_codes(part.x, quant.scale, quant.zero_point), part.y)
        for part in (data.validation, data.test)
        if part.y is not None
    )
    bench.variants("MobileNetV1 0.25, digits", ptq, choosing, last_word)


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown, each beside its model's first one."""
    lines = [
        "| model | weights | bits of the layers | accuracy % | flash B | saved | RAM B "
        "| instructions | more | mismatches |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    first: dict[str, Row] = {}
    for row in rows:
        base = first.setdefault(row.model, row)
        saved = base.flash_bytes - row.flash_bytes
        more = row.instructions / base.instructions - 1
        lines.append(
            f"| {row.model} | {row.variant} | {' '.join(map(str, row.bits)) or '8'} "
            f"| {100 * row.accuracy:.1f} | {row.flash_bytes:,} "
            f"| {saved:,} ({100 * saved / base.flash_bytes:.0f} %) | {row.ram_bytes:,} "
            f"| {row.instructions:,} | {100 * more:+.1f} % | {row.mismatches} |"
        )
    return "\n".join(lines)


def render(rows: Sequence[Row]) -> None:
    """Put the table into docs/compression.md."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = f"{before}{BEGIN}\n\n{table(rows)}\n\n{END}{after}"
    output.write_file(PAGE, text.encode())


def main() -> None:
    """Measure and render."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("board", nargs="?", help="one with an emulator")
    parser.add_argument("model", type=Path, nargs="?", help="the keyword spotter's .tflite")
    parser.add_argument("data", type=Path, nargs="?", help="its .npz with x and y")
    parser.add_argument("--render", action="store_true", help="the table again, from the figures")
    asked = parser.parse_args()
    if asked.render:
        render([Row(**row) for row in json.loads(FIGURES.read_text())])
        return
    if asked.model is None or asked.data is None:
        parser.error("give the board, the model and the data, or --render")
    rows: list[Row] = []

    def told(row: Row) -> None:
        """Keep what is done if the rest is interrupted."""
        rows.append(row)
        text = json.dumps([asdict(each) for each in rows], indent=1)
        output.write_file(FIGURES, f"{text}\n".encode())

    bench = Bench(asked.board, told)
    keywords(bench, asked.model, asked.data)
    digits(bench)
    render(rows)


if __name__ == "__main__":
    main()
