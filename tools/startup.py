"""How long the quick verbs take to start, beyond what Python itself takes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODELS = ROOT.parent / "shared" / "corpus" / "models"
RUNS = 7
LIMIT_S = 0.3


def seconds(*arguments: str) -> float:
    """The median time of a Python process with these arguments."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print a line per verb."""
    bare = seconds("-c", "pass")
    print(f"{'python itself':24} {bare:6.3f} s (median of {RUNS})")
    verbs = [("--help",), ("boards",)]
    model = next(iter(sorted(MODELS.glob("*kws*.tflite"))), None)
    if model is not None:
        verbs.append(("inspect", str(model)))
    for words in verbs:
        extra = seconds("-m", "edgekit", *words) - bare
        verdict = "" if extra < LIMIT_S else f"  over the limit of {LIMIT_S} s"
        print(f"{'edgekit ' + words[0]:24} {extra:+6.3f} s{verdict}")


if __name__ == "__main__":
    main()
