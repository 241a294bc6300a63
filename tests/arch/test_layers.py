"""Imports point downward; import-linter's contract in pyproject.toml says which way that is."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_layers():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_package_has_a_layer():
    contract = (ROOT / "pyproject.toml").read_text()
    packages = {p.parent.name for p in (ROOT / "edgekit").glob("*/__init__.py")}
    assert not {name for name in packages if f"edgekit.{name}" not in contract}


# Modules of classes derived from Keras': they can't be defined without it.
OF_KERAS = {"edgekit/quantize/_fake_quant.py"}


def test_modules_of_keras_are_imported_inside_functions():
    names = "|".join(Path(path).stem for path in OF_KERAS)
    found = re.compile(rf"^(from|import) .*\b({names})\b", re.MULTILINE)
    for path in (ROOT / "edgekit").rglob("*.py"):
        assert not found.search(path.read_text()), f"{path} imports Keras when it is loaded"


def test_only_doors_import_tensorflow():
    doors = {"importers", "quantize", "compress", "models", "train"}
    words = ("import tensorflow", "from tensorflow", "import keras", "from keras")
    for path in sorted((ROOT / "edgekit").rglob("*.py")):
        if path.relative_to(ROOT).as_posix() in OF_KERAS:
            continue
        family = path.relative_to(ROOT / "edgekit").parts[0]
        for line in path.read_text().splitlines():
            if line.strip().startswith(words):
                assert family in doors, f"{path} imports TensorFlow"
                assert line.startswith(" "), f"{path}: TensorFlow is imported inside functions only"


STARTS = re.compile(
    r"subprocess\.(run|call|check_call|check_output|getoutput|Popen)\("
    r"|from subprocess import|os\.(system|popen|exec\w*|spawn\w*|fork)\("
)


def test_only_proc_starts_programs():
    for path in sorted((ROOT / "edgekit").rglob("*.py")):
        found = STARTS.search(path.read_text())
        where = f"{path}: {found[0] if found else ''}: programs are started by proc.py"
        assert found is None or path.name == "proc.py", where


def test_one_module_writes_results():
    """Results go through output.py; others write only what they say to a child process."""
    words = ("write_text(", "write_bytes(", ".mkdir(")
    for path in sorted((ROOT / "edgekit").rglob("*.py")):
        text = path.read_text()
        child = path.name.endswith("_worker.py") or "TemporaryDirectory(" in text
        if path.name != "output.py" and not child:
            assert not any(word in text for word in words), f"{path} writes files"
