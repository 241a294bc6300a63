"""Where the flash goes: areas for weights and code of each layer, and for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from edgekit.report.page import svg
from edgekit.report.page.findings import Findings


@dataclass(frozen=True, slots=True)
class Leaf:
    """An area: what it is for, and its bytes."""

    text: str
    role: str
    nbytes: int
    tip: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture."""

    x: float
    y: float
    width: float
    height: float


def leaves(findings: Findings) -> list[Leaf]:
    """The parts of an image, largest first; together they are all of its flash."""
    assert findings.build is not None  # the page asks first
    sizes = findings.build["sizes"]
    named = {int(op["index"]): op for op in findings.ops}
    found = []
    rest = int(sizes["flash_bytes"])
    for row in sizes["ops"]:
        op = named.get(int(row["index"]), {"op": "?", "name": ""})
        for role, nbytes in (("weights", row["weights_bytes"]), ("code", row["code_bytes"])):
            rest -= nbytes
            if nbytes:
                text = f"{row['index']} {role}"
                tip = f"op {row['index']} {op['op']} {op['name']}: {nbytes:,} bytes of {role}"
                found.append(Leaf(text, role, int(nbytes), tip))
    tip = f"runtime, harness, shared kernels, start-up and tables: {rest:,} bytes"
    found.append(Leaf("the rest", "other", rest, tip))
    return sorted((leaf for leaf in found if leaf.nbytes > 0), key=lambda leaf: -leaf.nbytes)


def draw(findings: Findings, width: int) -> Markup:
    """The areas are in proportion to the bytes."""
    parts = leaves(findings)
    height = 320 if width == svg.WIDE else 400
    boxes = squarify([leaf.nbytes for leaf in parts], Box(0, 0, width, height))
    total = sum(leaf.nbytes for leaf in parts)
    return svg.picture(
        width,
        height,
        f"Flash: {total:,} bytes",
        *(_area(leaf, box) for leaf, box in zip(parts, boxes, strict=True)),
    )


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """Divide a rectangle into areas that are nearly squares.

    Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).

    Args:
        sizes: of the areas, above 0, largest first.
        box: what is divided.
    """
    found: list[Box] = []
    left = sum(sizes)
    start = 0
    while start < len(sizes):
        side = min(box.width, box.height)
        scale = box.width * box.height / left if left else 0.0
        end = start + 1
        while end < len(sizes) and _worst(sizes[start : end + 1], side, scale) <= _worst(
            sizes[start:end], side, scale
        ):
            end += 1
        row = sizes[start:end]
        placed, box = _lay(row, sum(row) / left if left else 0.0, box)
        found += placed
        left -= sum(row)
        start = end
    return found


def _worst(row: Sequence[float], side: float, scale: float) -> float:
    """The most that a rectangle of a row is longer than wide."""
    area = sum(row) * scale
    if not area or not side:
        return float("inf")
    return max(
        max(side * side * s * scale / area**2, area**2 / (side * side * s * scale)) for s in row
    )


def _lay(row: Sequence[float], share: float, box: Box) -> tuple[list[Box], Box]:
    """Put a row along the shorter side; returns it and what is left of the rectangle."""
    total, at, placed = sum(row), 0.0, []
    if box.width >= box.height:
        deep = box.width * share
        for size in row:
            long = box.height * size / total
            placed.append(Box(box.x, box.y + at, deep, long))
            at += long
        return placed, Box(box.x + deep, box.y, box.width - deep, box.height)
    deep = box.height * share
    for size in row:
        long = box.width * size / total
        placed.append(Box(box.x + at, box.y, long, deep))
        at += long
    return placed, Box(box.x, box.y + deep, box.width, box.height - deep)


def _area(leaf: Leaf, box: Box) -> Markup:
    area = svg.rect(
        box.x + 1, box.y + 1, box.width - 2, box.height - 2, f"block {leaf.role}", leaf.tip
    )
    texts = []
    own = svg.shorten(leaf.text, box.width - 10)
    if own == leaf.text and box.height >= 20:
        texts.append(svg.label(box.x + 7, box.y + 16, own, "t inert"))
        size = f"{leaf.nbytes:,} B"
        if box.height >= 36 and svg.shorten(size, box.width - 10) == size:
            texts.append(svg.label(box.x + 7, box.y + 31, size, "t muted inert"))
    return svg.group(area, *texts)
