"""Fills the templates of firmware_templates/model."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgekit import ops, resources
from edgekit.codegen import _text
from edgekit.codegen._constants import Constants
from edgekit.codegen._model import ModelCode
from edgekit.codegen._ports import ports, region
from edgekit.codegen._streams import StreamLoop, columns_of, head, loop
from edgekit.ir.graph import ABSENT
from edgekit.ops import Coded, ConstArray, KernelCall

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = {
    "{name}.h": "model.h.j2",
    "{name}.c": "model.c.j2",
    "{name}_weights.h": "weights.h.j2",
    "{name}_weights.c": "weights.c.j2",
}


@dataclass(frozen=True, slots=True)
class _Call:
    """A kernel call: the fields of its parameters, and the statement.

    `fields` and `bands` are a table of those that differ among the bands of a stream; `codebook`
    are the parameters of what makes weights whole at `decoded` before, in so many parts.
    """

    params: tuple[tuple[str, str], ...]
    line: str
    fields: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    codebook: tuple[tuple[str, str], ...] = ()
    decoded: str = ""
    parts: int = 1


@dataclass(frozen=True, slots=True)
class _Layer:
    """A generated function; `head` is empty where an op needs none."""

    title: str
    lines: tuple[str, ...]
    params_type: str
    calls: tuple[_Call, ...]
    head: str
    loop: StreamLoop | None


@dataclass(frozen=True, slots=True)
class _MemoryRow:
    """A row of the memory table on top of a model."""

    offset: int
    nbytes: int
    first: str
    last: str
    comment: str


def emit_model(code: ModelCode) -> dict[str, str]:
    """The model's C files.

    Args:
        code: the compiled model.

    Returns:
        Path below firmware/ -> text: four files in models/<name>, and the kernel headers.
    """
    arrays = Constants()
    constants = _constants(code, arrays)
    layers = [_layer(code, position, constants, arrays) for position in range(len(code.graph.ops))]
    doors = ports(code)
    headers = {choice.header for choice in code.choices if choice.calls}
    headers |= {port.header for port in doors if port.header is not None}
    shared = ["ek_codebook.h"] if any(choice.decoded_bytes for choice in code.choices) else []
    context = {
        "name": code.name,
        "upper": code.name.upper(),
        "labels": [_text.string(label) for label in code.labels],
        "arena_bytes": code.plan.arena_bytes,
        "bound_bytes": code.plan.bound_bytes,
        "macs": sum(ops.find(op.kind).macs(op, code.graph) for op in code.graph.ops),
        "weights_bytes": sum(array.data.nbytes for array in arrays.arrays),
        "includes": sorted({f"{code.name}_weights.h", "ek_model.h", *shared, *headers}),
        "memory": _memory(code),
        "ops": layers,
        "keep_input": code.keep_input,
        "entries": [
            (code.entry_function(i), region(code, code.graph.ops[i].outputs[0]))
            for i in code.entries
        ],
        "arrays": arrays.arrays,
        "ports": doors,
        "input_count": len(code.graph.inputs),
        "output_count": len(code.graph.outputs),
    }
    tree = {
        f"models/{code.name}/{path.format(name=code.name)}": _render(template, context)
        for path, template in _TEMPLATES.items()
    }
    return tree | kernel_headers(headers)


def kernel_headers(headers: Iterable[str]) -> dict[str, str]:
    """The kernel headers of a model, with what lies beside them, as they are."""
    base = resources.templates_folder()
    folders = {(base / header).parent for header in headers}
    return {
        path.relative_to(base).as_posix(): path.read_text()
        for folder in sorted(folders)
        for path in sorted(folder.glob("*.h"))
    }


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2  # slow to import, and `edgekit inspect` emits nothing

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.templates_folder() / "model"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _render(template: str, context: object) -> str:
    return _environment().get_template(template).render(m=context)


def _constants(code: ModelCode, arrays: Constants) -> dict[int, str]:
    """Constant tensors that kernels read through a pointer, each with its symbol."""
    symbols: dict[int, str] = {}
    for position, (op, choice) in enumerate(zip(code.graph.ops, code.choices, strict=True)):
        for slot in sorted({i for each in choice.calls for i in each.inputs}):
            index = op.inputs[slot]
            data = code.tensor(index).data if index != ABSENT else None
            if data is not None and index not in symbols:
                symbol = f"{code.prefix(position)}_input{slot}"
                symbols[index] = arrays.add(symbol, f"op {position:02d}: constant input", data)
    return symbols


def _layer(code: ModelCode, position: int, constants: dict[int, str], arrays: Constants) -> _Layer:
    op, choice = code.graph.ops[position], code.choices[position]
    inputs = [i for i in op.inputs if i != ABSENT]
    lines = [
        _operand(code, "in ", i) for i in inputs if not code.tensor(i).is_const or i in constants
    ]
    lines += [_operand(code, "out", i) for i in op.outputs]
    macs = ops.find(op.kind).macs(op, code.graph)
    work = f"{macs:,} MACs" if macs else "no MACs"
    stream = code.plan.stream(position)
    return _Layer(
        f'op {position:02d}  {op.kind}  "{_text.comment(op.name)}"  {work}',
        tuple(lines),
        choice.params_type,
        tuple(
            _call(code, position, each, i, constants, arrays) for i, each in enumerate(choice.calls)
        ),
        head(code, position) if code.is_called(position) else "",
        loop(code, stream) if stream is not None and stream.last == position else None,
    )


def _operand(code: ModelCode, role: str, index: int) -> str:
    tensor = code.tensor(index)
    kind = f"{tensor.dtype.value} {_text.shape(tensor.shape)}"
    if tensor.live is not None:
        kind += f" of {tensor.live.count} channels"
    rows = code.rows(index)
    if rows is not None:
        kind += f", {rows} rows of it"
    layout = code.layout(index)
    if layout is not None:
        kind += f" as {layout}"
    return f'{role}  {code.where(index)}  {kind}  "{_text.comment(tensor.name, 40)}"'


def _call(
    code: ModelCode,
    position: int,
    call: KernelCall,
    number: int,
    constants: dict[int, str],
    arrays: Constants,
) -> _Call:
    op, choice = code.graph.ops[position], code.choices[position]
    several = len(choice.calls) > 1
    stream = code.plan.stream(position)
    fields = stream.fields[position - stream.first] if stream is not None else ()
    differing = {name for name, _ in fields}
    prefix = f"{code.prefix(position)}_{number}" if several else code.prefix(position)
    params: list[tuple[str, str]] = []
    codebook: tuple[tuple[str, str], ...] = ()
    parts = 1
    scratch = code.plan.scratch(position)
    for field, value in call.params:
        if isinstance(value, ConstArray) and value.coded is not None:
            c_type = f"{value.data.dtype}_t"
            params.append((field, f"EK_AT(const {c_type}, {scratch})"))
            codebook = _codebook(value.coded, prefix, f"op {position:02d} {op.kind}", arrays)
            parts = value.coded.parts
        elif field in differing:
            params.append((field, f"bands[band].{field}"))
        elif isinstance(value, ConstArray):
            symbol = f"{prefix}_{value.role}"
            note = f"op {position:02d} {op.kind}: {value.role} {_text.shape(value.data.shape)}"
            params.append((field, arrays.add(symbol, note, value.data)))
        else:
            params.append((field, _text.number(value)))
    given = _given(code, position, call, parts, constants)
    return _Call(
        tuple(params),
        _text.call(choice.function, given, 8 if several or parts > 1 else 4),
        tuple(name for name, _ in fields),
        columns_of(fields),
        codebook,
        f"EK_AT(void, {scratch})",
        parts,
    )


def _given(
    code: ModelCode, position: int, call: KernelCall, parts: int, constants: dict[int, str]
) -> list[str]:
    """The arguments of a kernel's call; `parts` is how many write the output."""
    op, choice = code.graph.ops[position], code.choices[position]
    streamed = code.plan.stream(position) is not None
    given = ["&params"]
    for slot in call.inputs:
        index = op.inputs[slot]
        inner = streamed and not code.tensor(index).is_const
        given.append(f"input{slot}" if inner else code.place(index, constants))
    made = "output" if streamed else code.place(op.outputs[0], constants)
    if parts > 1:
        made += f" + part * {code.tensor(op.outputs[0]).nbytes // parts}"
    given.append(made)
    scratch = code.plan.scratch(position)
    if scratch is not None and choice.scratch_bytes > choice.decoded_bytes:
        given.append(f"EK_AT(void, {scratch + choice.decoded_bytes})")
    return given


