"""The right answers to a set of samples, from every oracle that is here."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from edgekit import oracles
from edgekit.errors import EdgekitError, ToolError
from edgekit.harness.reduced import as_compiled
from edgekit.harness.verify import Expected, expected_of
from edgekit.ir import Graph
from edgekit.ir.tensor import Array
from edgekit.ops import Layout
from edgekit.oracles import Oracle, Sample


class OraclesDisagreeError(EdgekitError):
    """Our reference and TFLite Micro compute different values: a defect of edgekit."""


class Stages(Protocol):
    """Who shows progress."""

    def stage(self, text: str, total: int = 0) -> None:
        """A new stage begins."""

    def advance(self) -> None:
        """One step of the stage is done."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The right answers.

    Attributes:
        expected: one per sample.
        oracles: titles of those who gave it; all of them agree to the last bit.
        notes: who could not be asked, and why.
        model, source, graph, samples, oracle: what `outputs_of` asks with.
    """

    expected: tuple[Expected, ...]
    oracles: tuple[str, ...]
    notes: tuple[str, ...]
    model: bytes
    source: Graph
    graph: Graph
    samples: Sequence[Sample]
    oracle: Oracle

    def outputs_of(self, sample: int) -> list[Array]:
        """What every op of the compiled graph should write for one sample, computed again."""
        outputs = next(self.oracle.run(self.model, self.source, [self.samples[sample]]))
        return as_compiled(self.source, self.graph, outputs)


def right_answers(
    model: bytes,
    source: Graph,
    graph: Graph,
    samples: Sequence[Sample],
    events: Stages,
    layouts: Sequence[Layout] = (),
) -> Answers:
    """Ask every oracle that is here, and hold their answers against each other.

    Args:
        model: the .tflite.
        source: the model's own graph.
        graph: as compiled.
        samples: the inputs.
        events: who shows progress.
        layouts: how the output of each op of `graph` lies on a device; none: all as NHWC.

    Raises:
        OraclesDisagreeError: two oracles differ; says where.
        WrongProofError: what the compiler left out as constant is not.
    """
    found: Answers | None = None
    notes: list[str] = []
    titles: list[str] = []
    for name in oracles.available():
        oracle = oracles.find(name)
        events.stage(f"{oracle.TITLE}: the right answers", len(samples))
        try:
            expected = _ask(oracle, model, (source, graph), samples, events, layouts)
        except ToolError as error:
            notes.append(f"{error.message}; it was left out")
            continue
        titles.append(oracle.TITLE)
        if found is None:
            found = Answers(expected, (), (), model, source, graph, samples, oracle)
        else:
            _require_equal(found, expected, oracle)
    assert found is not None  # the numpy reference runs everywhere
    return dataclasses.replace(found, oracles=tuple(titles), notes=tuple(notes))


def _ask(
    oracle: Oracle,
    model: bytes,
    graphs: tuple[Graph, Graph],
    samples: Sequence[Sample],
    events: Stages,
    layouts: Sequence[Layout],
) -> tuple[Expected, ...]:
    source, graph = graphs
    answers = []
    for outputs in oracle.run(model, source, samples):
        answers.append(expected_of(graph, as_compiled(source, graph, outputs), layouts))
        events.advance()
    return tuple(answers)


def _require_equal(first: Answers, expected: tuple[Expected, ...], other: Oracle) -> None:
    for sample, (one, two) in enumerate(zip(first.expected, expected, strict=True)):
        if one.crcs == two.crcs:
            continue
        position = int(np.argmax(np.array(one.crcs) != np.array(two.crcs)))
        op = first.graph.ops[position]
        raise OraclesDisagreeError(
            f"{first.oracle.TITLE} and the {other.TITLE} disagree on sample {sample}, op "
            f"{position} ({op.kind} {op.name!r})",
            "this is a defect of edgekit: please report it with the model",
        )
