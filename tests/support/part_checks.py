"""The tests of an op of several outputs, which is read as an op per output."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from edgekit import ops, tflite
from edgekit.errors import UnsupportedError
from edgekit.ir import DType, Graph, Op, Quant, Tensor, verify_graph
from edgekit.ir.tensor import constant
from edgekit.oracles import numpy_reference
from tests.support.cases import sample_inputs
from tests.support.op_checks import Broken, changed, check_every_rule_is_broken
from tests.support.tflite_writer import write_tflite
from tests.support.tflm import run_tflm

DTYPES = (DType.INT8, DType.INT16, DType.FLOAT32)
Shape = tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Divided:
    """What is divided.

    Attributes:
        shape: the input's.
        outputs: their shapes.
        attrs: fields of the op's `Attrs`.
        constants: the op's int32 inputs by their position.
    """

    shape: Shape
    outputs: Sequence[Shape]
    attrs: Mapping[str, Any]
    constants: Mapping[int, Sequence[int]] = dataclasses.field(default_factory=dict)

    def graph(self, kind: str, dtype: DType = DType.INT8) -> Graph:
        """A graph of this one op, all of whose outputs are the model's."""
        quant = {DType.INT8: Quant((0.05,), (-3,)), DType.INT16: Quant((0.05,), (0,))}.get(dtype)
        tensors = [
            constant(f"in{i}", np.array(self.constants[i], np.int32))
            if i in self.constants
            else Tensor(f"in{i}", dtype, self.shape, quant)
            for i in range(len(self.constants) + 1)
        ]
        inputs = tuple(range(len(tensors)))
        tensors += [Tensor(f"out{i}", dtype, s, quant) for i, s in enumerate(self.outputs)]
        outputs = tuple(range(len(inputs), len(tensors)))
        op = Op(kind, "out0", inputs, outputs, ops.find(kind).Attrs(**self.attrs))
        given = tuple(i for i in inputs if i not in self.constants)
        graph = Graph((op,), tuple(tensors), given, outputs)
        verify_graph(graph)
        return graph


class PartsSuite:
    """A subclass per op, whose name begins with Test.

    Attributes:
        kind: TFLite's name of the op.
        cases: by their names; the first one is what `broken` breaks.
        broken: one graph or more for each rule but that of the number of inputs and outputs.
    """

    kind: ClassVar[str]
    cases: ClassVar[Mapping[str, Divided]]
    broken: ClassVar[Sequence[Broken]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        parameters: dict[str, Sequence[object]] = {
            "case": list(self.cases),
            "broken_graph": self.broken,
        }
        for name in parameters.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(name, parameters[name], ids=str)

    def _first(self) -> Graph:
        return next(iter(self.cases.values())).graph(self.kind)

    @pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.value)
    def test_every_output_equals_tflite_micro(self, case: str, dtype: DType) -> None:
        graph = self.cases[case].graph(self.kind, dtype)
        model = write_tflite(graph)
        separate = tflite.read(model)
        outputs = [output for op in separate.ops for output in op.outputs]
        assert outputs == list(graph.ops[0].outputs)
        samples = sample_inputs(graph)
        expected = run_tflm(model, samples, outputs)
        found = numpy_reference.run(model, separate, samples)
        for wants, gots in zip(expected, found, strict=True):
            for want, got, output in zip(wants, gots, outputs, strict=True):
                assert got.shape == graph.tensors[output].shape
                np.testing.assert_array_equal(got, want.reshape(got.shape))

    def test_refuses(self, broken_graph: Broken) -> None:
        graph = changed(self._first(), broken_graph.attrs, broken_graph.tensors)
        with pytest.raises(UnsupportedError) as caught:
            ops.check(graph.ops[0], 7, graph)
        assert f"op 7, {self.kind} 'out0': not supported: " in caught.value.message
        assert broken_graph.found in caught.value.message
        rule = getattr(ops.find(self.kind), broken_graph.rule).__doc__
        assert " ".join(rule.split()) in caught.value.hint

    @pytest.mark.parametrize("without", ["input", "output"])
    def test_refuses_a_wrong_number_of_inputs_and_outputs(self, without: str) -> None:
        graph = self._first()
        op = graph.ops[0]
        change = {"inputs": op.inputs[:-1]} if without == "input" else {"outputs": op.outputs[:-1]}
        with pytest.raises(UnsupportedError, match="inputs and"):
            ops.check(dataclasses.replace(op, **change), 7, graph)

    def test_every_rule_is_tested(self) -> None:
        arity = Broken("constraint_inputs", "inputs")
        check_every_rule_is_broken(self.kind.lower(), [*self.broken, arity])
