"""A report's findings without a compiler or a board: compiled networks and made-up measurements.

They go through the same dataclasses and JSON as the real ones.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from edgekit import targets
from edgekit.builder.sizes import OpSize, Section, Sizes
from edgekit.compiler import Compiled, compile_graph
from edgekit.harness.clock import ClockCheck
from edgekit.harness.energy import Run, energy_of
from edgekit.harness.energy_trace import trace_of
from edgekit.harness.measure import Measurement, OpMeasurement
from edgekit.harness.protocol import System
from edgekit.harness.statistics import statistics
from edgekit.harness.system import interpret
from edgekit.ir import Graph
from edgekit.pipeline import Benchmark, MeteredEnergy
from edgekit.report.choices import choices_of
from edgekit.report.memory import edges_of, memory_of
from edgekit.report.page import Findings
from edgekit.report.summary import fit, summarize
from edgekit.targets import CONSOLE
from tests.support.networks import separable_network
from tests.support.waveforms import Waveform

BUILD_ID = "0123456789abcdef"
HOSTILE = '<script>fetch("http://evil.example/")</script>\x1b[31m"\'&{{ 7*7 }}</style>'


#: A board of which the core has DSP instructions and the compiler was not allowed to use them.
SYSTEM = System(
    2 | 0x0C00,
    0x410FC241,
    0x200,
    0,
    0xF00000,
    0x01111131,
    0x10110021,
    0,
    0,
    24414,
    976,
    "12.2.1",
    "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -O2 -g",
)


def renamed(graph: Graph, name: str) -> Graph:
    """The graph with a name in all places where a model has names."""
    tensors = tuple(
        dataclasses.replace(t, name=f"{name}/t{i}") for i, t in enumerate(graph.tensors)
    )
    ops = tuple(dataclasses.replace(op, name=f"{name}/{i}") for i, op in enumerate(graph.ops))
    return dataclasses.replace(graph, tensors=tensors, ops=ops)


@functools.cache
def compiled(name: str = "") -> Compiled:
    graph = separable_network()
    target = max(targets.all_boards(), key=lambda b: ("dsp" in b.core.features, b.ram_bytes))
    return compile_graph(renamed(graph, name) if name else graph, target, "net")


@functools.cache  # nobody changes them
def findings(name: str = "", *, measured: bool = True) -> Findings:
    """Of a project that was only converted, or of one where everything was done."""
    made = compiled(name)
    summary = summarize(made)
    found = fit(summary, made.target, CONSOLE)
    report = {
        "board": found.board,
        "model": summary.to_json(),
        "fit": asdict(found),
        "quantization": "int8_ptq",
        "calibration_samples": 200,
        "accuracy": {
            "data": f"data{name}.npz",
            "samples": 1000,
            "float": 0.921,
            "int8": 0.918,
            "agreement": 0.99,
        },
        "warnings": [f"a layer {name} is slow"],
        "notes": ["a note"],
        "choices": asdict(choices_of(made)),
        "memory": asdict(memory_of(made)),
        "edges": edges_of(made.graph),
    }
    manifest = {
        "edgekit": "0.1.0",
        "model": "net",
        "board": found.board,
        "build_id": BUILD_ID,
        "optimize": "balanced",
        "inputs": {"source": {"name": f"{name}model.keras", "sha256": "ab" * 32}},
        "options": {"c_array": "edgekit", "name": name},
        "versions": {"python": "3.11.0"},
        "outputs": {"model.tflite": "cd" * 32},
    }
    parts: dict[str, Any] = {"report": report, "manifest": manifest}
    if measured:
        parts |= {
            "build": {"build_id": BUILD_ID, "sizes": asdict(sizes(made))},
            "verify": {"build_id": BUILD_ID, "time": "2026", "verification": verification()},
            "runs": [run(made, factor) for factor in (1.07, 0.98, 1.0)],
        }
        parts["runs"][0]["build_id"] = "fedcba9876543210"
    return Findings(**json.loads(json.dumps(parts)))


def sizes(made: Compiled) -> Sizes:
    rows = summarize(made).layers
    ops = tuple(OpSize(r.index, 400 + 10 * r.index, r.constant_bytes) for r in rows)
    weights = sum(op.weights_bytes for op in ops)
    code = sum(op.code_bytes for op in ops) + 9000
    sections = (
        Section(".text", code, 0),
        Section(".rodata", weights, 0),
        Section(".bss", 0, 30000),
    )
    return Sizes(weights + code, weights, code, 30000, 20000, 4096, sections, ops)


def verification() -> dict[str, Any]:
    metrics = {"acc": 1.0, "rmse": 0.0, "mae": 0.0, "l2r": 0.0, "cos": 1.0}
    place = {"samples": 8, "tensors": 12, "mismatches": 0, "metrics": metrics, "accuracy": 0.918}
    return {"host": place, "emulator": place, "oracles": ["TFLite Micro"], "notes": []}


def run(made: Compiled, factor: float) -> dict[str, Any]:
    """A benchmark of a real board with an instrument at it, `factor` times as slow."""
    noise = np.random.default_rng(0).gamma(2.0, 3.0, 200)
    latencies = tuple((factor * (20_000 + noise)).tolist())
    summary = summarize(made)
    ops = tuple(
        OpMeasurement(100, None, factor * (5 + row.executed_macs / 40)) for row in summary.layers
    )
    measured = Measurement(
        board=made.target.board.name,
        where="port",
        instructions=None,
        latency_us=statistics(latencies),
        warm_up_us=latencies[:3],
        stack_bytes=480,
        arena_bytes=summary.arena_bytes,
        output_sha256="ef" * 32,
        ops=ops,
        latencies_us=latencies,
        stable=True,
        clock=ClockCheck(1.0001, 0.0004, 2.0),
        profile_overhead=0.012,
        timer_overhead_ticks=3,
        resets=0,
    )
    capture = Waveform(count=12, low_a=15e-3, high_a=24e-3).sampled(20_000, noise_a=2e-4)
    energy = energy_of(capture, Run(12, None, 0.5), None)
    metered = MeteredEnergy("replay", None, energy, trace_of(capture))
    bench = Benchmark(
        measured,
        sizes(made),
        summary,
        energy=metered,
        clock_hz=100_000_000,
        system=interpret(SYSTEM, made.target, 1_000_000, emulated=False),
    )
    assert metered.trace is not None
    return {
        "time": "2026-11-22T10:00:00+00:00",
        "edgekit": "0.1.0",
        "build_id": BUILD_ID,
        "optimize": "balanced",
        "port": "/dev/ttyACM0",
        "bench": bench.to_json(),
        "latencies_us": latencies,
        "trace": asdict(metered.trace),
    }