def _codebook(
    coded: Coded, prefix: str, owner: str, arrays: Constants
) -> tuple[tuple[str, str], ...]:
    """The fields of ek_codebook_t."""
    book = arrays.add(f"{prefix}_book", f"{owner}: values of the weights", coded.book)
    note = f"{owner}: weights, {coded.bits} bits each: places in the book"
    fields = [("codes", arrays.add(f"{prefix}_codes", note, coded.codes)), ("book", book)]
    if coded.others.size:
        note = f"{owner}: what stands between the weights"
        fields.append(("others", arrays.add(f"{prefix}_others", note, coded.others)))
    return (
        *fields,
        ("pairs", str(coded.pairs)),
        ("blocks", str(coded.blocks)),
        ("head", str(coded.layout.head)),
        ("before", str(coded.layout.before)),
        ("after", str(coded.layout.after)),
        ("bits", str(coded.bits)),
        ("carries", _text.number(int(coded.carries))),
    )


def _held(code: ModelCode, index: int) -> str:
    """What a row of the memory table says of a tensor."""
    rows = code.rows(index)
    name = f'"{_text.comment(code.tensor(index).name, 40)}"'
    return name if rows is None else f"{name}, {rows} rows"


def _memory(code: ModelCode) -> list[_MemoryRow]:
    count = len(code.graph.ops)
    rows = []
    for allocation in code.plan.allocations:
        buffer = allocation.buffer
        names = [_held(code, i) for i in buffer.tensors]
        rows.append(
            _MemoryRow(
                allocation.offset,
                buffer.nbytes,
                "in" if buffer.first < 0 else f"{buffer.first:02d}",
                "out" if buffer.last >= count else f"{buffer.last:02d}",
                names[0] if names else "scratch",
            )
        )
    return rows
