"""What each layer costs: its MACs, and its instructions or its time, as bars."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.report.page.findings import Findings, own_name


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and its share of the longest bar, 0 to 100."""

    text: str
    percent: float


@dataclass(frozen=True, slots=True)
class LayerBars:
    """A layer of the device.

    Attributes:
        index: of its op, the last one of those that run together.
        op: its kind.
        name: the model's.
        macs: None where it has none.
        cost: instructions, or microseconds on a real board; None before `edgekit bench`.
        rate: how both relate, in words; empty where one is missing.
        share: of the whole inference's cost, in percent.
    """

    index: int
    op: str
    name: str
    macs: Bar | None
    cost: Bar | None
    rate: str
    share: str


def unit(findings: Findings) -> str:
    """What the cost is; empty where nothing was measured."""
    if findings.run is None:
        return ""
    return "time, µs" if findings.run["bench"]["where"] == "port" else "instructions"


def overhead(findings: Findings) -> str:
    """How the layers one by one relate to the whole inference, in words."""
    if findings.run is None:
        return ""
    percent = 100.0 * float(findings.run["bench"]["profile"]["overhead"])
    if abs(percent) < 0.005:
        return "one by one they take as much as together"
    than = "more" if percent > 0 else "less"
    return f"one by one they take {abs(percent):.2f} % {than} than together"


def bars(findings: Findings) -> list[LayerBars]:
    """One row for everything that the device runs by itself."""
    groups = [
        [op for op in findings.ops if int(op["entry"]) == entry] for entry in findings.entries
    ]
    macs = [sum(int(op["executed_macs"]) for op in ops) for ops in groups]
    costs = _costs(findings, len(groups))
    most_macs, most_cost = max(macs, default=0), max(costs, default=0.0)
    total = sum(costs)
    key = unit(findings)
    return [
        LayerBars(
            entry,
            " + ".join(op["op"] for op in ops),
            own_name(ops[-1]["name"]),
            _bar(own, most_macs) if own else None,
            _bar(cost, most_cost) if costs else None,
            _rate(own, cost, key) if costs else "",
            f"{100 * cost / total:.1f} %" if total else "",
        )
        for entry, ops, own, cost in zip(
            findings.entries, groups, macs, costs or [0.0] * len(groups), strict=True
        )
    ]


def _costs(findings: Findings, count: int) -> list[float]:
    if findings.run is None:
        return []
    key = "latency_us" if unit(findings).startswith("time") else "instructions"
    found = [float(row.get(key) or 0) for row in findings.run["bench"]["layers"]]
    return found if len(found) == count else []


def _bar(value: float, most: float) -> Bar:
    text = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"
    return Bar(text, 100.0 * value / most if most else 0.0)


def _rate(macs: int, cost: float, key: str) -> str:
    if not macs or not cost:
        return ""
    if key.startswith("time"):
        return f"{macs / cost:.3g} MACs/µs"
    return f"{cost / macs:.3g} instructions/MAC"
