"""What an op tells the code generator: which C kernel, with which constants."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.ir.tensor import Array
from edgekit.ops._layout import Layout


@dataclass(frozen=True, slots=True)
class WeightBlocks:
    """Where the weights are in an array of int32 words.

    Attributes:
        weights: words of weights in each block.
        before: words of something else in front of them.
        after: words of something else behind them.
        head: words in front of the first block.
        channels: the parameter that says how many output channels there are, where the kernel may
            compute a few blocks of them at a time, their outputs one behind the other.
    """

    weights: int
    before: int = 0
    after: int = 0
    head: int = 0
    channels: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """An array as flash has it where it has few values: ek_codebook.h makes it whole in scratch.

    Attributes:
        codes: places in the book, `bits` each, the first one in the lowest bits; uint16.
        book: the values; int8.
        others: the head, then what stands before and behind the weights of each block; int32.
        layout: how much of these; of one block where all is weights.
        blocks: how many there are in each part.
        pairs: halfwords of a block of weights, each of two values.
        bits: of a code.
        carries: a halfword is the first value + 256 times the second one; else they are its bytes.
        parts: how many are decoded one after the other, to the same place, each with a run of the
            kernel behind it.
    """

    codes: Array
    book: Array
    others: Array
    layout: WeightBlocks
    blocks: int
    pairs: int
    bits: int
    carries: bool
    parts: int = 1

    @property
    def nbytes(self) -> int:
        """Bytes in flash."""
        return self.codes.nbytes + self.book.nbytes + self.others.nbytes


@dataclass(frozen=True, slots=True, eq=False)
class ConstArray:
    """A constant array that a kernel's parameters point to.

    Attributes:
        role: what it is, e.g. `weights`, `bias`, `multipliers`, `shifts`; part of its C name.
        data: contents; its dtype gives the C type.
        layout: where weights and something else take turns; None: all is one.
        coded: how it is stored, if not as it is.
    """

    role: str
    data: Array
    layout: WeightBlocks | None = None
    coded: Coded | None = None

    @property
    def stored(self) -> tuple[Array, ...]:
        """What lies in flash."""
        if self.coded is None:
            return (self.data,)
        parts = (self.coded.codes, self.coded.book, self.coded.others)
        return tuple(part for part in parts if part.size)


ParamValue = int | float | bool | ConstArray


@dataclass(frozen=True, slots=True)
class KernelCall:
    """One call of a kernel: `ek_<op>_<variant>(&params, input..., output)`.

    Attributes:
        params: fields of `ek_<op>_params_t` with their values, in the struct's order.
        inputs: positions in `op.inputs` whose tensors are passed as pointers, in order.
    """

    params: tuple[tuple[str, ParamValue], ...]
    inputs: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class InPlace:
    """Where an op's output or scratch may lie in one of its inputs, if nothing reads that later.

    Attributes:
        slot: position of the input in op.inputs.
        lead: the output or scratch starts at least so many bytes before the input.
        exact: it starts where the input does, or does not touch it; lead is 0.
    """

    slot: int
    lead: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What a kernel is modelled to take; only compared with the same op's other kernels.

    Attributes:
        instructions: executed by the op in one inference.
        code_bytes: machine code of its layer function, and parameters that stay in flash.
        shared_bytes: machine code that all layers with this kernel share, there once.
    """

    instructions: float
    code_bytes: int
    shared_bytes: int = 0


@dataclass(frozen=True, slots=True)
class KernelChoice:
    """The kernel that computes an op.

    Attributes:
        kernel: folder below firmware_templates/kernels, e.g. `conv_2d`.
        variant: the file's and function's ending, e.g. `s8`.
        calls: usually one; none where the output already holds the result (see `aliases`).
        scratch_bytes: arena bytes needed during the calls only; passed as a last argument
            `void *scratch` where it is not 0.
        cost: None for a portable kernel, which is taken where no other applies.
        in_place: the inputs that the output may overlap.
        scratch_in_place: the inputs that the scratch may overlap, by the same rules: the kernel
            has read what it overwrites.
        decoded_bytes: how much of the scratch's begin holds an array of the parameters that is
            stored as codes; the kernel gets what is behind it as its scratch.
        own_params: whether the variant has parameters of its own, `ek_<op>_<variant>_params_t`,
            instead of the op's `ek_<op>_params_t`.
        reads: how it expects input 0 to lie; its other inputs are NHWC.
        writes: how its output lies.
    """

    kernel: str
    variant: str
    calls: tuple[KernelCall, ...]
    scratch_bytes: int = 0
    cost: Cost | None = None
    own_params: bool = False
    in_place: tuple[InPlace, ...] = ()
    scratch_in_place: tuple[InPlace, ...] = ()
    decoded_bytes: int = 0
    reads: Layout = None
    writes: Layout = None

    @property
    def header(self) -> str:
        """The kernel's header, below firmware_templates."""
        return f"kernels/{self.kernel}/{self.function}.h"

    @property
    def function(self) -> str:
        """The kernel's C function."""
        return f"ek_{self.kernel}_{self.variant}"

    @property
    def params_type(self) -> str:
        """The C struct of its parameters."""
        name = self.function if self.own_params else f"ek_{self.kernel}"
        return f"{name}_params_t"
