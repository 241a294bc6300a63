"""Writes README.md's transcript again: runs the commands and pastes what they really print.

python tools/transcript.py path/to/model.tflite BOARD
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
MARKED = re.compile(r"(<!-- transcript -->\n).*?(<!-- end transcript -->)", re.DOTALL)


def transcript(model: Path, board: str) -> str:
    """What a terminal shows for the way from a model to measured firmware."""
    commands = [
        f"edgekit inspect {model.name}",
        f"edgekit convert {model.name} --board {board} --out out",
        "edgekit build out",
        "edgekit verify out",
        "edgekit bench out --emulate",
    ]
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(model, folder)
        # The command of this environment, whatever the shell would find.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        for command in commands:
            done = subprocess.run(
                command.split(),
                cwd=folder,
                env={**os.environ, "PATH": path},
                # In a terminal the progress on stderr vanishes when it is done.
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                check=True,
            )
            lines.append(f"$ {command}")
            lines += [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
            lines.append("")
    return "\n".join(lines[:-1])


def main() -> None:
    """Put the transcript between its markers."""
    shown = transcript(Path(sys.argv[1]).resolve(), sys.argv[2])
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    new = MARKED.sub(lambda m: f"{m[1]}\n```console\n{shown}\n```\n\n{m[2]}", text)
    readme.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
