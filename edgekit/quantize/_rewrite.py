"""A Keras model rewritten for quantization-aware training: fake quantization wherever the int8
model rounds, BatchNormalization folded into the weights in front of it.

Which layers need it where was found by converting each of them: a place too few leaves a float op.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from edgekit.errors import UnsupportedError
from edgekit.quantize._flatten import Flat, Step, Value, flatten
from edgekit.quantize._fold import affine
from edgekit.quantize._functions import (
    CLAMPS,
    FIXED,
    activation_of,
    clamp,
    function,
    unsupported,
)
from edgekit.quantize._layers import WEIGHTED, Bits, twin

# Computed on the codes as they are: the result has its input's range.
_SAME_RANGE = frozenset(
    [
        "MaxPooling1D",
        "MaxPooling2D",
        "AveragePooling1D",
        "AveragePooling2D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "Flatten",
        "Reshape",
        "Permute",
        "ZeroPadding1D",
        "ZeroPadding2D",
        "Cropping1D",
        "Cropping2D",
        "UpSampling2D",
        "RepeatVector",
    ]
)
_TRAINING_ONLY = frozenset(
    [
        "Dropout",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "GaussianNoise",
        "GaussianDropout",
        "ActivityRegularization",
        "RandomFlip",
        "RandomRotation",
        "RandomTranslation",
        "RandomZoom",
        "RandomContrast",
        "RandomBrightness",
        "RandomCrop",
    ]
)
_AFFINE = frozenset({"BatchNormalization", "Rescaling", "Normalization"})
_MERGES = frozenset({"Add", "Subtract", "Multiply", "Maximum", "Minimum", "Concatenate"})


def rewrite(model: Any, bits: Bits) -> Any:
    """The model with fake quantization, its weights copied and its BatchNormalizations folded.

    Raises:
        UnsupportedError: a layer can't be trained so; it is named.
    """
    return _Rewriter(flatten(model), bits).model(model)


class _Rewriter:
    """Walks the steps once; `values` has the new model's tensors by the old values' numbers."""

    def __init__(self, flat: Flat, bits: Bits) -> None:
        self.flat, self.bits = flat, bits
        self.values: dict[int, Any] = {}
        self.done: set[int] = set()
        self.made: dict[tuple[int, ...], Any] = {}
        self.names: dict[str, int] = {}

    def model(self, old: Any) -> Any:
        """Build the new model."""
        import keras

        inputs = []
        for number, tensor in zip(self.flat.inputs, old.inputs, strict=True):
            taken = keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)
            inputs.append(taken)
            self.values[number] = self.quantized(taken, tensor.name)
        for position, step in enumerate(self.flat.steps):
            if position not in self.done:
                self._step(step)
        outputs = [self.values[number] for number in self.flat.outputs]
        ends = [each[0] if len(each) == 1 else each for each in (inputs, outputs)]
        return keras.Model(*ends, name=f"{old.name}_quantized")

    def quantized(self, x: Any, name: str, **bounds: float) -> Any:
        """Fake quantization of a tensor, named after the layer that made it."""
        from edgekit.quantize import _fake_quant

        return _fake_quant.FakeQuant(name=self.unique(f"{name}_range"), **bounds)(x)

    def unique(self, name: str) -> str:
        """A name that no layer of the new model has."""
        count = self.names[name] = self.names.get(name, 0) + 1
        return name if count == 1 else f"{name}_{count}"

    def _step(self, step: Step) -> None:
        kind = step.kind
        inputs = [self.values[number] for number in step.inputs]
        if kind in WEIGHTED:
            self._weighted(step, inputs[0])
        elif kind == "SeparableConv2D":
            self._separable(step, inputs[0])
        elif kind in _AFFINE:
            self._finish(step, self._scaled(step, inputs[0]))
        elif kind in _MERGES:
            self._merge(step)
        elif kind in ("GlobalAveragePooling2D", "GlobalAveragePooling1D"):
            self._finish(step, self._copy(step.layer)(inputs[0]))
        elif kind in _SAME_RANGE:
            self._same_range(step, inputs[0])
        elif kind in _TRAINING_ONLY:
            self.values[step.output] = self._copy(step.layer)(inputs[0])
        elif kind == "PReLU":
            self.values[step.output] = self.quantized(
                self._copy(step.layer)(inputs[0]), _name(step)
            )
        else:
            name, slope = function(step)
            self.values[step.output] = self._activated(inputs[0], name, step, slope)

    def _copy(self, layer: Any) -> Any:
        """A layer of the same configuration and weights; the same one each time it is called."""
        key = (id(layer),)
        if key not in self.made:
            made = type(layer).from_config({**layer.get_config(), "name": self.unique(layer.name)})
            if layer.weights:
                made.build(layer.input.shape)
                made.set_weights(layer.get_weights())
            self.made[key] = made
        return self.made[key]

    def _same_range(self, step: Step, x: Any) -> None:
        if step.kind == "UpSampling2D" and step.layer.interpolation not in ("nearest", "bilinear"):
            raise unsupported(step, f"with {step.layer.interpolation} interpolation")
        self.values[step.output] = self._copy_or_call(step, x)

    def _copy_or_call(self, step: Step, x: Any) -> Any:
        if step.layer.__class__.__module__.startswith("keras.src.ops"):
            import keras

            return keras.layers.Reshape(tuple(step.layer.newshape[1:]))(x)
        return self._copy(step.layer)(x)

    def _follow(self, step: Step, wanted: Callable[[Step], bool]) -> Step | None:
        """The only reader of a step's result, if it is `wanted` and nobody else sees the result."""
        readers = self.flat.readers.get(step.output, ())
        if len(readers) != 1 or step.output in self.flat.outputs:
            return None
        reader = self.flat.steps[readers[0]]
        return reader if wanted(reader) else None

    def _take(self, step: Step) -> None:
        """Mark a step as done by the one in front of it."""
        self.done.add(self.flat.steps.index(step))

    def _weighted(self, step: Step, x: Any) -> None:
        """Convolution or Dense, with what follows: BatchNormalization, then an activation."""
        last, folded = step, None
        name, slope = activation_of(step)
        if name == "linear":
            behind = self._follow(step, lambda s: s.kind == "BatchNormalization")
            if behind is not None:
                self._take(behind)
                last, folded = behind, behind.layer
        y = self._sums(step.layer, folded, x)
        if name == "linear":
            self._finish(last, y)
        else:
            self.values[step.output] = self._activated(y, name, step, slope, is_quantized=False)

    def _sums(self, layer: Any, norm: Any, x: Any) -> Any:
        """The weighted sums, unrounded."""
        if type(layer).__name__ == "Conv1D":
            return self._conv1d(layer, norm, x)
        key = (id(layer), id(norm))
        if key not in self.made:
            self.made[key] = self._twin(layer, norm, x)
        return self.made[key](x)

    def _twin(self, layer: Any, norm: Any, x: Any) -> Any:
        bits = self.bits.of(layer)
        # The bits stay in the names of the .tflite's tensors: the report finds the layer by them.
        name = self.unique(f"{layer.name}_int{bits}")
        return twin(layer, norm, tuple(x.shape), bits, name)

    def _conv1d(self, layer: Any, norm: Any, x: Any) -> Any:
        """As a convolution of one row: the converter can't reshape scales per channel."""
        import keras

        if layer.padding == "causal":
            raise UnsupportedError(
                f"layer {layer.name!r} (Conv1D) has causal padding",
                "put a ZeroPadding1D in front of it and give it padding='valid'",
            )
        row = keras.layers.Reshape((1, *x.shape[1:]))(x)
        key = (id(layer), id(norm))
        if key not in self.made:
            self.made[key] = self._twin(layer, norm, row)
        y = self.made[key](row)
        return keras.layers.Reshape(tuple(y.shape[2:]))(y)

    def _separable(self, step: Step, x: Any) -> None:
        import keras

        layer = step.layer
        shared = {"strides": layer.strides, "dilation_rate": layer.dilation_rate}
        first = keras.layers.DepthwiseConv2D(
            layer.kernel_size,
            padding=layer.padding,
            depth_multiplier=layer.depth_multiplier,
            use_bias=False,
            name=f"{layer.name}_depthwise",
            **shared,
        )
        first.build(x.shape)
        first.set_weights([np.asarray(layer.depthwise_kernel)])
        second = keras.layers.Conv2D(
            layer.filters, 1, use_bias=layer.use_bias, activation=layer.activation, name=layer.name
        )
        middle = self.quantized(self._sums(first, None, x), first.name)
        second.build(middle.shape)
        bias = [np.asarray(layer.bias)] if layer.use_bias else []
        second.set_weights([np.asarray(layer.pointwise_kernel), *bias])
        # Kept, so that no other layer gets the same id.
        self.made[(id(first), id(second))] = (first, second)
        self._weighted(Step(second, step.inputs, step.output, step.arguments), middle)

    def _scaled(self, step: Step, x: Any) -> Any:
        """A factor and an offset per channel: a depthwise convolution of one tap."""
        import keras

        norm, shape = affine(step.layer, x.shape[-1], len(x.shape)), tuple(x.shape[1:])
        tap = keras.layers.DepthwiseConv2D(1, name=step.layer.name)
        image = (
            x if len(shape) == 3 else keras.layers.Reshape((*(1,) * (3 - len(shape)), *shape))(x)
        )
        tap.build(image.shape)
        tap.set_weights([norm.factor.reshape(tap.kernel.shape), norm.offset])
        made = self._twin(tap, None, image)
        made.trainable = step.kind == "BatchNormalization"
        y = made(image)
        return y if len(shape) == 3 else keras.layers.Reshape(shape)(y)

    def _finish(self, step: Step, y: Any) -> None:
        """An op's unrounded result: a clamp behind it becomes part of it, then it is rounded."""
        behind = self._follow(step, lambda s: clamp(s) is not None)
        if behind is None:
            self.values[step.output] = self.quantized(y, _name(step))
            return
        self._take(behind)
        self.values[behind.output] = self._activated(
            y, clamp(behind) or "", behind, is_quantized=False
        )

    def _activated(
        self, x: Any, name: str, step: Step, slope: float = 0.0, is_quantized: bool = True
    ) -> Any:
        """An activation function; `x` is rounded first where the function is no clamp."""
        import keras

        title = _name(step)
        if name == "linear":
            return x if is_quantized else self.quantized(x, title)
        if name in CLAMPS or name == "clamp":
            limit = slope if name == "clamp" else CLAMPS[name]
            if limit == 6.0:
                return self.quantized(keras.layers.ReLU(6.0)(x), title)
            bound = {} if limit is None else {"high": limit}
            return self.quantized(keras.layers.ReLU()(x), title, **bound)
        if not is_quantized:
            x = self.quantized(x, f"{title}_sums")
        return self._curve(x, name, title, slope)

    def _curve(self, x: Any, name: str, title: str, slope: float) -> Any:
        import keras

        layers = keras.layers
        if name in FIXED:
            low, high = FIXED[name]
            return self.quantized(layers.Activation(name)(x), title, low=low, high=high)
        if name == "leaky_relu":
            return self.quantized(layers.LeakyReLU(slope)(x), title)
        if name == "hard_silu":
            return self.quantized(layers.Activation("hard_silu")(x), title)
        if name == "silu":
            gate = self.quantized(layers.Activation("sigmoid")(x), title, low=0.0, high=255 / 256)
            return self.quantized(layers.Multiply()([x, gate]), title)
        assert name == "hard_sigmoid"
        # relu6(x + 3) / 6, rounded between the two.
        inner = self.quantized(keras.ops.relu6(x + 3.0), f"{title}_sum")
        return self.quantized(inner * (1.0 / 6.0), title)

    def _merge(self, step: Step) -> None:
        import keras

        kind = step.kind
        if kind == "Concatenate":
            values = [self.values[number] for number in step.inputs]
            merged = keras.layers.Concatenate(axis=step.layer.axis)(values)
            self.values[step.output] = self.quantized(merged, _name(step))
            return
        operands = [self.values[n] for n in step.inputs]
        if len(operands) == 1 and len(step.arguments) == 2:
            y = self._with_constant(step)
        elif len(operands) < 2:
            raise unsupported(step, "with one input")
        else:
            merge = getattr(keras.layers, kind)
            y = merge()(operands[:2])
            for operand in operands[2:]:
                y = merge()([self.quantized(y, _name(step)), operand])
        self._finish(step, y)

    def _with_constant(self, step: Step) -> Any:
        """x + 3, 2 * x and the like; a constant is rounded by the converter itself."""
        import keras

        function = getattr(keras.ops, step.kind.lower())
        return function(
            *(self.values[a.number] if isinstance(a, Value) else a for a in step.arguments)
        )


def _name(step: Step) -> str:
    return str(step.layer.name)
