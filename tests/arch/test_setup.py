"""What `make` installs is what `edgekit doctor` asks for."""

from pathlib import Path

from edgekit.cli._tools import MANAGERS, PROGRAMS

ROOT = Path(__file__).parents[2]


def test_doctor_knows_every_system_package():
    script = (ROOT / "tools" / "system-packages.sh").read_text()
    for program in PROGRAMS:
        assert set(program.packages) == set(MANAGERS)
        for package in program.packages.values():
            assert f" {package.removeprefix('--cask ')}" in script, package


def test_ci_runs_lint_and_tests():
    script = (ROOT / ".ci" / "run").read_text()
    assert "make lint" in script
    assert "make test" in script
