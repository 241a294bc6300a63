"""The quick verbs import nothing slow."""

import json
import subprocess
import sys

import pytest

from tests.support.corpus import corpus_path

SLOW = ["tensorflow", "keras", "ai_edge_litert", "tflite_micro", "sklearn", "PIL", "jinja2"]
PROGRAM = """
import json, sys
from edgekit.cli import main
code = main(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(name.partition(".")[0] for name in sys.modules)]), file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """The top-level modules that a verb has imported by its end."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(words)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    code, modules = json.loads(result.stderr.splitlines()[-1])
    assert code == 0, result.stdout + result.stderr
    return set(modules)


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["completion", "bash"]])
def test_help(words):
    assert not loaded(*words) & {*SLOW, "numpy", "rich", "elftools"}


@pytest.mark.parametrize("words", [["boards"], ["boards", "--json"], ["models"], ["ports"]])
def test_lists(words):
    assert not loaded(*words) & {*SLOW, "numpy", "elftools"}


def test_help_imports_no_verb():
    program = "import sys; from edgekit.cli import main; main(['--help']); print(*sys.modules)"
    command = [sys.executable, "-c", program]
    modules = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "edgekit.cli._group" in modules
    assert "edgekit.cli.boards" not in modules


def test_inspect():
    model = corpus_path("models", "kws_ref_model_int8.tflite")
    assert not loaded("inspect", str(model), "--json") & set(SLOW)
