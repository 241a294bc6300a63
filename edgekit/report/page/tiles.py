"""The figures that people ask for first, and whether the firmware is proven."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.report.page.findings import Findings, Json


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure: what it is, its value, and what to hold it against.

    Attributes:
        percent: of the room that there is, 0 to 100; None where that makes no sense.
    """

    title: str
    value: str
    below: str = ""
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of `edgekit verify`: `good`, `bad` or `open`, and a sentence."""

    state: str
    text: str


def verdict(findings: Findings) -> Verdict:
    """Whether the firmware computes what the model computes."""
    if findings.verify is None:
        return Verdict("open", "not verified yet: edgekit verify")
    places = places_of(findings)
    wrong = sum(int(row["mismatches"]) for _, row in places)
    where = " and ".join(name for name, _ in places)
    if wrong:
        return Verdict("bad", f"{wrong:,} tensors differ from TFLite Micro ({where})")
    checked = sum(int(row["tensors"]) * int(row["samples"]) for _, row in places)
    return Verdict("good", f"bit-exact: 0 of {checked:,} tensors differ ({where})")


def places_of(findings: Findings) -> list[tuple[str, Json]]:
    """The places of the last verification."""
    assert findings.verify is not None  # who asks has looked
    found = findings.verify["verification"]
    return [(str(name), row) for name, row in found.items() if _is_place(row)]


def _is_place(row: object) -> bool:
    return isinstance(row, dict) and "mismatches" in row and "samples" in row


def tiles(findings: Findings) -> list[Tile]:
    """Cost, memory, MACs, accuracy and energy; measured ones where there are any."""
    model = findings.report["model"]
    found = [*_cost(findings), _flash(findings), _ram(findings)]
    executed = model["executed_macs"]
    left = "all executed" if executed == model["macs"] else f"{executed:,} executed"
    found.append(Tile("MACs", f"{model['macs']:,}", left))
    found += _accuracy(findings)
    return found


def _cost(findings: Findings) -> list[Tile]:
    run = findings.run
    if run is None:
        return [Tile("cost of an inference", "not measured", "edgekit bench")]
    bench, found = run["bench"], []
    latency = bench["latency_us"]
    if latency is not None:
        below = f"median of {latency['count']} on the board; p99 {latency['p99']:,.1f} µs"
        found.append(Tile("latency", f"{latency['median']:,.1f} µs", below))
    elif bench["instructions"] is not None:
        found.append(Tile("instructions", f"{bench['instructions']:,}", "counted in the emulator"))
    cycles = bench.get("cycles_estimate")
    if cycles:
        title = next(iter(bench["cycles_estimates"]), "")
        found.append(Tile("cycles, estimate", f"{cycles:,.0f}", f"model: {title}"))
    energy = bench.get("energy")
    if energy:
        error = energy["standard_error_uj"]
        text = f"{energy['net_uj']:,.2f} µJ" + (f" ± {error:.2g}" if error is not None else "")
        below = f"{energy['meter']}, {energy['inferences']} inferences"
        found.append(Tile("energy of an inference", text, below))
    return found


def _flash(findings: Findings) -> Tile:
    fit, build = findings.report["fit"], findings.build
    used = fit["flash_estimate_bytes"] if build is None else build["sizes"]["flash_bytes"]
    title = "flash, estimate" if build is None else "flash"
    return _room(title, int(used), int(fit["flash_bytes"]))


def _ram(findings: Findings) -> Tile:
    fit, build = findings.report["fit"], findings.build
    used = fit["ram_needed_bytes"] if build is None else build["sizes"]["ram_bytes"]
    room = _room("RAM", int(used), int(fit["ram_bytes"]))
    arena = findings.report["model"]["arena_bytes"]
    return Tile(room.title, room.value, f"{room.below}; arena {arena:,} B", room.percent)


def _room(title: str, used: int, all_of: int) -> Tile:
    share = 100.0 * used / all_of if all_of else 0.0
    return Tile(title, f"{used:,} B", f"{share:.1f} % of {all_of:,} B", min(share, 100.0))


def _accuracy(findings: Findings) -> list[Tile]:
    found = []
    stated = findings.report.get("accuracy")
    if stated and stated.get("int8") is not None:
        before = stated.get("float")
        below = "" if before is None else f"float: {100 * before:.2f} %; "
        text = f"{100 * stated['int8']:.2f} %"
        found.append(Tile("accuracy, int8", text, f"{below}{stated['samples']:,} samples"))
    if findings.verify is not None:
        for place, row in places_of(findings):
            if "accuracy" in row:
                text = f"{100 * row['accuracy']:.2f} %"
                below = f"{row['samples']:,} samples"
                found.append(Tile(f"accuracy on the {place}", text, below))
    return found
