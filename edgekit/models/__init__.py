"""Architectures, one a file, built by a URL such as `zoo:mobilenet_v1?alpha=0.25&classes=2`.

A module of this package has:

- `DESCRIPTION`: one line for lists;
- `Params`: a frozen dataclass, every field with a default; its fields are the URL's parameters
  (int, float, or a shape written `96x96x1`);
- `check(params)`: None, or what is wrong with the values, in words;
- `build(params)`: the Keras 3 model with softmax at its end and random, seeded weights;
- for a network on features of sound, `FRONT_END`: what its authors computed them with.
"""

from __future__ import annotations

from edgekit.models._figures import Figures, figures
from edgekit.models._files import first_line, flat_layers, load_keras, transfer
from edgekit.models._recipe import SCHEME, Recipe, build, front_end, parse_url

__all__ = [
    "SCHEME",
    "Figures",
    "Recipe",
    "build",
    "figures",
    "first_line",
    "flat_layers",
    "front_end",
    "load_keras",
    "parse_url",
    "transfer",
]
