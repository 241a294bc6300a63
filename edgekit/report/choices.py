"""Which kernel computes each layer, which others there were, and why they were not taken."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.compiler import Compiled
from edgekit.errors import InputError
from edgekit.kernels import Considered, Goal, constant_bytes
from edgekit.ops import Coded, ConstArray, KernelChoice
from edgekit.selection import Selection

_AIMS = {
    Goal.SIZE: "together they take the least flash, a byte counting as 2,000 instructions",
    Goal.BALANCED: "together they take the fewest instructions, a byte of flash counting as 20",
    Goal.SPEED: "together they take the fewest instructions",
}


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A kernel for a layer; the figures are modelled, and None where it states or has none.

    Attributes:
        variant: the module of edgekit/kernels, or `portable`.
        taken: whether it computes the layer.
        instructions: of the layer in one inference.
        code_bytes: machine code of the layer alone.
        shared_bytes: machine code that all layers with this kernel share.
        constant_bytes: weights, biases and requantization constants.
        scratch_bytes: arena bytes that it works in.
        coded_bits: bits of a weight in flash, where few values are stored as codes; else None.
        why: why it is taken or not.
    """

    variant: str
    taken: bool
    instructions: int | None
    code_bytes: int | None
    shared_bytes: int | None
    constant_bytes: int | None
    scratch_bytes: int | None
    coded_bits: int | None
    why: str


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A layer of the compiled graph with all kernels for its kind of op."""

    index: int
    op: str
    name: str
    options: tuple[OptionRow, ...]


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """A tensor that could lie otherwise than as NHWC.

    Attributes:
        op: the op of the compiled graph that writes it.
        readers: the ops that read it.
        tensor: its name.
        layout: how it lies: `NHWC`, or in words.
        other: how else it could.
        saved_instructions: that its ops take less in the layout that is not NHWC, as modelled.
        why: why it lies as it does.
    """

    op: int
    readers: tuple[int, ...]
    tensor: str
    layout: str
    other: str
    saved_instructions: int
    why: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The choice for a model.

    Attributes:
        goal: `size`, `balanced` or `speed`.
        aim: what that means.
        short: of what the board has too little for the goal's own choice: `flash`, `RAM`.
        layers: those that have a kernel.
        layouts: the tensors that could lie otherwise than as NHWC; all others are NHWC.
    """

    goal: str
    aim: str
    short: tuple[str, ...]
    layers: tuple[LayerRow, ...]
    layouts: tuple[LayoutRow, ...] = ()


def choices_of(compiled: Compiled) -> Choices:
    """The report of a compilation."""
    selection = _selection(compiled)
    layers = [
        LayerRow(i, op.kind, op.name, (*_options(compiled, selection, i), *_laid_out(compiled, i)))
        for i, op in enumerate(compiled.graph.ops)
        if selection.choices[i].calls
    ]
    aim = _AIMS[selection.goal]
    return Choices(selection.goal.value, aim, selection.short, tuple(layers), _layouts(compiled))


def slow_layers(compiled: Compiled) -> tuple[str, ...]:
    """A warning for each layer whose kernel does without the core's faster instructions."""
    selection = _selection(compiled)
    found = []
    for i, op in enumerate(compiled.graph.ops):
        taken = _taken(selection, i)
        refused = [c for c in selection.considered[i] if c.faster and c.choice is None]
        if refused and not taken.faster:
            reasons = "; ".join(f"{c.variant}: {c.refusal}" for c in refused)
            found.append(
                f"op {i} ({op.kind} {op.name.partition(';')[0]!r}) is computed without the "
                f"core's faster instructions, by the kernel {taken.variant!r}: {reasons}"
            )
    return tuple(found)


def variants(compiled: Compiled) -> tuple[str, ...]:
    """The kernel of every layer that has one, in a word or two: its kind of op and its variant."""
    return tuple(
        f"{layer.op.lower()} {option.variant}"
        for layer in choices_of(compiled).layers
        for option in layer.options
        if option.taken
    )


def _selection(compiled: Compiled) -> Selection:
    if compiled.selection is None:
        raise InputError("the kernels of this model were not chosen for a goal")
    return compiled.selection


def _taken(selection: Selection, index: int) -> Considered:
    chosen = selection.choices[index]
    return next(c for c in selection.considered[index] if c.choice is chosen)


