"""The loop over the bands of a stream, and what an op of a stream takes as arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgekit import ops
from edgekit.codegen import _text
from edgekit.codegen._model import ModelCode
from edgekit.ir import Tensor
from edgekit.ops import Stream


@dataclass(frozen=True, slots=True)
class StreamLoop:
    """The function that runs a stream.

    Attributes:
        function: its name.
        lines: of the comment above it.
        columns: what differs among the runs, beside `times`.
        rows: of that table, one for each run.
        times: steps of the only run, as an expression.
        pointers: declarations of what moves through whole tensors.
        calls: statements of a step.
    """

    function: str
    lines: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    times: str
    pointers: tuple[str, ...]
    calls: tuple[str, ...]


class _Columns:
    """Numbers that a step needs: literals where all runs agree, else a column of a table."""

    def __init__(self, stream: Stream) -> None:
        self._steps = [step for step, _ in stream.runs()]
        self.found: dict[str, list[int]] = {"times": [count for _, count in stream.runs()]}

    def number(self, name: str, of_step: Callable[[int], int]) -> str:
        """An expression for a number of every step."""
        values = [of_step(step) for step in self._steps]
        if len(set(values)) == 1:
            return str(values[0])
        self.found[name] = values
        return f"runs[band].{name}"

    def any(self, of_step: Callable[[int], int]) -> bool:
        """Whether the number is not 0 in some step."""
        return any(of_step(step) for step in self._steps)

    def all(self, of_step: Callable[[int], int]) -> bool:
        """Whether the number is not 0 in any step."""
        return all(of_step(step) for step in self._steps)


def head(code: ModelCode, position: int) -> str:
    """The head of an op's C function; the ops of a stream take pointers."""
    stream = code.plan.stream(position)
    found = ("void",) if stream is None else _arguments(code, position, stream)
    return _text.call(f"EK_LAYER void {code.function(position)}", found, 0, ")")


def _arguments(code: ModelCode, position: int, stream: Stream) -> tuple[str, ...]:
    op, choice = code.graph.ops[position], code.choices[position]
    found = ["uint32_t band"] if stream.fields[position - stream.first] else []
    found += [
        f"const {code.tensor(op.inputs[slot]).dtype.c_type} *input{slot}"
        for slot in choice.calls[0].inputs
        if not code.tensor(op.inputs[slot]).is_const
    ]
    return (*found, f"{code.graph.output(op).dtype.c_type} *output")


