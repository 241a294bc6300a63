"""report.html: one file with everything that a project's folder knows of itself.

It asks for nothing from elsewhere: style and pictures are in it, and it has no script.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import jinja2
from markupsafe import Markup

from edgekit.report import Cell, printable, text
from edgekit.report.page import (
    bars,
    comparison,
    current,
    histogram,
    svg,
    tiles,
    timeline,
    treemap,
    wiring,
)
from edgekit.report.page.findings import (
    RESULTS,
    Findings,
    own_name,
    read,
    read_result,
    result_path,
)

__all__ = ["HEAD", "NAME", "RESULTS", "Findings", "read", "read_result", "render", "result_path"]

#: The file's name, and how it begins: what begins so may be replaced.
NAME = "report.html"
HEAD = (
    "<!doctype html>\n<!-- Made by edgekit; written anew by convert, build, verify and bench. -->"
)


def render(findings: Findings) -> str:
    """The page.

    Args:
        findings: of a project's folder, see `read`.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        # Names come from models, which anybody can write.
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["figure"] = _figure
    environment.filters["own_name"] = own_name
    environment.filters["percent"] = _percent
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    body = environment.get_template("page.html.j2").render(
        f=findings,
        style=Markup(style),
        tiles=tiles.tiles(findings),
        verdict=tiles.verdict(findings),
        places=tiles.places_of(findings) if findings.verify is not None else (),
        layers=bars.bars(findings),
        unit=bars.unit(findings),
        overhead=bars.overhead(findings),
        runs=comparison.rows(findings),
        system=findings.system,
        metered=None if findings.metered is None else findings.metered[0],
        energy=None if findings.energy is None else findings.energy["energy"],
        mlperf=None if findings.mlperf is None else findings.mlperf["mlperf"],
        roles=timeline.roles(findings) if "memory" in findings.report else (),
        pictures=_pictures(findings),
    )
    return f"{HEAD}\n{body}"


def _pictures(findings: Findings) -> dict[str, Markup]:
    """What can be drawn of what is known."""
    drawings = {"wiring": wiring.draw}
    if findings.report.get("memory"):
        drawings["timeline"] = timeline.draw
    if findings.build is not None:
        drawings["treemap"] = treemap.draw
    if findings.run is not None and findings.run.get("latencies_us"):
        drawings["histogram"] = histogram.draw
    if findings.metered is not None and findings.metered[1]:
        drawings["current"] = current.draw
    return {name: svg.both(partial(draw, findings)) for name, draw in drawings.items()}


def _shown(value: object) -> object:
    """Names with what does not print written out."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100.0 * share:.2f} %"


def _figure(value: Cell) -> str:
    return text(value)
