from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgekit import passes
from edgekit.errors import ExitCode
from edgekit.harness.reduced import WrongProofError, as_compiled, notes
from edgekit.ir import Graph, Live, Op
from edgekit.ir.tensor import constant
from edgekit.oracles import numpy_reference
from tests.support.cases import sample_inputs
from tests.support.networks import Network, residual_network
from tests.support.random_networks import random_network


def _with_live(graph: Graph, op: Op, live: Live) -> Graph:
    tensors = list(graph.tensors)
    tensors[op.outputs[0]] = dataclasses.replace(graph.output(op), live=live)
    return dataclasses.replace(graph, tensors=tuple(tensors))


def _reduced() -> tuple[Graph, Graph, Op]:
    """A network, its compiled graph, and an op that lost a channel proven constant."""
    for seed in range(50):
        source = random_network(seed)
        graph = passes.run(source)
        for op in graph.ops:
            live = graph.output(op).live
            if live is not None and live.constants and len(live.channels) > 1:
                return source, graph, op
    raise AssertionError("no network has lost a channel")


def test_a_wrong_proof_is_found() -> None:
    source, graph, op = _reduced()
    live = graph.output(op).live
    assert live is not None
    (channel, value), *others = live.constants
    wrong = _with_live(
        graph, op, dataclasses.replace(live, constants=((channel, value ^ 1), *others))
    )
    answers = next(numpy_reference.run(b"", source, sample_inputs(source)))
    as_compiled(source, graph, answers)
    with pytest.raises(
        WrongProofError, match=f"should always be {value ^ 1} and is {value}"
    ) as caught:
        as_compiled(source, wrong, answers)
    assert caught.value.exit_code is ExitCode.MISMATCH
    assert op.kind in caught.value.message


def test_a_single_value_is_enough() -> None:
    """Not only the first position and the first sample are looked at."""
    source, graph, op = _reduced()
    live = graph.output(op).live
    assert live is not None
    answers = list(next(numpy_reference.run(b"", source, sample_inputs(source))))
    position = next(i for i, o in enumerate(source.ops) if o.outputs == op.outputs)
    answers[position] = answers[position].copy()
    answers[position][..., live.constants[-1][0]].flat[-1] ^= 1
    with pytest.raises(WrongProofError):
        as_compiled(source, graph, answers)


def test_a_wrong_mapping_gives_other_values() -> None:
    source, graph, op = _reduced()
    live = graph.output(op).live
    assert live is not None
    swapped = _with_live(graph, op, Live(live.count, live.channels[::-1]))
    differs = False
    for answers in numpy_reference.run(b"", source, sample_inputs(source)):
        right = as_compiled(source, graph, answers)[graph.ops.index(op)]
        wrong = as_compiled(source, swapped, answers)[graph.ops.index(op)]
        assert right.shape == wrong.shape
        differs |= not np.array_equal(right, wrong)
    assert differs


def test_what_was_computed_beforehand_is_checked() -> None:
    net = Network(3)
    x = net.input((1, 4))
    known = net.tensor(constant("known", np.ones((1, 4), np.int8), net.tensors[x].quant))
    relu = net.add("RELU", (known,), scale=0.05, zero_point=-3)
    source = net.graph(net.add("ADD", (x, relu)))
    graph = passes.run(source)
    assert [op.kind for op in graph.ops] == ["ADD"]
    answers = next(numpy_reference.run(b"", source, sample_inputs(source)))
    as_compiled(source, graph, answers)
    with pytest.raises(WrongProofError, match="beforehand"):
        as_compiled(source, graph, [answers[0] + np.int8(1), answers[1]])


def test_notes_count_what_is_not_compared() -> None:
    source, graph, _ = _reduced()
    assert any("left out as constant" in text for text in notes(source, graph, graph))
    plain = residual_network()
    assert notes(plain, plain, plain) == ()
    traced = dataclasses.replace(plain, ops=plain.ops[1:])
    (note,) = notes(plain, plain, traced)
    assert note.startswith("1 tensor is never whole on the device")