def loop(code: ModelCode, stream: Stream) -> StreamLoop:
    """The function of a stream."""
    columns = _Columns(stream)
    several = len(stream.runs()) > 1
    step = _Step(code, stream, columns, [], [], 12 if several else 8)
    calls = [line for position in stream.positions for line in step.call(position)]
    found = columns.found
    names = tuple(found) if several else ()
    return StreamLoop(
        code.entry_function(stream.last),
        _comment(code, stream),
        names,
        tuple(
            "{" + ", ".join(str(found[name][i]) for name in names) + "}"
            for i in range(len(stream.runs()) if several else 0)
        ),
        "runs[band].times" if several else str(found["times"][0]),
        tuple(step.pointers),
        (*calls, *(" " * step.indent + move for move in step.moves)),
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """The statements of a step while they are collected."""

    code: ModelCode
    stream: Stream
    columns: _Columns
    pointers: list[str]
    moves: list[str]
    indent: int

    def call(self, position: int) -> list[str]:
        """The call of an op; what it needs besides goes into `pointers` and `moves`."""
        code, stream = self.code, self.stream
        op = code.graph.ops[position]
        given = ["band"] if stream.fields[position - stream.first] else []
        given += [
            self._input(position, slot)
            for slot in code.choices[position].calls[0].inputs
            if not code.tensor(op.inputs[slot]).is_const
        ]
        given.append(self._output(position))
        made = _made(stream, position, _row(code.graph.output(op)))
        if self.columns.all(made):
            return [_text.call(code.function(position), given, self.indent)]
        asked = self.columns.number(f"made{position:02d}", made)
        lead = " " * self.indent
        call = _text.call(code.function(position), given, self.indent + 4)
        return [f"{lead}if ({asked} > 0) {{", call, f"{lead}}}"]

    def _input(self, position: int, slot: int) -> str:
        """The pointer to what an op reads: into a buffer of the stream, or into a whole tensor."""
        code, stream = self.code, self.stream
        index = code.graph.ops[position].inputs[slot]
        tensor, at = code.tensor(index), code.plan.offset(index)
        row, c_type = _row(tensor), tensor.dtype.c_type
        name = f"{position:02d}_{slot}"
        makers = [p for p in stream.positions if index in code.graph.ops[p].outputs]
        if makers:
            skip = _skip(stream, position, makers[0], row)
            return _moved(tensor, at, self.columns.number(f"skip{name}", skip))
        start = at + stream.band(0, position).read.first * ops.row_bytes(tensor)
        advance = self.columns.number(f"next{name}", _advance(stream, position, row))
        self.pointers.append(f"const {c_type} *input{name} = EK_AT({c_type}, {start});")
        self.moves.append(f"input{name} += {advance};")
        return f"input{name}"

    def _output(self, position: int) -> str:
        """The pointer to what an op writes."""
        code, stream, columns = self.code, self.stream, self.columns
        index = code.graph.ops[position].outputs[0]
        tensor, at = code.tensor(index), code.plan.offset(index)
        row, c_type = _row(tensor), tensor.dtype.c_type
        if position == stream.last:
            self.pointers.append(f"{c_type} *output = EK_AT({c_type}, {at});")
            made = columns.number(f"made{position:02d}", _made(stream, position, row))
            self.moves.append(f"output += {made};")
            return "output"
        dropped, kept = _drop(stream, position, row), _keep(stream, position, row)
        if columns.any(dropped) and columns.any(kept):
            drop = _moved(tensor, at, columns.number(f"drop{position:02d}", dropped))
            keep = columns.number(f"keep{position:02d}", kept)
            size = keep if tensor.dtype.itemsize == 1 else f"{keep} * sizeof({c_type})"
            self.moves.append(f"memmove(EK_AT({c_type}, {at}), {drop}, {size});")
        return _moved(tensor, at, columns.number(f"put{position:02d}", _put(stream, position, row)))


def _row(tensor: Tensor) -> int:
    """Elements of an image's row."""
    return ops.row_bytes(tensor) // tensor.dtype.itemsize


def _moved(tensor: Tensor, at: int, more: str) -> str:
    """A pointer `more` elements behind a place in the arena."""
    c_type = tensor.dtype.c_type
    if more.isdigit():
        return f"EK_AT({c_type}, {at + int(more) * tensor.dtype.itemsize})"
    return f"EK_AT({c_type}, {at}) + {more}"


def _skip(stream: Stream, position: int, maker: int, row: int) -> Callable[[int], int]:
    return lambda step: (
        (stream.band(step, position).read.first - stream.band(step, maker).base) * row
    )


def _advance(stream: Stream, position: int, row: int) -> Callable[[int], int]:
    return lambda step: stream.advance(step, position) * row


def _made(stream: Stream, position: int, row: int) -> Callable[[int], int]:
    return lambda step: stream.band(step, position).made.count * row


def _put(stream: Stream, position: int, row: int) -> Callable[[int], int]:
    return lambda step: (
        (stream.band(step, position).made.first - stream.band(step, position).base) * row
    )


def _keep(stream: Stream, position: int, row: int) -> Callable[[int], int]:
    return lambda step: stream.kept(step, position) * row


def _drop(stream: Stream, position: int, row: int) -> Callable[[int], int]:
    return lambda step: (stream.base(step + 1, position) - stream.band(step, position).base) * row


def _comment(code: ModelCode, stream: Stream) -> tuple[str, ...]:
    """What the loop is for, and how many rows each op makes in each step."""
    between = [code.graph.output(code.graph.ops[p]) for p in stream.positions[:-1]]
    whole = max(tensor.nbytes for tensor in between)
    lines = [
        f"ops {stream.first:02d}-{stream.last:02d} in {len(stream.steps)} steps: whole, what lies "
        f"between them would take {whole:,} bytes.",
        "Rows that each of them makes:",
    ]
    for step, count in stream.runs():
        rows = " ".join(f"{stream.band(step, p).made.count:5d}" for p in stream.positions)
        name = f"step {step}" if count == 1 else f"steps {step}-{step + count - 1}"
        lines.append(f"    {name:12s}{rows}")
    return tuple(lines)


def columns_of(values: Sequence[tuple[str, tuple[int, ...]]]) -> tuple[str, ...]:
    """Rows of the table of an op's parameters that differ."""
    count = len(values[0][1]) if values else 0
    return tuple("{" + ", ".join(str(v[i]) for _, v in values) + "}" for i in range(count))
