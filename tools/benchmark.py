"""Measures the corpus' models and one of our own on the emulated boards; see docs/benchmarks.md.

Every figure comes from firmware whose operators' outputs equal the oracles'. Without options it
measures everything and writes docs/benchmarks.{json,md,svg}; `--check` measures a subset, writes
nothing, and fails when a figure is more than 1 % worse than the committed one. Where the corpus is
absent, our own model alone is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmark_figures import Baseline, Figures, Layer, worse
from benchmark_report import markdown, plot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # our own model is the tests' own

from edgekit import emulators, pipeline, targets  # noqa: E402 - needs the path
from edgekit.errors import DoesNotFitError, EdgekitError  # noqa: E402
from edgekit.kernels import Goal  # noqa: E402
from edgekit.packaging import ConvertOptions  # noqa: E402
from edgekit.targets import Target  # noqa: E402
from tests.support.networks import separable_network  # noqa: E402
from tests.support.tflite_writer import write_tflite  # noqa: E402

MODELS = ROOT.parent / "shared" / "corpus" / "models"
BASELINE = ROOT / "tools" / "baseline.json"
RESULTS = ROOT / "docs" / "benchmarks.json"

#: Inputs for which every operator's output is compared before anything is measured.
SAMPLES = 2

#: A network with seeded weights that needs no file.
OWN = "separable_int8"

#: What `--check` measures: on the reference board these models, on one board of every other core
#: the first of them. Those of the corpus are left out where it is absent.
CHECKED = (OWN, "kws_ref_model_int8", "ad01_int8")


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to measure."""

    model: str
    board: str
    goal: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why there is no figure."""

    model: str
    board: str
    goal: str
    reason: str


def roomiest(boards: Iterable[Target]) -> Target:
    """The board with the most memory and, among equals, the most features."""
    return max(boards, key=lambda t: (t.ram_bytes, len(t.core.features)))


def emulated() -> list[Target]:
    """Every board that has an emulator."""
    return [t for t in targets.all_boards() if t.board.emulator is not None]


def jobs(models: Sequence[str], boards: Sequence[Target], reference: Target) -> list[Job]:
    """Every model on every board as by default; on the reference board for each goal."""
    found = [Job(m, t.board.name, Goal.BALANCED.value) for m in models for t in boards]
    others = [goal.value for goal in Goal if goal is not Goal.BALANCED]
    found += [Job(m, reference.board.name, goal) for m in models for goal in others]
    return found


def checked_jobs(reference: Target) -> list[Job]:
    """The subset that continuous integration measures; emulators that model cycles are slow."""
    checked = [m for m in CHECKED if m == OWN or MODELS.is_dir()]
    quick = [t for t in emulated() if emulators.whose_cycles(t) is None]
    cores = {t.core.name for t in quick}
    others = [roomiest(t for t in quick if t.core.name == core) for core in sorted(cores)]
    found = [Job(m, reference.board.name, Goal.BALANCED.value) for m in checked]
    found += [
        Job(OWN, t.board.name, Goal.BALANCED.value)
        for t in others
        if t.core.name != reference.core.name
    ]
    return found


def source_of(model: str, folder: Path) -> Path:
    """The model's file; our own is written into `folder`."""
    if model != OWN:
        return MODELS / f"{model}.tflite"
    path = folder / f"{model}.tflite"
    path.write_bytes(write_tflite(separable_network()))
    return path


def measure(job: Job) -> Figures | LeftOut:
    """Convert, build, verify and measure; an error that a user would see is a reason."""
    with tempfile.TemporaryDirectory(prefix="edgekit-bench-") as folder:
        out = Path(folder) / "out"
        source = source_of(job.model, Path(folder))
        options = ConvertOptions(str(source), job.board, out, optimize=Goal(job.goal))
        try:
            pipeline.convert(options)
            wrong = pipeline.verify(out, places=("emulator",), count=SAMPLES).mismatches
            if wrong:
                return LeftOut(job.model, job.board, job.goal, f"WRONG: {wrong} operators differ")
            found = pipeline.bench(out, runs=1)
        except DoesNotFitError:
            return LeftOut(job.model, job.board, job.goal, "does not fit")
        except EdgekitError as error:
            why = f"{error.message}: {error.hint}".partition("\n")[0]
            return LeftOut(job.model, job.board, job.goal, why[:200])
    return _figures(job, found)


