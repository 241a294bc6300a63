"""What the kernels for cores without SIMD take.

Fitted by least squares on emulated runs of MLPerf Tiny's models and str_ww, layer by layer; the
errors on them are in the comments.
"""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.kernels._swar import Layer
from edgekit.ops import Cost
from edgekit.targets import Target

# Rounding as the reference does, where no form is proven: 64-bit products.
_REFERENCE = 60


@dataclass(frozen=True, slots=True)
class _Convolution:
    """Instructions of CONV_2D, and bytes of code.

    Attributes:
        tap: of a channel, in a block of positions.
        chunk: of a channel, in a block.
        channel: in a block, beside its outputs.
        output: requantized.
        gathered: byte of a window.
        row: of a window, unless the layer is pointwise.
        pointwise_bytes, windowed_bytes: of a layer's function.
    """

    tap: float
    chunk: float
    channel: float
    output: float
    gathered: float
    row: float
    pointwise_bytes: int
    windowed_bytes: int


@dataclass(frozen=True, slots=True)
class _Depthwise:
    """Instructions of DEPTHWISE_CONV_2D, and bytes of code.

    Attributes:
        tap, tap_3x3: of an output.
        output: requantized.
        copied: byte of the input.
        row: of outputs of a channel.
        code_bytes: of a layer's function.
    """

    tap: float
    tap_3x3: float
    output: float
    copied: float
    row: float
    code_bytes: int


@dataclass(frozen=True, slots=True)
class _FullyConnected:
    """Instructions of FULLY_CONNECTED, and bytes of code.

    Attributes:
        tap: of a block of eight units.
        chunk: of such a block.
        unit: requantized.
        code_bytes: of a layer's function.
    """

    tap: float
    chunk: float
    unit: float
    code_bytes: int


@dataclass(frozen=True, slots=True)
class _Core:
    """`signed` is what an output takes more whose form has two addends."""

    convolution: _Convolution
    depthwise: _Depthwise
    fully_connected: _FullyConnected
    signed: float


# Errors at most: CONV_2D 2 %, DEPTHWISE_CONV_2D 10 %, FULLY_CONNECTED 1 %.
_THUMB1 = _Core(
    _Convolution(7.5, 9.5, 79, 5.7, 3.9, 31, 720, 1150),
    _Depthwise(6.8, 5.8, 0, 5.4, 14, 440),
    _FullyConnected(19.5, 83, 37, 545),
    7,
)
# CONV_2D 2 %, DEPTHWISE_CONV_2D 12 %, FULLY_CONNECTED 11 %.
_THUMB2 = _Core(
    _Convolution(4.3, 6.9, 67, 0, 3.0, 30, 680, 1150),
    _Depthwise(4.9, 2.1, 12.6, 3.7, 15, 380),
    _FullyConnected(11.5, 31, 27, 150),
    6,
)
# CONV_2D 5 %, DEPTHWISE_CONV_2D 8 %, FULLY_CONNECTED 2 %.
_RV32 = _Core(
    _Convolution(8.5, 14, 88, 0, 3.3, 19, 270, 770),
    _Depthwise(6.8, 3.0, 10.1, 3.2, 12, 450),
    _FullyConnected(16.7, 41, 28, 160),
    2,
)


def _core(target: Target) -> _Core:
    """Of a core that nothing was measured on, the figures of the smallest one."""
    features = target.core.features
    if "rv32" in features:
        return _RV32
    return _THUMB2 if "thumb2" in features else _THUMB1


def _outputs(layer: Layer, positions: int, core: _Core) -> float:
    """What requantization takes beyond a form of one addend."""
    more = _REFERENCE if layer.forms is None else core.signed if layer.form_words > 3 else 0
    return positions * len(layer.weights) * more


def convolution(
    target: Target, layer: Layer, positions: int, words: int, chunks: int, rows: int
) -> Cost:
    """Of CONV_2D.

    Args:
        target: the board.
        layer: the sums.
        positions: of outputs.
        words: half the positions of a block.
        chunks: of all channels.
        rows: of a window; 0 of a pointwise layer.
    """
    core = _core(target)
    rates = core.convolution
    channels, taps = layer.weights.shape
    blocks = -(-positions // (2 * words))
    work = blocks * (channels * (taps * rates.tap + rates.channel) + chunks * rates.chunk)
    work += positions * (channels * rates.output + taps * rates.gathered + rows * rates.row)
    code_bytes = rates.windowed_bytes if rows else rates.pointwise_bytes
    return Cost(work + _outputs(layer, positions, core), code_bytes)


def depthwise(target: Target, layer: Layer, positions: int, rows: int, inputs: int) -> Cost:
    """Of DEPTHWISE_CONV_2D.

    Args:
        target: the board.
        layer: the sums.
        positions: of outputs.
        rows: of outputs.
        inputs: bytes.
    """
    core = _core(target)
    rates = core.depthwise
    channels, taps = layer.weights.shape
    tap = rates.tap_3x3 if taps == 9 else rates.tap
    work = channels * (positions * (taps * tap + rates.output) + rows * rates.row)
    work += inputs * rates.copied
    return Cost(work + _outputs(layer, positions, core), rates.code_bytes)


def fully_connected(
    target: Target, layer: Layer, rows: int, words: int, blocks: int, chunks: int
) -> Cost:
    """Of FULLY_CONNECTED.

    Args:
        target: the board.
        layer: the sums.
        rows: of the input.
        words: a quarter of the units of a block.
        blocks: of units.
        chunks: of all blocks.
    """
    core = _core(target)
    rates = core.fully_connected
    units, taps = layer.weights.shape
    share = words / 2
    work = share * (blocks * taps * rates.tap + chunks * rates.chunk) + units * rates.unit
    return Cost(rows * work + _outputs(layer, rows, core), rates.code_bytes)
