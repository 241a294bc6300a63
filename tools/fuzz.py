"""Differential fuzzing: random layers and networks, every kernel of every core, exact equality.

A round draws layers and networks from its seed, compiles each with every kernel that the round's
core has for it, and compares every output byte with the numpy reference: on the PC (the kernels' C,
with the address and undefined-behaviour sanitizers) and on the emulated board (their assembler).
Rounds are drawn until the time is over. A failure prints the command that repeats its round.
"""

from __future__ import annotations

import argparse
import itertools
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the generators are the tests' own

from edgekit import builder, emulators, layout, targets, transports  # noqa: E402 - needs the path
from edgekit.emulators import Link, host  # noqa: E402
from edgekit.errors import DoesNotFitError, EdgekitError  # noqa: E402
from edgekit.ir import DType  # noqa: E402
from edgekit.targets import Target  # noqa: E402
from tests.support.boards import roomiest_of_each_core  # noqa: E402
from tests.support.cases import Case  # noqa: E402
from tests.support.kernel_bundle import write_bundle  # noqa: E402
from tests.support.laid_out_networks import laid_out_network  # noqa: E402
from tests.support.random_cases import OPS, OPS_OF_INT16, WIDE, random_cases  # noqa: E402
from tests.support.random_networks import random_network  # noqa: E402

#: Weighted sums have most kernels and most ways to be wrong.
SUMS = ("conv_2d", "depthwise_conv_2d", "fully_connected")
LAYERS, NETWORKS = 5, 2
#: Of int16 activations, beside those of int8.
WIDE_LAYERS, WIDE_NETWORKS = 2, 1
ANSWER_S = 120.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round compares."""

    seed: int
    board: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        compared: models with one kernel each.
        problem: empty if all outputs were right.
    """

    round: Round
    compared: int
    problem: str


def cases_of(seed: int) -> list[Case]:
    """The layers and networks of a seed."""
    ops = [*SUMS, OPS[seed % len(OPS)], SUMS[seed % len(SUMS)]][:LAYERS]
    found = [random_cases(op, 1, seed * LAYERS + number, WIDE)[0] for number, op in enumerate(ops)]
    for number in range(NETWORKS):
        graph = random_network(seed * NETWORKS + number, length=9)
        found.append(Case("network", f"{seed}_{number}", graph))
    found.append(Case("layouts", str(seed), laid_out_network(seed)))
    return found + wide_cases_of(seed)


def wide_cases_of(seed: int) -> list[Case]:
    """Those of int16 activations."""
    ops = [SUMS[seed % len(SUMS)], OPS_OF_INT16[seed % len(OPS_OF_INT16)]]
    found: list[Case] = []
    for number, op in enumerate(ops, seed * WIDE_LAYERS):
        found += random_cases(op, 1, number, WIDE, DType.INT16)
    for number in range(seed * WIDE_NETWORKS, (seed + 1) * WIDE_NETWORKS):
        graph = random_network(number, length=9, dtype=DType.INT16)
        found.append(Case("int16_network", str(number), graph))
    return found


def play(todo: Round) -> Outcome:
    """Compile, run and compare a round."""
    compared, problem = 0, ""
    try:
        compared, problem = compare(todo, cases_of(todo.seed))
    except EdgekitError as error:
        problem = str(error)
    except Exception as error:  # a crash of the compiler is a finding, too
        problem = f"{type(error).__name__}: {error}"
    return Outcome(todo, compared, problem)


def compare(todo: Round, cases: Sequence[Case]) -> tuple[int, str]:
    """How many models were compared, and what was wrong with them.

    All kernels of all cases together may be too large for a board: then each half goes alone, and
    what is still too large is compared on the host only.
    """
    target = targets.load_board(todo.board)
    # Every other round with as many tensors as can be otherwise than as NHWC.
    lay_out = layout.forced if todo.seed % 2 else layout.never
    with tempfile.TemporaryDirectory(prefix="edgekit-fuzz-") as place:
        folder = Path(place)
        compared = write_bundle(folder / "fw", cases, target, samples=2, lay_out=lay_out)
        firmware = builder.build(folder / "fw", folder / "host", host=True, sanitize=True)
        with host.running(firmware.elf, target) as link:
            problem = answer(link, compared)
        if problem or target.board.emulator is None:
            return compared, problem
        try:
            firmware = builder.build(folder / "fw", folder / "board")
        except DoesNotFitError:
            if len(cases) == 1:
                return compared, ""  # on the host alone
            half = len(cases) // 2
            parts = [compare(todo, part) for part in (cases[:half], cases[half:])]
            return sum(each for each, _ in parts), "".join(found for _, found in parts)
        with emulators.running(firmware.elf, target, count=False) as link:
            return compared, answer(link, compared)


def answer(link: Link, count: int) -> str:
    """What the runner says was wrong."""
    text = b""
    end = time.monotonic() + ANSWER_S
    with transports.open_link(link.url, link.baud) as line:
        line.timeout = 1.0
        while b"cases " not in text or not text.endswith(b"\n"):
            if time.monotonic() > end:
                return f"no answer: {text!r}"
            if not text:
                line.write(b"!")
            text += line.read(256)
    said = text.decode(errors="replace")
    return "" if said == f"cases {count} failed 0\n" else said


def rounds(first: int, boards: Sequence[str]) -> Iterator[Round]:
    """Without an end: every board in turn, each time with a new seed."""
    for number in itertools.count():
        yield Round(first + number, boards[number % len(boards)])


def fuzz(todo: Iterator[Round], seconds: float, jobs: int) -> list[Outcome]:
    """Play rounds until the time is over; those that run then are finished."""
    done: list[Outcome] = []
    end = time.monotonic() + seconds
    with ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(play, next(todo)) for _ in range(jobs)}
        while running:
            finished = next(as_completed(running))
            running.remove(finished)
            done.append(finished.result())
            report(done[-1])
            if time.monotonic() < end:
                running.add(pool.submit(play, next(todo)))
    return done


def report(outcome: Outcome) -> None:
    """A line a round, and how to repeat one that failed."""
    seed, board = outcome.round.seed, outcome.round.board
    print(f"seed {seed} {board}: {outcome.compared} models", "WRONG" * bool(outcome.problem))
    if outcome.problem:
        print(outcome.problem, file=sys.stderr)
        again = f"tools/fuzz.py --seed {seed} --boards {board} --seconds 0 --jobs 1"
        print(f"again: python {again}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="default: 120")
    parser.add_argument("--seed", type=int, help="of the first round (default: a new one)")
    parser.add_argument("--boards", nargs="+", metavar="NAME", help="default: one of each core")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    options = parser.parse_args(arguments)
    names = options.boards or [t.board.name for t in roomiest_of_each_core() if usable(t)]
    seed = secrets.randbelow(10**6) * 1000 if options.seed is None else options.seed
    done = fuzz(rounds(seed, names), options.seconds, options.jobs)
    wrong = [outcome for outcome in done if outcome.problem]
    print(
        f"{sum(o.compared for o in done)} models in {len(done)} rounds, {len(wrong)} rounds wrong"
    )
    return 1 if wrong else 0


def usable(target: Target) -> bool:
    """Whether it can be run here."""
    return target.board.emulator is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
