"""What a compiled model is and needs: report.json, `edgekit inspect`, the fit check."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgekit import ops
from edgekit.compiler import Compiled
from edgekit.errors import DoesNotFitError
from edgekit.ir import DType, Op, Tensor
from edgekit.ir.tensor import Array
from edgekit.kernels import code_bytes
from edgekit.memory import buffers_of, live_bytes, overlaps_of, with_kept
from edgekit.ops import ConstArray
from edgekit.targets import Overhead, Target


@dataclass(frozen=True, slots=True)
class TensorRow:
    """A tensor: name, type, shape, and its scale and zero point where it is quantized."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    nbytes: int
    scale: float | None
    zero_point: int | None


@dataclass(frozen=True, slots=True)
class OpRow:
    """An op of the compiled model.

    Attributes:
        index: position in the compiled graph, as in the generated C.
        op: TFLite's name of the operator.
        name: the model's name.
        input_shapes: of the inputs that are not constant.
        output: what it writes.
        macs: multiply-accumulates of the model's own op (or ops, where they were fused).
        constant_bytes: weights, bias and what else it keeps in flash, shared with others or not.
        live_bytes: arena bytes alive while it runs.
        kernel: the C function that computes it; empty where nothing is left to do.
        executed_macs: what is left of `macs` without the channels that are proven constant.
        entry: the last op of those that the device runs together with it, band by band; itself
            where it runs alone.
    """

    index: int
    op: str
    name: str
    input_shapes: tuple[tuple[int, ...], ...]
    output: TensorRow
    macs: int
    constant_bytes: int
    live_bytes: int
    kernel: str
    executed_macs: int
    entry: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What a model needs on a board, and what the board has.

    RAM is exact: arena, the console's copy of the input, its static data and the reserved stack.
    The arena lies in one memory, `arena_memory`, stack and variables in one, `stack_memory`: the
    same wherever it holds both. They are empty where the model does not fit.
    Flash is an upper estimate, made before anything is compiled; `edgekit build` measures it.
    """

    board: str
    ram_needed_bytes: int
    ram_bytes: int
    flash_estimate_bytes: int
    flash_bytes: int
    arena_memory: str = ""
    stack_memory: str = ""

    @property
    def fits(self) -> bool:
        """Whether both suffice."""
        return bool(self.arena_memory) and self.flash_estimate_bytes <= self.flash_bytes


@dataclass(frozen=True, slots=True)
class Summary:
    """A compiled model in figures.

    `arena_bound_bytes` is the least that any plan needs for these kernels and streams;
    `live_range_bound_bytes` the least without streams, scratch and tensors that overlap: the most
    that is alive at one time. `keep_input` says whether an inference leaves the inputs as they are.
    `arena_to_live_range_bound` is the arena's ratio to that.

    `macs` are the model's own, as is the custom; `executed_macs` those that the firmware does.
    `code_bytes` is modelled: the machine code of the layers.
    """

    name: str
    inputs: tuple[TensorRow, ...]
    outputs: tuple[TensorRow, ...]
    ops: tuple[OpRow, ...]
    macs: int
    constant_bytes: int
    arena_bytes: int
    arena_bound_bytes: int
    live_range_bound_bytes: int
    arena_to_live_range_bound: float
    keep_input: bool
    labels: tuple[str, ...]
    executed_macs: int
    code_bytes: int

    @property
    def layers(self) -> tuple[OpRow, ...]:
        """What the device runs one by one; ops that it runs together are one row."""
        groups: dict[int, list[OpRow]] = {}
        for row in self.ops:
            groups.setdefault(row.entry, []).append(row)
        return tuple(_together(rows) for rows in groups.values())

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def summarize(compiled: Compiled) -> Summary:
    """The figures of a compiled model."""
    code, graph = compiled.code, compiled.graph
    plan = code.plan
    planned = with_kept(graph) if code.keep_input else graph
    buffers = buffers_of(planned, code.choices, plan.alignment_bytes, plan.streams)
    overlaps = overlaps_of(graph, code.choices, buffers, plan.streams)
    least = max(live_bytes(buffers_of(planned, (), plan.alignment_bytes), len(graph.ops)))
    alive = live_bytes(buffers, len(graph.ops), overlaps)[1:]
    rows = tuple(_op_row(compiled, i, alive[i], own) for i, own in enumerate(compiled.origins))
    return Summary(
        code.name,
        tuple(_tensor_row(graph.tensors[i]) for i in graph.inputs),
        tuple(_tensor_row(graph.tensors[i]) for i in graph.outputs),
        rows,
        sum(row.macs for row in rows),
        _stored_bytes(compiled),
        plan.arena_bytes,
        plan.bound_bytes,
        least,
        round(plan.arena_bytes / least, 4),
        code.keep_input,
        code.labels,
        sum(row.executed_macs for row in rows),
        code_bytes(code.choices),
    )


def fit(summary: Summary, target: Target, overhead: Overhead) -> Fit:
    """Whether a model fits a board."""
    inputs = sum(row.nbytes for row in summary.inputs)
    variables = inputs + overhead.ram_bytes
    ram = summary.arena_bytes + variables + target.soc.stack_bytes
    memories = target.placed(summary.arena_bytes, variables)
    arena, stack = (m.name for m in memories) if memories is not None else ("", "")
    flash = summary.constant_bytes + summary.code_bytes + overhead.flash_bytes
    board = target.board.name
    return Fit(board, ram, target.ram_bytes, flash, target.flash_bytes, arena, stack)


def require_fit(summary: Summary, found: Fit, others: list[str]) -> None:
    """Refuse a model that is too big for its board.

    Args:
        summary: the model.
        found: its fit on the board asked for.
        others: names of the boards that it fits.

    Raises:
        DoesNotFitError: by how much, because of which layer, and which boards would do.
    """
    if found.fits:
        return
    problems = []
    if not found.arena_memory:
        row = max(summary.ops, key=lambda r: r.live_bytes)
        more = found.ram_needed_bytes - found.ram_bytes
        problems.append(
            f"it needs {found.ram_needed_bytes:,} bytes of RAM and the board has "
            f"{found.ram_bytes:,}"
            + (
                f": {more:,} too many"
                if more > 0
                else f", in several memories of which none holds its arena of "
                f"{summary.arena_bytes:,}"
            )
            + f"; the most, {row.live_bytes:,}, is alive during op {row.index} "
            f"({row.op} {row.name!r})"
        )
    if found.flash_estimate_bytes > found.flash_bytes:
        row = max(summary.ops, key=lambda r: r.constant_bytes)
        problems.append(
            f"it needs about {found.flash_estimate_bytes:,} bytes of flash and the board has "
            f"{found.flash_bytes:,}: {found.flash_estimate_bytes - found.flash_bytes:,} too many; "
            f"the largest layer is op {row.index} ({row.op} {row.name!r}) with "
            f"{row.constant_bytes:,} bytes"
        )
    where = f"boards that it fits: {', '.join(others)}" if others else "no known board is larger"
    raise DoesNotFitError(
        f"the model does not fit {found.board}: {'; and '.join(problems)}",
        f"{where}; or give the network a smaller input or fewer channels",
    )


def _tensor_row(tensor: Tensor) -> TensorRow:
    quant = tensor.quant if tensor.dtype in (DType.INT8, DType.INT16) else None
    return TensorRow(
        tensor.name,
        tensor.dtype.value,
        tensor.shape,
        tensor.nbytes,
        quant.scale if quant else None,
        quant.zero_point if quant else None,
    )


def _constants(compiled: Compiled, index: int) -> list[Array]:
    """Everything that an op keeps in flash."""
    graph, choice = compiled.graph, compiled.code.choices[index]
    values = [value for call in choice.calls for _, value in call.params]
    read = [graph.tensors[graph.ops[index].inputs[i]].data for c in choice.calls for i in c.inputs]
    return [array for v in values if isinstance(v, ConstArray) for array in v.stored] + [
        d for d in read if d is not None
    ]


def _stored_bytes(compiled: Compiled) -> int:
    """Flash of all constants; the code generator stores equal ones once."""
    arrays = [a for i in range(len(compiled.graph.ops)) for a in _constants(compiled, i)]
    return sum(len(data) for _, data in {(a.dtype.str, a.tobytes()) for a in arrays})


def _op_row(compiled: Compiled, index: int, alive: int, own: tuple[Op, ...]) -> OpRow:
    graph, choice = compiled.graph, compiled.code.choices[index]
    op = graph.ops[index]
    inputs = [graph.tensors[i] for i in op.inputs if i >= 0]
    return OpRow(
        index,
        op.kind,
        op.name,
        tuple(t.shape for t in inputs if not t.is_const),
        _tensor_row(graph.output(op)),
        sum(ops.find(each.kind).macs(each, compiled.source) for each in own),
        sum(array.nbytes for array in _constants(compiled, index)),
        alive,
        choice.function if choice.calls else "",
        ops.find(op.kind).macs(op, graph),
        next(i for i in compiled.code.entries if i >= index),
    )


def _together(rows: Sequence[OpRow]) -> OpRow:
    """Ops that run together as one row, with the last one's place, name and output."""
    if len(rows) == 1:
        return rows[0]
    return dataclasses.replace(
        rows[-1],
        op=" + ".join(row.op for row in rows),
        input_shapes=rows[0].input_shapes,
        macs=sum(row.macs for row in rows),
        constant_bytes=sum(row.constant_bytes for row in rows),
        live_bytes=max(row.live_bytes for row in rows),
        kernel=" + ".join(row.kernel for row in rows if row.kernel),
        executed_macs=sum(row.executed_macs for row in rows),
    )
