"""Programs that record how they were called and play what the real ones say."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgekit import proc


@dataclass
class Fakes:
    """A folder of fake programs, the only one on the PATH."""

    folder: Path

    def add(self, name: str, says: str = "", code: int = 0) -> None:
        """A program that prints `says` on stderr, as most of the real ones do, and ends."""
        log = self.folder / f"{name}.calls"
        script = (
            f"#!{sys.executable}\nimport json, sys\n"
            f"with open({str(log)!r}, 'a') as file:\n"
            "    file.write(json.dumps(sys.argv[1:]) + '\\n')\n"
            f"sys.stderr.write({says!r})\nsys.exit({code})\n"
        )
        path = self.folder / name
        path.write_text(script)
        path.chmod(0o755)

    def calls(self, name: str) -> list[list[str]]:
        """The arguments of every call so far."""
        log = self.folder / f"{name}.calls"
        return [json.loads(x) for x in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(proc, "_BESIDE", folder)  # where pip may have put the real ones
    return Fakes(folder)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An .elf and its .bin in a folder with a space; what is in them matters to nobody here."""
    folder = tmp_path / "some where"
    folder.mkdir()
    elf = folder / "console.elf"
    elf.write_bytes(b"\x7fELF")
    elf.with_suffix(".bin").write_bytes(bytes(range(256)) * 3)
    return elf
