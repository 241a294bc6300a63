"""One-op graphs from firmware_templates/kernels/<op>/cases.toml, and inputs to run them on.

The same cases test the numpy reference against TFLite Micro and the C kernels against the
reference. A file is a list of `[[case]]` with these keys:

- `name`: unique in the file;
- `attrs`: fields of the op's `Attrs`; enums by their name; what is left out has its default;
- `inputs`: a list of tables, one per input of the op:
    `shape`; `dtype` (default int8); `scale`, `zero_point` (default 0.05, 0; int8 and int16 only);
    `const = true`: random contents from a seed that depends on the names only;
    `low`, `high`: the bounds of these; `among`: the only values that these have;
    `values`: the contents themselves (const is implied);
    `per_channel = true`: one scale per channel along `axis` (default 0), spread around `scale`;
    `scales`: these scales, exactly;
    `bias = true`: a constant [channels] with the scale of input 0 times that of input 1; int64
    where input 0 is int16, else int32, or as `dtype` says;
    `absent = true`: an optional input that is left out;
    `same_as = i`: the very tensor of input i;
- `output`: a table with `dtype`, `scale`, `zero_point`; whatever is left out is input 0's.
  The shape is what the op's `infer_shape` says.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import typing
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit import ops, resources
from edgekit.ir import DType, Graph, Op, Quant, Tensor, verify_graph
from edgekit.ir.graph import ABSENT
from edgekit.ir.tensor import Array, constant

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Spec = Mapping[str, Any]

_QUANTIZED = (DType.INT4, DType.INT8, DType.INT16, DType.UINT8)
_TENSOR_KEYS = {
    *("shape", "dtype", "scale", "zero_point", "scales", "per_channel", "axis"),
    *("const", "low", "high", "among", "values", "bias", "absent", "same_as"),
}
_DEFAULT_LIMITS = {DType.INT4: 7, DType.INT8: 127, DType.INT32: 5000, DType.FLOAT32: 10}
_DEFAULT_LIMITS |= {DType.INT16: 32767, DType.INT64: 5_000_000}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A one-op graph with a name.

    Attributes:
        op: folder below firmware_templates/kernels, e.g. `conv_2d`.
        name: the case's name in cases.toml.
        graph: its only op is the one under test.
    """

    op: str
    name: str
    graph: Graph

    def __str__(self) -> str:
        return f"{self.op}-{self.name}"


@functools.cache
def load_cases(op: str) -> tuple[Case, ...]:
    """The cases of one op, e.g. `conv_2d`."""
    path = resources.templates_folder() / "kernels" / op / "cases.toml"
    document = tomllib.loads(path.read_text("utf-8"))
    assert set(document) == {"case"}, f"{path}: unknown keys {set(document) - {'case'}}"
    specs = document["case"]
    names = [spec["name"] for spec in specs]
    assert len(set(names)) == len(names), f"{path}: two cases have one name"
    return tuple(Case(op, spec["name"], build_graph(op, spec)) for spec in specs)


def ops_with_cases() -> list[str]:
    """The ops that have a cases.toml, sorted."""
    folder = resources.templates_folder() / "kernels"
    return sorted(path.parent.name for path in folder.glob("*/cases.toml"))


def build_graph(op: str, spec: Spec) -> Graph:
    """The graph of one case; see the module's text for the keys."""
    unknown = set(spec) - {"name", "inputs", "output", "attrs"}
    assert not unknown, f"{op}: unknown keys {unknown}"
    random = np.random.default_rng(zlib.crc32(f"{op}/{spec['name']}".encode()))
    tensors: list[Tensor] = []
    indices: list[int] = []
    for position, entry in enumerate(spec["inputs"]):
        if entry.get("absent"):
            indices.append(ABSENT)
        elif "same_as" in entry:
            indices.append(indices[entry["same_as"]])
        else:
            indices.append(len(tensors))
            tensors.append(_tensor(f"in{position}", entry, tensors, random))
    inputs = tuple(i for i, tensor in enumerate(tensors) if not tensor.is_const)
    output = _output(spec.get("output", {}), tensors[0])
    node = Op(
        op.upper(), output.name, tuple(indices), (len(tensors),), _attrs(op, spec.get("attrs", {}))
    )
    graph = Graph((node,), (*tensors, output), inputs, (len(tensors),))
    shape = ops.find(node.kind).infer_shape(node, graph)
    output = dataclasses.replace(output, shape=shape)
    graph = dataclasses.replace(graph, tensors=(*tensors, output))
    verify_graph(graph)
    return graph


def random_inputs(graph: Graph, count: int, seed: int = 0) -> list[list[Array]]:
    """Seeded random inputs: `count` lists with one array per model input."""
    random = np.random.default_rng(seed)
    return [[_random(graph.tensors[i], random) for i in graph.inputs] for _ in range(count)]


