"""The model's inputs and outputs as the generated API shows them."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.codegen import _text
from edgekit.codegen._model import ModelCode
from edgekit.ir import DType, Tensor

# The quantized types, as the harness calls them.
_DESCRIBED = {DType.INT8: "EK_INT8", DType.INT16: "EK_INT16"}


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output.

    Attributes:
        direction: `input` or `output`.
        symbol: the function that returns its address.
        access: the function that converts from or to float.
        transfer: what that function does, one statement.
        pointer: its address as an expression.
        tensor: its shape, type and quantization.
        descriptor: its row in the table for the harness.
    """

    direction: str
    symbol: str
    access: str
    transfer: str
    pointer: str
    tensor: Tensor
    descriptor: str

    @property
    def upper(self) -> str:
        """The prefix of its macros."""
        return self.symbol.upper()

    @property
    def c_type(self) -> str:
        """Its element type in C."""
        return self.tensor.dtype.c_type

    @property
    def comment(self) -> str:
        """Name, type and shape, for a comment."""
        tensor = self.tensor
        kind = f"{tensor.dtype.value} {_text.shape(tensor.shape)}"
        note = ": real = SCALE * (q - ZERO_POINT)" if self.quantized else ""
        return f'{self.direction.capitalize()} "{_text.comment(tensor.name, 24)}", {kind}{note}.'

    @property
    def params_type(self) -> str:
        """The parameters of the kernel that converts."""
        return f"ek_{'quantize' if self.direction == 'input' else 'dequantize'}_params_t"

    @property
    def header(self) -> str | None:
        """The kernel that converts; None where a copy is enough."""
        if not self.quantized:
            return None
        folder = "quantize" if self.direction == "input" else "dequantize"
        return f"kernels/{folder}/{_converter(self.direction, self.tensor.dtype)}.h"

    @property
    def quantized(self) -> bool:
        """Whether scale and zero point apply."""
        return self.tensor.dtype in _DESCRIBED

    @property
    def scale(self) -> str:
        """The scale as a float literal."""
        return _text.float_literal(self.tensor.quant.scale if self.tensor.quant else 1.0)

    @property
    def zero_point(self) -> int:
        """The zero point."""
        return self.tensor.quant.zero_point if self.tensor.quant else 0


def ports(code: ModelCode) -> list[Port]:
    """Inputs, then outputs; several of a kind are numbered."""
    found: list[Port] = []
    for direction, indices in (("input", code.graph.inputs), ("output", code.graph.outputs)):
        for position, index in enumerate(indices):
            suffix = f"_{position}" if len(indices) > 1 else ""
            found.append(_port(code, direction, suffix, index))
    return found


def _port(code: ModelCode, direction: str, suffix: str, index: int) -> Port:
    tensor = code.tensor(index)
    symbol = f"{code.name}_{direction}{suffix}"
    pointer = code.place(index, {})
    is_input = direction == "input"
    access = f"{code.name}_{'set' if is_input else 'get'}_{direction}{suffix}"
    ends = ["values", pointer] if is_input else [pointer, "values"]
    if tensor.dtype in _DESCRIBED:
        kernel = _converter(direction, tensor.dtype)
        transfer = _text.call(kernel, ["&params", *ends], 4)
    else:
        transfer = _text.call("memcpy", [*reversed(ends), f"{symbol.upper()}_BYTES"], 4)
    return Port(
        direction,
        symbol,
        access,
        transfer,
        pointer,
        tensor,
        descriptor(code, index),
    )


def _converter(direction: str, dtype: DType) -> str:
    """The kernel that brings floats to an input's type, or an output to floats."""
    short = "s8" if dtype is DType.INT8 else "s16"
    return f"ek_quantize_f32_{short}" if direction == "input" else f"ek_dequantize_{short}_f32"


def region(code: ModelCode, index: int) -> str:
    """A tensor's row in a table of `ek_region_t`."""
    return f"{{ek_arena + {code.plan.offset(index)}, {code.nbytes(index)}}}"


def descriptor(code: ModelCode, index: int) -> str:
    """A tensor's row in a table of `ek_tensor_t`."""
    tensor = code.tensor(index)
    dtype = _DESCRIBED.get(tensor.dtype, "EK_FLOAT32")
    quant = tensor.quant if tensor.dtype in _DESCRIBED else None
    scale = _text.float_literal(quant.scale if quant else 1.0)
    zero_point = quant.zero_point if quant else 0
    return (
        f"{{ek_arena + {code.plan.offset(index)}, {tensor.nbytes}, {dtype}, {scale}, {zero_point}}}"
    )
