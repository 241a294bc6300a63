"""The tests that every op has; an op's own test file gives the data and adds what is its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import ClassVar

import pytest

from edgekit import ops
from edgekit.errors import UnsupportedError
from edgekit.targets import Target
from tests.support.cases import Case, load_cases
from tests.support.op_checks import (
    Broken,
    case_of,
    check_every_rule_is_broken,
    check_params,
    check_reference,
    check_refused,
    check_round_trip,
)
from tests.support.value_checks import ARITY, check_arity


class OpSuite:
    """A subclass per op, whose name begins with Test.

    Attributes:
        op: as its folder below firmware_templates/kernels is called, e.g. `conv_2d`.
        broken: one graph or more for each of its rules but that of the number of inputs.
        shapes: the output's shape by the name of a case.
        macs: of its first case.
        optional_inputs: how many inputs the first case's op can do without.
        not_in_tflm: cases on which TFLite Micro ends its process; the file tests them itself.
        aliases: its output is its input's bytes, so that no kernel is called.
    """

    op: ClassVar[str]
    broken: ClassVar[Sequence[Broken]]
    shapes: ClassVar[Mapping[str, tuple[int, ...]]]
    macs: ClassVar[int] = 0
    optional_inputs: ClassVar[int] = 0
    not_in_tflm: ClassVar[Sequence[str]] = ()
    aliases: ClassVar[bool] = False

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """The cases, the broken graphs and the shapes are the parameters of the tests below."""
        cases = load_cases(self.op)
        parameters: dict[str, Sequence[object]] = {
            "case": cases,
            "tflm_case": [case for case in cases if case.name not in self.not_in_tflm],
            "broken_graph": self.broken,
            "named": tuple(self.shapes),
        }
        for name in parameters.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(name, parameters[name], ids=str)

    def test_reference_equals_tflite_micro(self, tflm_case: Case) -> None:
        check_reference(tflm_case)

    def test_reads_what_was_written(self, case: Case) -> None:
        check_round_trip(case)

    def test_refuses(self, broken_graph: Broken) -> None:
        check_refused(self.op, broken_graph)

    def test_refuses_a_wrong_number_of_inputs(self) -> None:
        check_arity(self.op, self.optional_inputs)

    def test_every_rule_is_tested(self) -> None:
        check_every_rule_is_broken(self.op, [*self.broken, ARITY])

    def test_params_are_the_struct(self, any_target: Target) -> None:
        graph = case_of(self.op).graph
        assert ops.aliases(graph.ops[0], graph) is self.aliases
        if self.aliases:
            assert ops.find(self.op.upper()).kernel(graph.ops[0], graph, any_target).calls == ()
        else:
            check_params(self.op, any_target)

    def test_infers_the_shape(self, named: str) -> None:
        graph = case_of(self.op, named).graph
        assert ops.find(self.op.upper()).infer_shape(graph.ops[0], graph) == self.shapes[named]

    def test_macs(self) -> None:
        graph = case_of(self.op).graph
        assert ops.find(self.op.upper()).macs(graph.ops[0], graph) == self.macs


class VariadicSuite(OpSuite):
    """Of an op that has any number of inputs."""

    @pytest.mark.parametrize("change", [{"inputs": ()}, {"inputs": (0, -1)}, {"outputs": (2, 3)}])
    def test_refuses_a_wrong_number_of_inputs(self, change: dict[str, tuple[int, ...]]) -> None:
        graph = case_of(self.op).graph
        op = dataclasses.replace(graph.ops[0], **change)  # type: ignore[arg-type]  # fields by name
        with pytest.raises(UnsupportedError, match="not supported: the inputs") as caught:
            ops.check(op, 7, graph)
        assert "none left out" in caught.value.hint
