"""The examples run as their READMEs say, and give what they promise."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from edgekit import proc
from tests.support.corpus import corpus_path
from tests.support.firmware import needs_emulator
from tests.support.tensorflow import needs_tensorflow

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, *needs_emulator, *needs_tensorflow]


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """`python` and `edgekit` on the PATH are this interpreter and this checkout."""
    for name, words in (("python", ""), ("edgekit", "-m edgekit")):
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        script.chmod(0o755)
    return {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }


def mismatches(text: str) -> dict[str, int]:
    """Place -> wrong tensors, of the table that `verify` prints."""
    rows = re.findall(r"^\s*(host|emulator)\s+[\d,]+\s+\d+\s+([\d,]+) ", text, re.MULTILINE)
    return {place: int(count.replace(",", "")) for place, count in rows}


def test_demo(tmp_path, environment):
    demo = ROOT / "examples" / "digits" / "demo.py"
    done = proc.run([sys.executable, demo, "--out", tmp_path / "out"], cwd=ROOT, env=environment)
    accuracies = [
        float(value) for value in re.findall(r"accuracy, [\w ]+? │\s+([\d.]+) %", done.stdout)
    ]
    assert len(accuracies) == 3
    on_float, on_int8, on_board = accuracies
    assert on_float > 96
    assert on_board == on_int8 > 95
    assert done.stdout.count("bit-exact") == 2
    assert "450 test pictures through the UART" in done.stdout
    report = json.loads((tmp_path / "out" / "firmware" / "report.json").read_text())
    assert report


def test_demo_notices_what_is_worse_than_expected():
    import importlib.util

    spec = importlib.util.spec_from_file_location("demo", ROOT / "examples" / "digits" / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    demo = importlib.util.module_from_spec(spec)
    sys.modules["demo"] = demo
    try:
        spec.loader.exec_module(demo)
    finally:
        del sys.modules["demo"]
    accuracy = {"samples": 450, "float_accuracy": 0.99, "int8_accuracy": 0.98}
    right = {place: {"mismatches": 0} for place in ("host", "emulator")}
    good = demo.OnBoard(450, 0.98, 1.0)
    assert demo.disappointments({"accuracy": accuracy}, right, good) == []
    wrong = {**right, "emulator": {"mismatches": 3}}
    assert "3 outputs differ" in demo.disappointments({"accuracy": accuracy}, wrong, good)[0]
    off = demo.OnBoard(450, 0.97, 1.0)
    assert "97.00 %" in demo.disappointments({"accuracy": accuracy}, right, off)[0]
    poor = {**accuracy, "float_accuracy": 0.9}
    assert "90.00 %" in demo.disappointments({"accuracy": poor}, right, good)[0]


def test_keyword_spotting(tmp_path, environment):
    corpus_path("models", "kws_ref_model_int8.tflite")
    script = ROOT / "examples" / "keyword_spotting" / "run.sh"
    done = proc.run(["sh", script, tmp_path / "out"], env=environment)
    assert re.search(r"accuracy, int8\s+90\.10 %", done.stdout)
    assert mismatches(done.stdout) == {"host": 0, "emulator": 0}
    generated = (tmp_path / "out" / "firmware" / "firmware" / "models").rglob("*.[ch]")
    assert any('"Silence"' in path.read_text() for path in generated)


def test_keyword_spotting_without_the_model(tmp_path, environment):
    script = ROOT / "examples" / "keyword_spotting" / "run.sh"
    environment["MODEL"] = str(tmp_path / "none.tflite")
    done = proc.run(["sh", script, tmp_path / "out"], env=environment)
    assert "is untrained" in done.stdout
    assert mismatches(done.stdout) == {"host": 0, "emulator": 0}
