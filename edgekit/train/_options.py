"""How a network is trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt

Share = Annotated[float, Ge(0.0), Le(1.0)]


@dataclass(frozen=True, slots=True)
class Augment:
    """Random changes to the training samples, drawn anew each epoch; 0 leaves one out.

    Attributes:
        flip: mirror left and right, for every second picture.
        shift_x: largest shift sideways, as a share of the width.
        shift_y: largest shift up or down, as a share of the height; of features (time x
            frequency) and of waves it is a shift in time.
        rotate: largest turn, as a share of a full one.
        zoom: largest zoom, as a share of the size.
        contrast: largest change of the contrast, as a share.
        brightness: largest change of the brightness, as a share of the values' range.
        erase: the largest side of a rectangle to be filled with noise, as a share of the sides.
        noise: standard deviation of noise that is added, as a share of the values' range.
    """

    flip: bool = False
    shift_x: Share = 0.0
    shift_y: Share = 0.0
    rotate: Share = 0.0
    zoom: Annotated[float, Ge(0.0), Lt(1.0)] = 0.0
    contrast: Annotated[float, Ge(0.0), Lt(1.0)] = 0.0
    brightness: Share = 0.0
    erase: Share = 0.0
    noise: Share = 0.0


@dataclass(frozen=True, slots=True)
class Options:
    """How `fit` trains.

    Attributes:
        task: what the network is trained for; "auto" takes one whose output has its input's shape,
            and is no softmax, for an autoencoder, and every other one for a classifier.
        epochs: passes over the training samples, all phases together.
        batch_size: samples a step; the last batch of an epoch may be smaller.
        learning_rate: the highest; it falls to a hundredth of it along half a cosine
            (Loshchilov and Hutter 2016, arXiv:1608.03983).
        warmup_epochs: epochs in which it rises from 0 first.
        optimizer: "adam", or "adamw" or "sgd" (Nesterov momentum 0.9).
        weight_decay: of adamw and sgd.
        clip_norm: the longest a gradient may be, over all weights; 0 leaves them.
        label_smoothing: share of the truth that is spread over all classes.
        balance: "weights" counts rare classes as much as frequent ones.
        patience: epochs without a better validation result before the training stops; 0 never
            stops early.
        frozen_epochs: the first phase of a transfer: so long only the layers that were not taken
            over learn.
        fine_tuning_rate: the learning rate of the second phase, in which everything learns.
        precision: "mixed_bfloat16" or "mixed_float16" compute in 16 bits and keep 32-bit
            weights; faster only on processors and graphics cards with such units.
        seed: of everything random. On a CPU two runs with one seed give the same weights.
        augment: changes to the training samples.
    """

    task: Literal["auto", "classification", "reconstruction"] = "auto"
    epochs: Annotated[int, Ge(1)] = 30
    batch_size: Annotated[int, Ge(1)] = 32
    learning_rate: Annotated[float, Gt(0.0), Le(10.0)] = 1e-3
    warmup_epochs: Annotated[int, Ge(0)] = 0
    optimizer: Literal["adam", "adamw", "sgd"] = "adam"
    weight_decay: Share = 0.0
    clip_norm: Annotated[float, Ge(0.0)] = 0.0
    label_smoothing: Annotated[float, Ge(0.0), Lt(1.0)] = 0.0
    balance: Literal["none", "weights"] = "none"
    patience: Annotated[int, Ge(0)] = 0
    frozen_epochs: Annotated[int, Ge(0)] = 0
    fine_tuning_rate: Annotated[float, Gt(0.0), Le(10.0)] = 1e-4
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    seed: Annotated[int, Ge(0), Lt(2**31)] = 0
    augment: Augment = field(default_factory=Augment)
