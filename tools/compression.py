"""Measures what each compression gains and costs on MNIST-5k, for docs/compression.md.

    python tools/compression.py            three seeds, about ten minutes of processor time
    python tools/compression.py --render   the table again, from docs/compression.json

4,000 digits to train and choose with (a tenth of them for validation), 1,000 that nothing is chosen
by. The network is MobileNetV1 at width 0.25 without its last blocks, for which a picture of 28x28
is too small. Accuracies of int8 models are those of the .tflite on the reference kernels.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import datasets
from edgekit.compress import distillation, structured_pruning
from edgekit.compress.distillation import DistillOptions
from edgekit.compress.magnitude_pruning import SparseOptions, gzip_bytes, sparsify
from edgekit.compress.structured_pruning import Limit, PruneOptions, prune
from edgekit.convert._litert import LiteRt
from edgekit.datasets import Dataset, Form
from edgekit.models._builder import Builder, classifier
from edgekit.models._freezing import freeze
from edgekit.quantize import Network, int8_ptq, qat, to_float
from edgekit.train import Augment, Options, fit

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "compression.json"
PAGE = ROOT / "docs" / "compression.md"
BEGIN, END = "<!-- measured: compression -->", "<!-- end of what was measured -->"

SEEDS = (0, 1, 2)
SHAPE = (28, 28, 1)
STUDENT = 0.12  # the width at which the student has a quarter of the parameters
TRAINING = Options(
    epochs=20,
    batch_size=64,
    learning_rate=5e-3,
    augment=Augment(shift_x=0.08, shift_y=0.08, rotate=0.03),
)
SLOW = replace(TRAINING, learning_rate=5e-4)


@dataclass(frozen=True, slots=True)
class Row:
    """A variant with one seed.

    Attributes:
        variant: its name.
        seed: of everything random.
        accuracy: share of the 1,000 test digits.
        macs: of one inference.
        parameters: with BatchNormalization folded.
        tflite_bytes: of the .tflite.
        gzip_bytes: of the same, compressed.
        seconds: of training, beside what it starts from.
    """

    variant: str
    seed: int
    accuracy: float
    macs: int
    parameters: int
    tflite_bytes: int
    gzip_bytes: int
    seconds: float


def network(alpha: float, seed: int) -> Any:
    """MobileNetV1 up to its sixth block; 28x28 pictures of ten classes."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = Builder()
    inputs = keras.Input(SHAPE)
    x = layers.conv(inputs, "conv", int(32 * alpha), 3, stride=2)
    blocks = ((64, 1), (128, 2), (128, 1), (256, 1), (256, 2), (512, 1))
    for number, (channels, stride) in enumerate(blocks, start=1):
        x = layers.depthwise(x, f"block{number}_depthwise", stride=stride)
        x = layers.conv(x, f"block{number}_pointwise", int(channels * alpha))
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, classifier(x, 10), name="mobilenet_v1")


