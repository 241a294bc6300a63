"""The zoo's architectures, small enough to be trained and emulated in a test."""

from __future__ import annotations

# Where the default takes long; the architecture is the same.
_OPTIONS = {
    "autoencoder": "input=64&width=32&depth=2",
    "ds_cnn": "filters=16",
    "efficientnet_lite": "resolution=32",
    "mobilenet_v1": "input=32x32x3",
    "mobilenet_v2": "input=32x32x3&alpha=0.1",
    "resnet8": "filters=4",
    "wake_word": "filters=16",
}


def small(name: str) -> str:
    """The `zoo:` address of an architecture."""
    return f"zoo:{name}?{_OPTIONS.get(name, '')}".rstrip("?")
