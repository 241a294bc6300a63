"""One seed for everything random."""

from __future__ import annotations


def seed_all(seed: int) -> None:
    """Seed Python, numpy and TensorFlow (weights, dropout) of this process."""
    import keras

    keras.utils.set_random_seed(seed)