class Bench:
    """Runs all variants of one seed."""

    def __init__(self, seed: int, data: Dataset) -> None:
        self._seed, self._data = seed, data
        self._rows: list[Row] = []
        self._training = replace(TRAINING, seed=seed)
        self._slow = replace(SLOW, seed=seed)

    def run(self) -> list[Row]:
        """A row for each variant."""
        start = time.monotonic()
        model = network(0.25, self._seed)
        fit(model, self._data, self._training)
        self._add("float32", model, to_float(_frozen(model)), start)
        self._add("int8 PTQ", model, self._ptq(model), time.monotonic())
        self._qat(model, 8, replace(self._slow, epochs=4))
        self._qat(model, 4, replace(self._slow, epochs=8, learning_rate=1e-3))
        self._pruned(model)
        self._sparse(model)
        self._students(model)
        return self._rows

    def _qat(self, model: Any, bits: int, training: Options) -> None:
        start = time.monotonic()
        prepared = qat.prepare(model, weight_bits=bits)
        qat.calibrate(prepared, self._data.train.x[:256])
        fit(prepared, self._data, training)
        self._add(
            f"int{bits} QAT" if bits == 8 else "int4 QAT", model, qat.convert(prepared), start
        )

    def _pruned(self, model: Any) -> None:
        start = time.monotonic()
        macs = _costs(model).macs
        options = PruneOptions(
            (Limit("MACs", macs / 2, "macs"),),
            rate=0.85,
            training=replace(self._training, epochs=2, learning_rate=2e-3),
            last=replace(self._training, epochs=12, learning_rate=3e-3),
        )
        found = prune(model, self._data, options)
        assert found.reached
        self._add(
            "pruned to half of the MACs, float32",
            found.model,
            to_float(_frozen(found.model)),
            start,
        )
        self._add(
            "pruned to half of the MACs, int8 PTQ", found.model, self._ptq(found.model), start
        )

    def _sparse(self, model: Any) -> None:
        import keras

        start = time.monotonic()
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
        training = replace(self._training, epochs=12, learning_rate=3e-3)
        sparsify(copy, self._data, SparseOptions(0.8, training=training))
        self._add("80 % of the weights zero, int8 PTQ", copy, self._ptq(copy), start)

    def _students(self, teacher: Any) -> None:
        start = time.monotonic()
        alone = network(STUDENT, self._seed)
        fit(alone, self._data, self._training)
        self._add("student alone, int8 PTQ", alone, self._ptq(alone), start)
        start = time.monotonic()
        student = network(STUDENT, self._seed)
        options = DistillOptions(temperature=4.0, weight=0.7, training=self._training)
        distillation.distill(student, teacher, self._data, options)
        self._add("student distilled, int8 PTQ", student, self._ptq(student), start)

    def _ptq(self, model: Any) -> bytes:
        return int8_ptq.quantize(Network(_frozen(model), self._data.train.x[:200], keras=model))

    def _add(self, variant: str, model: Any, tflite: bytes, start: float) -> None:
        seconds = time.monotonic() - start
        costs = _costs(model)
        row = Row(
            variant,
            self._seed,
            self._accuracy(tflite),
            costs.macs,
            costs.parameters,
            len(tflite),
            gzip_bytes(tflite),
            round(seconds, 1),
        )
        self._rows.append(row)
        print(row, file=sys.stderr, flush=True)

    def _accuracy(self, tflite: bytes) -> float:
        test = self._data.test
        assert test is not None and test.y is not None  # noqa: PT018 - MNIST has both
        run = LiteRt(tflite)
        found = [int(run.invoke_real(x[None]).argmax()) for x in test.x]
        return float((np.array(found) == test.y).mean())


def _frozen(model: Any) -> Any:
    return freeze(lambda x: model(x, training=False), (1, *SHAPE))


def _costs(model: Any) -> Any:
    return structured_pruning.costs_of(model)


def measure() -> list[Row]:
    """All variants with all seeds; what is done is kept if the rest is interrupted."""
    data = datasets.load("mnist", Form(SHAPE), validation=0.1)
    rows: list[Row] = []
    for seed in SEEDS:
        rows += Bench(seed, data).run()
        with tempfile.NamedTemporaryFile("w", dir=FIGURES.parent, delete=False) as part:
            json.dump([asdict(row) for row in rows], part, indent=1)
            part.write("\n")
        Path(part.name).chmod(0o644)
        Path(part.name).replace(FIGURES)
    return rows


def table(rows: list[Row]) -> str:
    """The table and what it shows, in Markdown."""
    by_variant: dict[str, list[Row]] = {}
    for row in rows:
        by_variant.setdefault(row.variant, []).append(row)
    lines = [
        "| variant | accuracy %, mean | spread | by seed | MACs | parameters | .tflite B | gzip B "
        "| training s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for variant, each in by_variant.items():
        found = [100 * row.accuracy for row in each]
        spread = f"{statistics.stdev(found):.2f}" if len(found) > 1 else "-"
        figures = (
            round(statistics.fmean(getattr(row, name) for row in each))
            for name in ("macs", "parameters", "tflite_bytes", "gzip_bytes", "seconds")
        )
        lines.append(
            f"| {variant} | {statistics.fmean(found):.2f} | {spread} | "
            f"{', '.join(f'{value:.1f}' for value in found)} | "
            + " | ".join(f"{value:,}" for value in figures)
            + " |"
        )
    return "\n".join(lines)


def render(rows: list[Row]) -> None:
    """Put the table into docs/compression.md."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(rows)}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure and render."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--render", action="store_true", help="the table again, from the figures")
    asked = parser.parse_args()
    rows = [Row(**row) for row in json.loads(FIGURES.read_text())] if asked.render else measure()
    render(rows)


if __name__ == "__main__":
    main()
