"""Models that are hostile or too large, made for the purpose."""

import shutil
import subprocess

import numpy as np
import pytest

from edgekit.cli import main
from edgekit.errors import ExitCode
from edgekit.ir import DType, Graph, Op, Quant, Tensor
from edgekit.ir.tensor import constant
from edgekit.ops import fully_connected, relu
from tests.support.tflite_writer import write_tflite

BOARD = "netduino_plus_2"
NASTY = [
    "*/ #error injected /*",
    '"; int injected = 1; //',
    "line\nbreak\r\n#error injected",
    "back\\slash \\\n#error injected",
    "??/\n#error injected",
    "../../../tmp/injected",
    "/etc/passwd",
    "{{ injected }} {% raw %} %s %d ${injected}",
    "\u05e9\u05dc\u05d5\u05dd \u6a21\u578b \U0001f600 \u202e",
    "\x1b[31m\x00\x07",
    "int",
    "9lives",
    "",
    "a" * 3000,
]


def chain(shape: tuple[int, ...], name: str, ops: int = 2) -> Graph:
    """RELU after RELU on one tensor shape; every name in it is `name`."""
    quant = Quant((0.05,), (0,))
    tensors = tuple(Tensor(name, DType.INT8, shape, quant) for _ in range(ops + 1))
    made = tuple(Op("RELU", name, (i,), (i + 1,), relu.Attrs()) for i in range(ops))
    return Graph(made, tensors, (0,), (ops,))


def convert(tmp_path, data: bytes, *more: str) -> tuple[int, object]:
    file = tmp_path / "model.tflite"
    file.write_bytes(data)
    out = tmp_path / "out"
    return main(["convert", str(file), "--board", BOARD, "--out", str(out), *more]), out


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_names_in_the_model(name, tmp_path, capsys):
    code, out = convert(tmp_path, write_tflite(chain((1, 8), name)))
    shown = capsys.readouterr()
    assert code == ExitCode.OK, shown.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.tflite", "out"]
    compiles(out, "model")


@pytest.mark.parametrize("name", NASTY[:8], ids=range(8))
def test_name_of_the_firmware(name, tmp_path, capsys):
    """--name becomes a C identifier, or is refused; it is never written as it is."""
    code, out = convert(tmp_path, write_tflite(chain((1, 8), "x")), "--name", name)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert code in (ExitCode.OK, ExitCode.INPUT), shown.err
    if code == ExitCode.OK:
        (made,) = (out / "firmware" / "models").iterdir()
        assert made.name.isidentifier()
        compiles(out, made.name)


def compiles(out, name):
    """The generated model is C that warns of nothing, and its header is C++ too."""
    if shutil.which("gcc") is None or shutil.which("g++") is None:
        pytest.skip("needs gcc and g++")
    firmware = out / "firmware"
    model = firmware / "models" / name
    include = ["-I", str(firmware), "-I", str(firmware / "include"), "-I", str(model)]
    flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", *include]
    c = ["gcc", "-std=c11", *flags, *map(str, sorted(model.glob("*.c")))]
    run = subprocess.run(c, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    cpp = ["g++", "-std=c++17", *flags, "-x", "c++", "-"]
    include_it = f'#include "{name}.h"\nint main() {{ {name}_invoke(); }}\n'
    run = subprocess.run(cpp, input=include_it, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_labels_that_are_hostile(tmp_path, capsys):
    labels = tmp_path / "labels.txt"
    lines = [name for name in NASTY if name.strip() and not set(name) & set("\n\r\x1b")]
    labels.write_text("\n".join(lines), encoding="utf-8")
    data = write_tflite(chain((1, len(lines)), "x"))
    code, out = convert(tmp_path, data, "--labels", str(labels))
    assert code == ExitCode.OK, capsys.readouterr().err
    compiles(out, "model")


def test_too_much_ram(tmp_path, capsys):
    code, out = convert(tmp_path, write_tflite(chain((1, 100_000), "huge/activation")))
    message = capsys.readouterr().err
    assert code == ExitCode.DOES_NOT_FIT
    assert f"does not fit {BOARD}" in message
    assert "too many" in message
    assert "RELU" in message
    assert "huge/activation" in message
    assert "mps2_an386" in message, "it names the boards that it fits"
    assert not out.exists()


def test_too_much_flash(tmp_path, capsys):

    quant = Quant((0.05,), (0,))
    weights = np.ones((1100, 1000), np.int8)
    tensors = (
        Tensor("in", DType.INT8, (1, 1000), quant),
        constant("w", weights, quant),
        Tensor("huge/dense", DType.INT8, (1, 1100), quant),
    )
    op = Op("FULLY_CONNECTED", "huge/dense", (0, 1), (2,), fully_connected.Attrs())
    code, out = convert(tmp_path, write_tflite(Graph((op,), tensors, (0,), (2,))))
    message = capsys.readouterr().err
    assert code == ExitCode.DOES_NOT_FIT
    assert "flash" in message
    assert "huge/dense" in message
    assert not out.exists()
