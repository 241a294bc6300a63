"""The whole way in one go: train, convert, build, verify, bench, and run on the emulated board.

    make demo          or          python examples/digits/demo.py

Every step is a command that you can type yourself; each is shown before it runs. The table at the
end has what came out. Exit code 1 if a single value differs anywhere, or a figure is worse than
expected.json says.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from edgekit import pipeline
from edgekit.ops.quantize import to_codes
from edgekit.quantize import look

HERE = Path(__file__).parent
BOARD = "netduino_plus_2"
CONSOLE = Console(highlight=False, width=None if sys.stdout.isatty() else 110)


@dataclass(frozen=True, slots=True)
class OnBoard:
    """Test pictures, sent through the serial link one by one.

    Attributes:
        samples: how many.
        accuracy: share of right answers, counted from the bytes that came back.
        seconds: wall clock, which says nothing of the real board's speed.
    """

    samples: int
    accuracy: float
    seconds: float


def main() -> int:
    """Run every step; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/demo"))
    parser.add_argument("--board", default=BOARD)
    parser.add_argument("--pictures", type=int, default=450, help="sent to the board; 100 or more")
    options = parser.parse_args()
    out: Path = options.out
    project = out / "firmware"
    start = time.monotonic()
    step("1. Train a depthwise-separable network on scikit-learn's digits")
    run([sys.executable, str(HERE / "train.py"), "--out", str(out)])
    step("2. Quantize it to int8 and generate C for the board")
    converted = edgekit(
        *["convert", out / "digits.keras", "--calibration", out / "calibration.npz"],
        *["--evaluate", out / "test.npz", "--board", options.board, "--out", project, "--force"],
    )
    step("3. Build the firmware, stand-alone, with the board's compiler")
    edgekit("build", project)
    step("4. Verify: every layer's output, bit by bit, on this computer and on the emulated board")
    verified = edgekit("verify", project)
    step("5. Measure it in the emulator")
    measured = edgekit("bench", project, "--emulate")
    step(f"6. Classify {options.pictures} test pictures on the board, through its serial port")
    on_board = classify(project, out / "test.npz", options.pictures)
    CONSOLE.print(f"{on_board.samples} pictures in {on_board.seconds:.0f} s")
    CONSOLE.print()
    CONSOLE.print(table(converted, verified, measured, on_board))
    CONSOLE.print(f"everything took {time.monotonic() - start:.0f} s; the firmware is in {project}")
    CONSOLE.print(f"next: edgekit run {project} --emulate", style="bold green")
    problems = disappointments(converted, verified, on_board)
    for problem in problems:
        CONSOLE.print(f"not as expected: {problem}", style="bold red")
    return 1 if problems else 0


def step(text: str) -> None:
    """A headline."""
    CONSOLE.print()
    CONSOLE.print(text, style="bold")


def run(command: list[str]) -> None:
    """Show a command and run it; end the demo if it fails."""
    CONSOLE.print(f"$ {shlex.join(command)}", style="cyan", soft_wrap=True)
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def edgekit(*words: object) -> Any:
    """Show an edgekit command, run it with --json, and return what it reports.

    Verify's exit code 1 (a mismatch) is told by the table; any other failure ends the demo.
    """
    command = [str(word) for word in words]
    CONSOLE.print(f"$ edgekit {shlex.join(command)}", style="cyan", soft_wrap=True)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "edgekit", *command, "--json"], stdout=subprocess.PIPE, check=False
    )
    answer: Any = {}
    with contextlib.suppress(json.JSONDecodeError):
        answer = json.loads(done.stdout)
    if done.returncode not in (0, 1) or "error" in answer or not answer:
        sys.stdout.buffer.write(done.stdout)
        sys.exit(done.returncode or 1)
    CONSOLE.print(f"done in {time.monotonic() - start:.1f} s", style="dim")
    return answer


def classify(project: Path, data: Path, count: int) -> OnBoard:
    """Send pictures to the emulated board and count the right answers that come back."""
    with np.load(data) as arrays:
        pictures, classes = arrays["x"][:count], arrays["y"][:count]
    taken = look((project / "model.tflite").read_bytes()).inputs[0]
    inputs = to_codes(pictures, taken.scale, taken.zero_point)
    start = time.monotonic()
    right = 0
    opened = pipeline.open_project(project)
    with pipeline.connected(opened, "emulator") as device:
        for picture, wanted in zip(inputs, classes, strict=True):
            device.write_inputs([picture.tobytes()])
            device.invoke()
            scores = np.frombuffer(device.read_output(0), np.int8)
            right += int(scores.argmax() == wanted)
    return OnBoard(len(inputs), right / len(inputs), time.monotonic() - start)


def table(converted: Any, verified: Any, measured: Any, on_board: OnBoard) -> Table:
    """What came out."""
    accuracy = converted["accuracy"]
    flash = measured["flash_bytes"]
    shown = Table(title=f"digits on {measured['board']}, emulated", title_justify="left")
    shown.add_column("what")
    shown.add_column("figure", justify="right")
    shown.add_column("how", style="dim")
    tested = f"{accuracy['samples']} test pictures"
    shown.add_row("accuracy, float", percent(accuracy["float_accuracy"]), f"{tested}, LiteRT")
    shown.add_row("accuracy, int8", percent(accuracy["int8_accuracy"]), f"{tested}, reference")
    shown.add_row(
        "accuracy, on board",
        percent(on_board.accuracy),
        f"{on_board.samples} test pictures through the UART",
    )
    for place in ("host", "emulator"):
        found = verified[place]
        same = "bit-exact" if found["mismatches"] == 0 else f"{found['mismatches']} differ"
        compared = f"{found['samples']} inputs x {found['tensors']} layers against TFLite Micro"
        shown.add_row(f"layers, {place}", same, compared)
    shown.add_row("instructions", f"{measured['instructions']:,}", "per inference")
    shown.add_row("MACs", f"{measured['macs']:,}", "per inference")
    shown.add_row("arena", f"{measured['arena_bytes']:,} B", "all activations")
    shown.add_row("stack", f"{measured['stack_bytes']:,} B", "high-water mark")
    shown.add_row(
        "flash",
        f"{flash['total']:,} B",
        f"{flash['weights']:,} B of weights, {flash['code']:,} B of code, harness included",
    )
    return shown


def percent(share: float) -> str:
    """A share as people write it."""
    return f"{100 * share:.2f} %"


def disappointments(converted: Any, verified: Any, on_board: OnBoard) -> list[str]:
    """What is not as it must be, in words."""
    expected = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
    accuracy = converted["accuracy"]
    found = [
        f"{verified[place]['mismatches']} outputs differ on the {place}"
        for place in ("host", "emulator")
        if verified[place]["mismatches"]
    ]
    found += [
        f"{kind.replace('_', ' ')} is {percent(accuracy[kind])}"
        for kind in ("float_accuracy", "int8_accuracy")
        if accuracy[kind] < expected["least"][kind]
    ]
    # The board computes what the reference does, so over the same pictures both are equal.
    if on_board.samples == accuracy["samples"] and on_board.accuracy != accuracy["int8_accuracy"]:
        found.append(f"the board is right in {percent(on_board.accuracy)}")
    if on_board.accuracy < expected["least"]["int8_accuracy"]:
        found.append(f"on-board accuracy is {percent(on_board.accuracy)}")
    return found


if __name__ == "__main__":
    sys.exit(main())
