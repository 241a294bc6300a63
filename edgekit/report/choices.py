"""Which kernel computes each layer, which others there were, and why they were not taken."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.compiler import Compiled
from edgekit.errors import InputError
from edgekit.kernels import Considered, Goal, constant_bytes
from edgekit.ops import Coded, ConstArray, KernelChoice
from edgekit.selection import Selection

_AIMS = {
    Goal.SIZE: "together they take the least flash",
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
class Choices:
    """The choice for a model.

    Attributes:
        goal: `size`, `balanced` or `speed`.
        aim: what that means.
        short: of what the board has too little for the goal's own choice: `flash`, `RAM`.
        layers: those that have a kernel.
    """

    goal: str
    aim: str
    short: tuple[str, ...]
    layers: tuple[LayerRow, ...]


def choices_of(compiled: Compiled) -> Choices:
    """The report of a compilation."""
    selection = _selection(compiled)
    layers = [
        LayerRow(i, op.kind, op.name, _options(selection, i, compiled.code.choices[i]))
        for i, op in enumerate(compiled.graph.ops)
        if selection.choices[i].calls
    ]
    return Choices(selection.goal.value, _AIMS[selection.goal], selection.short, tuple(layers))


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


def _options(selection: Selection, index: int, made: KernelChoice) -> tuple[OptionRow, ...]:
    """The kernels of a layer; `made` is the chosen one as it is generated."""
    chosen = selection.choices[index]
    codes = _codes(made)
    rows = []
    for each in selection.considered[index]:
        choice = each.choice
        coded = codes if choice is chosen else None
        if choice is chosen and coded is not None:
            choice = made
        cost = choice.cost if choice else None
        rows.append(
            OptionRow(
                each.variant,
                choice is chosen or coded is not None,
                None if cost is None else round(cost.instructions),
                None if cost is None else cost.code_bytes,
                None if cost is None else cost.shared_bytes,
                None if choice is None else constant_bytes(choice),
                None if choice is None else choice.scratch_bytes,
                None if coded is None else coded.bits,
                each.refusal or _why(each.choice, chosen, selection) + _told(coded, chosen, made),
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
    text = f"; weights as codes of {coded.bits} bits, {before - after:,} bytes of flash less"
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
