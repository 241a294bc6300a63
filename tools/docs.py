"""Writes the generated parts of README.md and docs/ again; `--check` only says what is stale.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from edgekit import targets
from edgekit.cli import _reference
from edgekit.report import boards, ops

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
PARTS: dict[str, Callable[[], str]] = {
    "boards": lambda: boards.table(targets.all_boards()).markdown(),
    "board pages": lambda: boards.markdown(targets.all_boards()),
    "ops": lambda: ops.table().markdown(),
    "op rules": ops.markdown,
    "verbs": _reference.verbs,
    "exit codes": _reference.exit_codes,
    "layers": lambda: layers((ROOT / "pyproject.toml").read_text(encoding="utf-8")),
}
MARKED = re.compile(r"(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def layers(pyproject: str) -> str:
    """import-linter's contract, as it stands in pyproject.toml."""
    found = re.search(r"^layers = \[\n(.*?)^\]", pyproject, re.DOTALL | re.MULTILINE)
    assert found is not None, "pyproject.toml has no layers"
    lines = [line.strip(' ",').replace("edgekit.", "") for line in found[1].splitlines()]
    return "```\n" + "\n".join(lines) + "\n```"


def renewed(text: str) -> str:
    """A document's text with its generated parts made anew."""
    return MARKED.sub(lambda m: f"{m[1]}\n{PARTS[m[2]]().strip()}\n\n{m[3]}", text)


def main(check: bool) -> int:
    """Renew the files, or list the stale ones; returns the exit code."""
    stale = []
    for path in FILES:
        old = path.read_text(encoding="utf-8")
        new = renewed(old)
        if new != old:
            stale.append(path.relative_to(ROOT))
            if not check:
                path.write_text(new, encoding="utf-8")
    for path in stale:
        print(f"{path}: {'stale, run `make docs`' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
