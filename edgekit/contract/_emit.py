"""Texts of what prepares raw data, from firmware_templates/frontend."""

from __future__ import annotations

import textwrap
from typing import Any

import jinja2
import numpy as np

from edgekit import resources
from edgekit.contract._kind import Array


def render(template: str, **values: Any) -> str:
    """A template of firmware_templates/frontend, filled in."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.templates_folder() / "frontend"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # this is C and Python, not HTML
    )
    return environment.get_template(template).render(values)


def numbers(values: Array, suffix: str = "") -> str:
    """The values of an initializer, indented and wrapped; floats read back as they were."""
    if values.dtype.kind == "f":
        words = [np.format_float_scientific(v, unique=True, trim="0") + suffix for v in values]
    else:
        words = [str(int(v)) for v in values]
    text = ", ".join(words)
    return textwrap.fill(
        text, 100, initial_indent="    ", subsequent_indent="    ", break_long_words=False
    )
