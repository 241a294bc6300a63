"""SVG in a few functions: elements are escaped text, sizes are CSS pixels.

Colours are classes, which page.css fills in for light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from markupsafe import Markup, escape

from edgekit.report import printable

#: A picture is drawn twice: for wide windows and for telephones.
WIDE, NARROW = 1040, 352
#: Of the captions, in pixels; a letter takes about this share of it.
FONT = 12
_LETTER = 0.58

Value = str | int | float | Markup
Draw = Callable[[int], Markup]


def element(tag: str, *children: Value, **attributes: Value) -> Markup:
    """An element; `class_` is the attribute class, and `stroke_width` stroke-width."""
    given = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), number(value))
        for name, value in attributes.items()
    )
    inside = Markup("").join(map(_child, children))
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), given, inside)


def number(value: Value) -> str:
    """Numbers with at most two decimals; text as it is."""
    if isinstance(value, str):
        return value
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def group(*children: Value, **attributes: Value) -> Markup:
    """Elements together."""
    return element("g", *children, **attributes)


def rect(x: float, y: float, width: float, height: float, class_: str, tip: str = "") -> Markup:
    """A rectangle; `tip` is shown where the pointer rests."""
    title = [element("title", tip)] if tip else []
    width, height = max(width, 0.0), max(height, 0.0)
    radius = min(2.5, width / 4, height / 4)
    return element(
        "rect", *title, x=x, y=y, width=width, height=height, rx=float(radius), class_=class_
    )


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def label(x: float, y: float, text: str, class_: str = "t", anchor: str = "start") -> Markup:
    """A line of text; y is its base line."""
    return element("text", text, x=x, y=y, class_=class_, text_anchor=anchor)


def shorten(text: str, width: float, size: float = FONT) -> str:
    """A text that fits into a width, with an ellipsis if need be; empty where nothing fits."""
    room = int(width / (size * _LETTER))
    text = printable(text)
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room > 2 else ""


def picture(width: float, height: float, title: str, *children: Value) -> Markup:
    """A whole picture, with the words that a screen reader says."""
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_label=title,
    )


def both(draw: Draw) -> Markup:
    """A picture for wide windows and one for narrow ones; CSS shows one of them."""
    return Markup("").join(
        element("div", draw(width), class_=class_)
        for width, class_ in ((WIDE, "wide"), (NARROW, "narrow"))
    )


def ticks(most: float, count: int = 4) -> list[float]:
    """Round values from 0 to at most `most`, about `count` of them."""
    if most <= 0:
        return [0.0]
    rough = most / max(count, 1)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 2.5, 5, 10) if unit * m >= rough * 0.999)
    return [step * i for i in range(int(most / step * 1.0001) + 1)]


def short(value: float) -> str:
    """A number in few letters: 950, 12.3k, 4.56M."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:.3g}{name}"
    return f"{value:.3g}"


def _child(value: Value) -> Markup:
    return value if isinstance(value, Markup) else escape(printable(number(value)))
