"""The memory plan as a picture: what lies where in the arena while which op runs."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from edgekit.report.page import svg
from edgekit.report.page.findings import Findings, Json, own_name

_TOP, _BOTTOM, _LEFT, _RIGHT = 8, 34, 52, 6
#: A caption with fewer tells nothing.
_FEW_LETTERS = 5
#: Height of both captions.
_CAPTIONS = 32
_ROLES = ("input", "activation", "output", "scratch")


def roles(findings: Findings) -> list[tuple[str, str]]:
    """The kinds of blocks that there are and their names, for the legend."""
    found = {block["role"] for block in findings.report["memory"]["blocks"]}
    named = [(role, role) for role in _ROLES if role in found]
    return [*named, ("band", "streamed")] if findings.report["memory"]["streams"] else named


def draw(findings: Findings, width: int) -> Markup:
    """Ops from left to right, the arena's bytes from below; one box a buffer."""
    memory = findings.report["memory"]
    blocks = memory["blocks"]
    height = 360 if width == svg.WIDE else 300
    plot = _Plot(width, height, len(findings.ops), max(int(memory["arena_bytes"]), 1))
    return svg.picture(
        width,
        height,
        f"Memory timeline: {memory['arena_bytes']:,} bytes of arena",
        *(plot.stream(each) for each in memory["streams"]),
        *plot.bytes_axis(),
        *(plot.block(each, blocks[i + 1 :]) for i, each in enumerate(blocks)),
        *plot.ops_axis(findings.ops),
    )


class _Plot:
    """Where positions and bytes lie in the picture."""

    def __init__(self, width: int, height: int, ops: int, arena: int) -> None:
        self.width, self.height, self.ops, self.arena = width, height, ops, arena
        self.column = (width - _LEFT - _RIGHT) / (ops + 2)

    def x(self, position: int) -> float:
        return _LEFT + (position + 1) * self.column

    def y(self, offset: float) -> float:
        floor = self.height - _BOTTOM
        return floor - offset / self.arena * (floor - _TOP)

    def block(self, row: Json, later: list[Json]) -> Markup:
        first, last = int(row["first"]), int(row["last"])
        x, y = self.x(first), self.y(row["offset"] + row["nbytes"])
        width = self.x(last + 1) - x
        height = self.y(row["offset"]) - y
        name = ", ".join(row["tensors"]) or f"scratch of op {first}"
        when = f"ops {max(first, 0)} to {min(last, self.ops - 1)}"
        tip = (
            f"{name}\n{row['nbytes']:,} bytes at arena+{row['offset']:,}\n{row['role']}, alive: "
            f"{when}"
        )
        box = svg.rect(x + 0.75, y, width - 1.5, height, f"block {row['role']}", tip)
        seen = self._seen(row, later) - x
        return svg.group(box, *self._captions(row, name, x, y, seen, height))

    def _seen(self, row: Json, later: list[Json]) -> float:
        """Where the first box begins that is drawn over the captions of this one, or its end."""
        top = self.y(row["offset"] + row["nbytes"])
        end = self.x(row["last"] + 1)
        for other in later:
            above = self.y(other["offset"] + other["nbytes"]), self.y(other["offset"])
            if above[0] < top + _CAPTIONS and above[1] > top and other["first"] <= row["last"]:
                end = min(end, self.x(other["first"]))
        return end

    def _captions(
        self, row: Json, name: str, x: float, y: float, width: float, height: float
    ) -> list[Markup]:
        """As many lines as there is room for."""
        own = _caption(name, width - 8)
        if not own or height < 16:
            return []
        found = [svg.label(x + 6, y + 13, own, "t inert")]
        size = f"{row['nbytes']:,} B"
        if height >= 32 and svg.shorten(size, width - 8) == size:
            found.append(svg.label(x + 6, y + 28, size, "t muted inert"))
        return found

    def stream(self, row: Json) -> Markup:
        x, end = self.x(row["first"]), self.x(row["last"] + 1)
        tip = f"ops {row['first']} to {row['last']} run together, in {row['steps']} bands"
        floor = self.height - _BOTTOM
        return svg.rect(x, _TOP - 6, end - x, floor - _TOP + 6, "band", tip)

    def bytes_axis(self) -> list[Markup]:
        found = []
        for value in svg.ticks(self.arena):
            y = self.y(value)
            found.append(svg.line(_LEFT, y, self.width - _RIGHT, y, "grid"))
            found.append(svg.label(_LEFT - 6, y + 4, svg.short(value), "t muted", "end"))
        return found

    def ops_axis(self, ops: list[Any]) -> list[Markup]:
        y = self.height - _BOTTOM + 15
        every = max(1, round(22 / self.column + 0.49))
        marks = [
            svg.label(self.x(i) + self.column / 2, y, str(i), "t muted", "middle")
            for i in range(0, len(ops), every)
        ]
        middle = (_LEFT + self.width - _RIGHT) / 2
        below = svg.label(middle, self.height - 3, "op", "t muted", "middle")
        return [*marks, below]


def _caption(name: str, width: float) -> str:
    """As much of a name's end as fits; nothing rather than a few letters."""
    parts = own_name(name).split("/")
    tails = ["/".join(parts[-count:]) for count in range(len(parts), 0, -1)]
    whole = next((tail for tail in tails if svg.shorten(tail, width) == tail), None)
    cut = svg.shorten(tails[-1], width)
    return whole or (cut if len(cut) > _FEW_LETTERS else "")
