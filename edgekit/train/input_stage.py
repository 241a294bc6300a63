"""PCA and feature selection as the network's first layer, so that they are part of the firmware.

Both are linear maps fitted on data. Put in front of a network as a Dense layer they are quantized,
compiled and verified with the rest: the device takes raw features, and nothing has to be done the
same way twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from edgekit.datasets import Samples
from edgekit.errors import InputError, ToolError
from edgekit.ir.tensor import Array

_LEAST = 1e-6  # of the largest deviation: what varies less is noise, and would be blown up


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A linear map of the features, y = x @ kernel + bias.

    Attributes:
        kind: `pca` or `selection`.
        kernel: float32 (features, outputs).
        bias: float32 (outputs,).
        explained: `pca`: the share of the samples' variance that is kept; `selection`: None.
        features: `selection`: the positions of the chosen features, best first; else empty.
    """

    kind: Literal["pca", "selection"]
    kernel: Array
    bias: Array
    explained: float | None = None
    features: tuple[int, ...] = ()

    def told(self) -> dict[str, Any]:
        """For the record of a training."""
        return {
            "kind": self.kind,
            "features": self.kernel.shape[0],
            "outputs": self.kernel.shape[1],
            "explained": self.explained,
            "chosen": list(self.features),
        }

    def before(self, build: Callable[[int], Any], shape: tuple[int, ...]) -> Any:
        """The network with this stage in front of it.

        Args:
            build: number of features -> a Keras model of the input (features,).
            shape: of a sample, as the device gets it; it is flattened row by row.

        Returns:
            a functional model; its layer `input_stage` does not learn unless it is unfrozen.

        Raises:
            InputError: the shape has another number of features.
        """
        import keras

        if int(np.prod(shape)) != len(self.kernel):
            raise InputError(
                f"a sample of {shape} has {int(np.prod(shape))} features, the input stage was "
                f"fitted on {len(self.kernel)}"
            )
        x = inputs = keras.Input(shape, name="features")
        if len(shape) > 1:
            x = keras.layers.Flatten(name="row_by_row")(x)
        layer = keras.layers.Dense(self.kernel.shape[1], name="input_stage")
        x = layer(x)
        layer.set_weights([self.kernel, self.bias])
        layer.trainable = False
        return keras.Model(inputs, build(self.kernel.shape[1])(x), name="with_input_stage")


def fit_stage(kind: str, samples: Samples, count: int) -> Stage:
    """The stage of a config.

    Args:
        kind: `pca` or `selection`.
        samples: see `pca` and `selection`.
        count: of features that the network takes.

    Raises:
        InputError: see `pca` and `selection`.
        ToolError: scikit-learn is not installed.
    """
    return pca(samples, count) if kind == "pca" else selection(samples, count)


def pca(samples: Samples, count: int) -> Stage:
    """Principal components, each scaled to a deviation of 1, as one int8 scale serves all of them.

    Args:
        samples: of training; x float32 (n, ...).
        count: of components.

    Raises:
        InputError: more components than the samples can give.
        ToolError: scikit-learn is not installed.
    """
    flat = _flat(samples, count)
    try:
        from sklearn.decomposition import PCA
    except ImportError as error:
        raise _missing() from error
    found = PCA(count, svd_solver="full").fit(flat)
    deviations = np.sqrt(found.explained_variance_)
    if not deviations[0] > 0:
        raise InputError(f"{samples.origin}: all samples are equal, there is nothing to analyse")
    deviations = np.maximum(deviations, _LEAST * deviations[0])
    kernel = (found.components_ / deviations[:, None]).T
    explained = float(found.explained_variance_ratio_.sum())
    return _stage("pca", kernel, -found.mean_ @ kernel, explained)


def selection(samples: Samples, count: int) -> Stage:
    """The features that tell the classes apart best, by the F test of their means.

    Args:
        samples: of training, with classes.
        count: of features.

    Raises:
        InputError: no classes, or more features than there are.
        ToolError: scikit-learn is not installed.
    """
    flat = _flat(samples, count)
    if samples.y is None:
        raise InputError(f"{samples.origin} has no classes to select features by", "add y")
    try:
        from sklearn.feature_selection import f_classif
    except ImportError as error:
        raise _missing() from error
    with np.errstate(divide="ignore", invalid="ignore"):  # features that never change
        scores = np.nan_to_num(f_classif(flat, samples.y)[0], nan=-1.0, posinf=np.inf)
    best = np.argsort(-scores, kind="stable")[:count]
    kernel = np.zeros((flat.shape[1], count))
    kernel[best, np.arange(count)] = 1.0
    return _stage("selection", kernel, np.zeros(count), None, tuple(int(i) for i in best))


def _stage(
    kind: Literal["pca", "selection"],
    kernel: Array,
    bias: Array,
    explained: float | None,
    features: tuple[int, ...] = (),
) -> Stage:
    return Stage(kind, kernel.astype(np.float32), bias.astype(np.float32), explained, features)


def _flat(samples: Samples, count: int) -> Array:
    flat: Array = np.asarray(samples.x, np.float64).reshape(len(samples), -1)
    most = min(flat.shape)
    if not 1 <= count <= most:
        raise InputError(
            f"{count} features can't be made of {flat.shape[0]} samples with {flat.shape[1]} each",
            f"give 1 to {most}",
        )
    return flat


def _missing() -> ToolError:
    return ToolError("fitting an input stage needs scikit-learn", "pip install scikit-learn")