def edge_inputs(graph: Graph) -> list[list[Array]]:
    """The inputs at their limits: all lowest (int8: -128), all highest (127)."""
    tensors = [graph.tensors[i] for i in graph.inputs]
    return [
        [np.full(t.shape, _limits(t.dtype)[end], t.dtype.numpy) for t in tensors] for end in (0, 1)
    ]


def sample_inputs(graph: Graph, count: int = 3) -> list[list[Array]]:
    """`count` random inputs and the edge inputs."""
    return random_inputs(graph, count) + edge_inputs(graph)


def _limits(dtype: DType) -> tuple[int, int]:
    """The lowest and highest value that a test feeds."""
    if dtype is DType.FLOAT32:
        return -1_000_000, 1_000_000
    info = np.iinfo(dtype.numpy)
    return int(info.min), int(info.max)


def _random(tensor: Tensor, random: np.random.Generator) -> Array:
    if tensor.dtype is DType.FLOAT32:
        return np.asarray(random.normal(0, 4, tensor.shape), np.float32)
    low, high = _limits(tensor.dtype)
    return np.asarray(random.integers(low, high, tensor.shape, endpoint=True), tensor.dtype.numpy)


def _attrs(op: str, values: Spec) -> Any:
    attrs = ops.find(op.upper()).Attrs
    hints = typing.get_type_hints(attrs)

    def convert(name: str, value: Any) -> Any:
        for kind in typing.get_args(hints[name]) or (hints[name],):
            if isinstance(kind, type) and issubclass(kind, enum.Enum):
                return kind[value]
        return tuple(value) if isinstance(value, list) else value

    return attrs(**{name: convert(name, value) for name, value in values.items()})


def _output(spec: Spec, first: Tensor) -> Tensor:
    dtype = DType(spec["dtype"]) if "dtype" in spec else first.dtype
    quant = first.quant or Quant((1.0,), (0,))
    scale = _float32(spec.get("scale", quant.scale))
    made = Quant((scale,), (spec.get("zero_point", quant.zero_point),))
    return Tensor("out", dtype, (), made if dtype in _QUANTIZED else None)


def _tensor(name: str, spec: Spec, before: Sequence[Tensor], random: np.random.Generator) -> Tensor:
    unknown = set(spec) - _TENSOR_KEYS
    assert not unknown, f"{name}: unknown keys {unknown}"
    if spec.get("bias"):
        scales = _bias_scales(before)
        quant = Quant(scales, (0,) * len(scales))
        usual = "int64" if before[0].dtype is DType.INT16 else "int32"
        return constant(name, _contents(spec, DType(spec.get("dtype", usual)), random), quant)
    dtype = DType(spec.get("dtype", "int8"))
    quant_or_none = _quant(spec, random) if dtype in _QUANTIZED else None
    if spec.get("const") or "values" in spec:
        return constant(name, _contents(spec, dtype, random), quant_or_none, dtype)
    return Tensor(name, dtype, tuple(spec["shape"]), quant_or_none)


def _contents(spec: Spec, dtype: DType, random: np.random.Generator) -> Array:
    if "values" in spec:
        values = np.array(spec["values"], dtype.held_in)
        return values.reshape(spec["shape"]) if "shape" in spec else values
    if "among" in spec:
        return np.asarray(random.choice(spec["among"], tuple(spec["shape"])), dtype.held_in)
    limit = _DEFAULT_LIMITS[dtype]
    low, high = spec.get("low", -limit), spec.get("high", limit)
    shape = tuple(spec["shape"])
    if dtype is DType.FLOAT32:
        return np.asarray(random.uniform(low, high, shape), np.float32)
    return np.asarray(random.integers(low, high, shape, endpoint=True), dtype.held_in)


def _quant(spec: Spec, random: np.random.Generator) -> Quant:
    scale = spec.get("scale", 0.05)
    zero_point = spec.get("zero_point", 0)
    axis = spec.get("axis", 0)
    if "scales" in spec:
        scales = tuple(_float32(s) for s in spec["scales"])
    elif spec.get("per_channel"):
        channels = spec["shape"][axis]
        scales = tuple(_float32(scale * factor) for factor in random.uniform(0.2, 2.0, channels))
    else:
        scales = (_float32(scale),)
    return Quant(scales, (zero_point,) * len(scales), axis)


def _bias_scales(before: Sequence[Tensor]) -> tuple[float, ...]:
    data, weights = before[0].quant, before[1].quant
    assert data is not None
    assert weights is not None
    return tuple(_float32(np.float32(data.scale) * np.float32(s)) for s in weights.scales)


def _float32(value: float) -> float:
    return float(np.float32(value))
