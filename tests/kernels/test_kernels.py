"""Every kernel x its cases x the numpy reference, exact equality, on the host and emulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import proc
from edgekit.targets import Target
from tests.support.cases import load_cases, ops_with_cases
from tests.support.kernel_bundle import FLAGS, KERNELS, include_flags, write_bundle

SANITIZE = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


@pytest.mark.parametrize("op", ops_with_cases())
def test_host(op: str, tmp_path: Path, any_target: Target) -> None:
    cases = load_cases(op)
    sources = write_bundle(tmp_path, cases, any_target, samples=2)
    program = tmp_path / "runner"
    includes = include_flags(tmp_path)
    gcc = proc.find("gcc")
    proc.run([gcc, *FLAGS, *SANITIZE, *includes, *sources, KERNELS / "main_host.c", "-o", program])
    result = proc.run([program], check=False)
    assert f"cases {len(cases)} failed 0" in result.stdout, result.stdout + result.stderr
    assert result.returncode == 0