def _options(compiled: Compiled, selection: Selection, index: int) -> tuple[OptionRow, ...]:
    """The kernels of a layer from NHWC to NHWC."""
    chosen, made = selection.choices[index], compiled.code.choices[index]
    laid = _has_layout(made)
    codes = _codes(made)
    rows = []
    for each in selection.considered[index]:
        own = each.choice is chosen
        coded = codes if own else None
        why = each.refusal or _why(each.choice, chosen, selection) + _told(coded, chosen, made)
        if own and laid:
            why = "the best one from NHWC to NHWC"
        shown = made if coded is not None else each.choice
        rows.append(_row(each, shown, coded, why, taken=own and not laid))
    return tuple(rows)


def _row(
    each: Considered, choice: KernelChoice | None, coded: Coded | None, why: str, *, taken: bool
) -> OptionRow:
    cost = choice.cost if choice else None
    return OptionRow(
        each.variant,
        taken,
        None if cost is None else round(cost.instructions),
        None if cost is None else cost.code_bytes,
        None if cost is None else cost.shared_bytes,
        None if choice is None else constant_bytes(choice),
        None if choice is None else choice.scratch_bytes,
        None if coded is None else coded.bits,
        why,
    )


def _has_layout(choice: KernelChoice) -> bool:
    return choice.reads is not None or choice.writes is not None


def _laid_out(compiled: Compiled, index: int) -> list[OptionRow]:
    """The kernels that read or write another layout than NHWC."""
    if compiled.laid is None or not compiled.laid.considered:
        return []
    chosen = compiled.code.choices[index]
    rows = []
    for each in compiled.laid.considered[index]:
        why = each.refusal
        if each.choice is not None:
            verb = "reads" if each.choice.reads is not None else "writes"
            why = f"{verb} {each.choice.reads or each.choice.writes}: see the layouts"
        rows.append(_row(each, each.choice, None, why, taken=each.choice is chosen))
    return rows


def _layouts(compiled: Compiled) -> tuple[LayoutRow, ...]:
    """The tensors that had a choice."""
    graph = compiled.graph
    rows = []
    for edge in compiled.laid.edges if compiled.laid is not None else ():
        maker = next(i for i, op in enumerate(graph.ops) if edge.tensor in op.outputs)
        rows.append(
            LayoutRow(
                maker,
                tuple(i for i, op in enumerate(graph.ops) if edge.tensor in op.inputs),
                graph.tensors[edge.tensor].name.partition(";")[0],
                str(edge.layout or "NHWC"),
                "NHWC" if edge.layout else str(edge.other),
                round(edge.saved),
                edge.why,
            )
        )
    return tuple(rows)


def _codes(choice: KernelChoice) -> Coded | None:
    """The codes of a layer's weights, where they have some."""
    values = [value for call in choice.calls for _, value in call.params]
    return next((v.coded for v in values if isinstance(v, ConstArray) and v.coded), None)


def _told(coded: Coded | None, chosen: KernelChoice, made: KernelChoice) -> str:
    """What it means that weights are stored as codes."""
    if coded is None:
        return ""
    before, after = constant_bytes(chosen), constant_bytes(made)
    saved = f"{before - after:,} bytes of flash less"
    if after >= before:
        saved = "stored once for all layers that share them"
    text = f"; weights as codes of {coded.bits} bits, {saved}"
    text += f", {made.decoded_bytes:,} bytes of scratch more"
    if chosen.cost is None or made.cost is None:
        return text
    more = made.cost.instructions - chosen.cost.instructions
    return f"{text}, {more:+,.0f} instructions"


def _why(choice: KernelChoice | None, chosen: KernelChoice, selection: Selection) -> str:
    if choice is chosen:
        return "taken" if chosen.cost else "taken: the only one that serves this layer"
    if choice is None or choice.cost is None or chosen.cost is None:
        return "the last resort"
    faster = choice.cost.instructions - chosen.cost.instructions
    flash = constant_bytes(choice) + choice.cost.code_bytes
    flash -= constant_bytes(chosen) + chosen.cost.code_bytes
    body = f", {choice.cost.shared_bytes:,} shared" if choice.cost.shared_bytes else ""
    text = f"{faster:+,.0f} instructions, {flash:+,} bytes of flash{body}"
    if selection.short and _wanted(choice, chosen, selection.goal):
        return f"{text}: the board has too little {' and '.join(selection.short)}"
    return text


def _wanted(choice: KernelChoice, chosen: KernelChoice, goal: Goal) -> bool:
    """Whether the goal alone would prefer it."""
    assert choice.cost is not None  # `_why` has asked
    assert chosen.cost is not None
    if goal is Goal.SIZE:
        return choice.scratch_bytes > chosen.scratch_bytes
    return choice.cost.instructions < chosen.cost.instructions
