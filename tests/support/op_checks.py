"""Checks that hold for every op, so that an op's own test file says only what is its own."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from edgekit import ops, resources, tflite
from edgekit.errors import UnsupportedError
from edgekit.ir import Graph, Tensor
from edgekit.oracles import numpy_reference
from edgekit.targets import Target
from tests.support import tflm
from tests.support.cases import Case, load_cases, sample_inputs
from tests.support.tflite_writer import write_tflite


@dataclass(frozen=True, slots=True)
class Broken:
    """A change to a good graph that breaks one rule.

    Attributes:
        rule: the constraint's function, e.g. `constraint_bias`.
        found: part of the message.
        attrs: fields of the op's attributes to replace.
        tensors: fields of tensors to replace, by index; -1 is the output.
        case: the good graph; the op's first case where it is empty.
    """

    rule: str
    found: str
    attrs: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    case: str = ""

    def __str__(self) -> str:
        return f"{self.rule}-{self.found}"


def case_of(op: str, name: str = "") -> Case:
    """A case by its name, or the first."""
    return next(case for case in load_cases(op) if name in ("", case.name))


def changed(
    graph: Graph,
    attrs: Mapping[str, Any] | None = None,
    tensors: Mapping[int, Mapping[str, Any]] | None = None,
) -> Graph:
    """A one-op graph with other attributes or tensors."""
    new: list[Tensor] = list(graph.tensors)
    for index, fields in (tensors or {}).items():
        new[index] = dataclasses.replace(new[index], **fields)
    op = dataclasses.replace(
        graph.ops[0], attrs=dataclasses.replace(graph.ops[0].attrs, **(attrs or {}))
    )
    return dataclasses.replace(graph, ops=(op,), tensors=tuple(new))


def check_reference(case: Case) -> None:
    """The numpy reference equals TFLite Micro in every element, for random and edge inputs."""
    op = case.graph.ops[0]
    ops.check(op, 0, case.graph)
    inputs = sample_inputs(case.graph)
    expected = tflm.run_graph(case.graph, inputs)
    for sample, (want,), (got,) in zip(
        inputs, expected, numpy_reference.run(b"", case.graph, inputs), strict=True
    ):
        assert got.dtype == want.dtype
        assert got.shape == case.graph.output(op).shape
        np.testing.assert_array_equal(got, want.reshape(got.shape), err_msg=str(sample))


def check_round_trip(case: Case) -> None:
    """Written to a file and read again, the op and its tensors are the same."""
    graph = tflite.read(write_tflite(case.graph))
    assert graph.ops == case.graph.ops
    assert (graph.inputs, graph.outputs) == (case.graph.inputs, case.graph.outputs)
    for got, want in zip(graph.tensors, case.graph.tensors, strict=True):
        assert (got.name, got.dtype, got.shape) == (want.name, want.dtype, want.shape)
        assert got.quant == want.quant
        np.testing.assert_array_equal(np.array(got.data), np.array(want.data))


def check_refused(op: str, broken: Broken) -> None:
    """The broken rule is named, with the op, its index, its name and what was found."""
    graph = changed(case_of(op, broken.case).graph, broken.attrs, broken.tensors)
    with pytest.raises(UnsupportedError) as caught:
        ops.check(graph.ops[0], 7, graph)
    assert caught.value.message.startswith(f"op 7, {op.upper()} 'out': not supported: ")
    assert broken.found in caught.value.message
    rule = getattr(ops.find(op.upper()), broken.rule).__doc__
    assert " ".join(rule.split()) in caught.value.hint


def check_every_rule_is_broken(op: str, broken: Sequence[Broken]) -> None:
    """The tests of an op leave out none of its constraints."""
    rules = {name for name in vars(ops.find(op.upper())) if name.startswith("constraint_")}
    assert rules == {b.rule for b in broken}


def check_params(op: str, target: Target) -> None:
    """The kernel's parameters are the fields of its C struct, in the same order."""
    case = case_of(op)
    choice = ops.find(op.upper()).kernel(case.graph.ops[0], case.graph, target)
    text = (resources.templates_folder() / choice.header).read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    struct = re.search(rf"typedef struct \{{([^}}]*)\}} {choice.params_type};", text)
    assert struct is not None
    fields = re.findall(r"(\w+)\s*[,;]", struct[1])
    assert [name for name, _ in choice.calls[0].params] == fields
