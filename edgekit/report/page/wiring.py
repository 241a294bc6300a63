"""The model's graph as a picture: ops from top to bottom, what reads what on their left."""

from __future__ import annotations

from markupsafe import Markup

from edgekit.report.page import svg
from edgekit.report.page.findings import Findings, Json, own_name

_ROW, _HEAD = 24, 26
_LANE = 9
_MOST_LANES = 5


def draw(findings: Findings, width: int) -> Markup:
    """One row an op: kind, name, shape of what it writes, MACs, and the edges between them."""
    ops, edges = findings.ops, [(int(a), int(b)) for a, b in findings.report.get("edges", ())]
    lanes = _lanes(edges)
    gutter = 16 + _LANE * min(max(lanes.values(), default=0), _MOST_LANES)
    streams = findings.report["memory"]["streams"] if "memory" in findings.report else ()
    height = _HEAD + _ROW * len(ops) + 6
    return svg.picture(
        width,
        height,
        f"Graph of {len(ops)} ops",
        *(_band(row, width) for row in streams),
        *(_edge(edge, lane, gutter) for edge, lane in lanes.items()),
        *_input(findings, gutter, width),
        *(_op(op, i, gutter, width) for i, op in enumerate(ops)),
    )


def _lanes(edges: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """A lane of each edge: 0 for neighbours, others so that none lies on another if it can be."""
    found: dict[tuple[int, int], int] = {}
    for edge in sorted(set(edges), key=lambda e: (e[1] - e[0], e)):
        if edge[1] - edge[0] <= 1:
            found[edge] = 0
            continue
        taken = {n for other, n in found.items() if other[0] < edge[1] and edge[0] < other[1]}
        found[edge] = next(n for n in range(1, len(found) + 2) if n not in taken)
    return found


def _y(position: int) -> float:
    return _HEAD + position * _ROW + _ROW / 2


def _edge(edge: tuple[int, int], lane: int, gutter: float) -> Markup:
    top, bottom = _y(edge[0]), _y(edge[1])
    if lane == 0:
        return svg.line(gutter, top, gutter, bottom, "edge")
    x = gutter - _LANE * min(lane, _MOST_LANES)
    path = (
        f"M{gutter} {top} C{x} {top + 3} {x} {top + 3} {x} {top + 12} "
        f"L{x} {bottom - 12} C{x} {bottom - 3} {x} {bottom - 3} {gutter} {bottom}"
    )
    return svg.element("path", d=path, class_="edge skip")


def _band(row: Json, width: int) -> Markup:
    first, last = int(row["first"]), int(row["last"])
    tip = f"ops {first} to {last} run together, in {row['steps']} bands"
    return svg.rect(0, _y(first) - 12, width, (last - first + 1) * _ROW, "band", tip)


def shape_text(shape: list[int]) -> str:
    """A shape as people write it."""
    return "×".join(map(str, shape)) or "scalar"


def _input(findings: Findings, gutter: float, width: int) -> list[Markup]:
    taken = findings.report["model"]["inputs"]
    text = ", ".join(f"{shape_text(row['shape'])} {row['dtype']}" for row in taken)
    return [
        svg.element("circle", cx=gutter, cy=_y(-1), r=4, class_="node input"),
        svg.label(gutter + 14, _y(-1) + 4, svg.shorten(f"input {text}", width - gutter - 20)),
    ]


def _op(op: Json, position: int, gutter: float, width: int) -> Markup:
    y = _y(position)
    x = gutter + 14
    tip = f"op {op['index']} {op['op']} {op['name']}\n{op['kernel'] or 'nothing to do'}"
    shape = shape_text(op["output"]["shape"])
    parts = [
        svg.element("circle", cx=gutter, cy=y, r=4, class_="node"),
        svg.label(x + 18, y + 4, str(position), "t muted", "end"),
    ]
    if width == svg.WIDE:
        parts += [
            svg.label(x + 26, y + 4, svg.shorten(op["op"], 176), "t strong"),
            svg.label(x + 206, y + 4, svg.shorten(own_name(op["name"]), 440), "t muted"),
            svg.label(width - 170, y + 4, shape, "t", "end"),
            svg.label(width - 8, y + 4, f"{op['macs']:,} MACs" if op["macs"] else "", "t", "end"),
        ]
    else:
        room = width - x - 40 - len(shape) * 7
        parts += [
            svg.label(x + 26, y + 4, svg.shorten(op["op"], room), "t strong"),
            svg.label(width - 6, y + 4, shape, "t muted", "end"),
        ]
    return svg.group(svg.element("title", tip), *parts)