def _figures(job: Job, found: pipeline.Benchmark) -> Figures:
    measured, sizes = found.measured, found.sizes
    layers = []
    for index, (row, op) in enumerate(zip(found.summary.layers, measured.ops, strict=True)):
        cycles = found.cycles[0].ops[index] if found.cycles else None
        outputs = 1
        for extent in row.output.shape:
            outputs *= extent
        layers.append(
            Layer(row.op, row.kernel, outputs, row.executed_macs, op.instructions or 0, cycles)
        )
    return Figures(
        model=job.model,
        board=job.board,
        core=targets.load_board(job.board).core.name,
        goal=job.goal,
        macs=found.summary.macs,
        executed_macs=found.summary.executed_macs,
        instructions=measured.instructions or 0,
        cycles=tuple((c.title, c.cycles) for c in found.cycles),
        arena_bytes=measured.arena_bytes,
        stack_bytes=measured.stack_bytes or 0,
        flash_bytes=sizes.flash_bytes,
        weights_bytes=sizes.weights_bytes,
        layers=tuple(layers),
    )


def run(todo: Sequence[Job], processes: int) -> tuple[list[Figures], list[LeftOut]]:
    """Measure everything; one line each on stderr."""
    figures: list[Figures] = []
    left_out: list[LeftOut] = []
    with ProcessPoolExecutor(processes) as pool:
        for job, result in zip(todo, pool.map(measure, todo), strict=True):
            text = f"{job.model} on {job.board}, {job.goal}: "
            if isinstance(result, Figures):
                figures.append(result)
                text += f"{result.instructions:,} instructions"
            else:
                left_out.append(result)
                text += result.reason
            print(text, file=sys.stderr, flush=True)
    return figures, left_out


def check(figures: Sequence[Figures], left_out: Sequence[LeftOut]) -> int:
    """Hold new figures against the committed ones; the exit code."""
    committed = {f.key: f for f in read(RESULTS)[0]}
    problems = [f"{x.model} on {x.board}: {x.reason}" for x in left_out]
    for found in figures:
        old = committed.get(found.key)
        if old is None:
            problems.append(f"{found.title} is not in {RESULTS.name}: run `make bench`")
        else:
            problems += worse(old, found)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if not problems:
        print(f"{len(figures)} measurements are no more than 1 % worse than the committed ones")
    return 1 if problems else 0


def read(path: Path) -> tuple[list[Figures], list[LeftOut]]:
    """The figures of a file that `write` made; nothing where it is absent."""
    if not path.is_file():
        return [], []
    data = json.loads(path.read_text(encoding="utf-8"))
    return [Figures.of(f) for f in data["figures"]], [LeftOut(**x) for x in data["left_out"]]


def write(figures: Sequence[Figures], left_out: Sequence[LeftOut], reference: Target) -> None:
    """docs/benchmarks.{json,md,svg}; the layers of the reference board alone are kept."""
    kept = []
    for found in sorted(figures, key=lambda f: f.key):
        data: dict[str, Any] = asdict(found)
        if found.board != reference.board.name or found.goal != Goal.BALANCED.value:
            data["layers"] = []
        kept.append(data)
    excuses = [asdict(x) for x in sorted(left_out, key=lambda x: (x.model, x.board, x.goal))]
    text = json.dumps({"figures": kept, "left_out": excuses}, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    report(reference)


def report(reference: Target) -> None:
    """Write the document and its picture from the committed figures."""
    figures, left_out = read(RESULTS)
    baseline = Baseline.read(BASELINE)
    reasons = [(x.model, x.board, x.goal, x.reason) for x in left_out]
    known = {f.key for f in figures} | {(x.model, x.board, x.goal) for x in left_out}
    todo = jobs(sorted({f.model for f in figures}), emulated(), reference)
    missing = [job for job in todo if (job.model, job.board, job.goal) not in known]
    reasons += [(job.model, job.board, job.goal, "not measured yet") for job in missing]
    text = markdown(figures, reasons, baseline, reference.board.name)
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    plot(figures, baseline, ROOT / "docs" / "benchmarks.svg")


def main(arguments: Sequence[str]) -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="measure a subset, compare")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the document")
    parser.add_argument("--models", nargs="+", metavar="NAME", help="these alone")
    parser.add_argument("--boards", nargs="+", metavar="NAME", help="these alone")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    options = parser.parse_args(arguments)
    reference = roomiest(emulated())
    if options.report:
        report(reference)
        return 0
    if not MODELS.is_dir():
        print(f"the corpus' models are left out: they are not in {MODELS}", file=sys.stderr)
    if options.check:
        return check(*run(checked_jobs(reference), options.jobs))
    names = options.models or [*sorted(p.stem for p in MODELS.glob("*_int8.tflite")), OWN]
    boards = [t for t in emulated() if not options.boards or t.board.name in options.boards]
    todo = jobs(names, boards, reference)
    if options.boards and reference.board.name not in options.boards:
        todo = [job for job in todo if job.board in options.boards]
    figures, left_out = run(todo, options.jobs)
    done = {(job.model, job.board, job.goal) for job in todo}
    old, old_excuses = read(RESULTS)
    figures += [f for f in old if f.key not in done]
    left_out += [x for x in old_excuses if (x.model, x.board, x.goal) not in done]
    write(figures, left_out, reference)
    return 1 if any(x.reason.startswith("WRONG") for x in left_out) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
