import importlib.util
import re
import shutil

import pytest

from edgekit import proc
from edgekit.codegen import c_array
from edgekit.errors import InputError
from tests.support.tensorflow import digits_model, needs_tensorflow

DATA = bytes(range(256)) + b"\xff\x00"
MAIN = """#include "first.h"
#include "first.h"
#include "second.h"
#include <stdint.h>
#include <stdio.h>
int main(void)
{
    for (unsigned int i = 0; i < first_len; i++) {
        putchar(first[i]);
    }
    return ((uintptr_t)first % 16) + ((uintptr_t)second % 16) + (second_len != 3);
}
"""


def values(text: str) -> bytes:
    return bytes(int(value, 16) for value in re.findall(r"0x([0-9a-f]{2})\b", text))


@pytest.mark.parametrize(
    ("compiler", "suffix", "standard"), [("gcc", "c", "c11"), ("g++", "cpp", "c++11")]
)
def test_compiles_aligned_and_gives_the_bytes(tmp_path, compiler, suffix, standard):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    (tmp_path / "first.h").write_text(c_array.emit(DATA, "first"))
    (tmp_path / "second.h").write_text(c_array.emit(b"abc", "second"))
    main = tmp_path / f"main.{suffix}"
    main.write_text(MAIN)
    flags = [f"-std={standard}", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-pedantic"]
    proc.run([compiler, *flags, main, "-o", tmp_path / "main"])
    printed = tmp_path / "printed"
    proc.run(["sh", "-c", f"'{tmp_path / 'main'}' > '{printed}'"])
    assert printed.read_bytes() == DATA


def test_form():
    text = c_array.emit(DATA, "my-model")
    assert text.startswith("#ifndef MY_MODEL_TFLITE_H\n#define MY_MODEL_TFLITE_H\n")
    assert "const unsigned char my_model[] = {" in text
    assert "const unsigned int my_model_len = 258;" in text
    assert values(text) == DATA
    assert max(map(len, text.splitlines())) <= 100


def test_names_cannot_inject():
    text = c_array.emit(b"x", '*/ #error "\n;')
    assert "*/ #error" not in text
    assert "const unsigned char error[]" in text


def test_tinymlgen_form():
    text = c_array.emit(b"\x1c\x00\xff", "net", "tinymlgen")
    assert "\nconst unsigned char net[] DATA_ALIGN_ATTRIBUTE = {0x1c, 0x00, 0xff};\n" in text
    assert text.endswith("\nconst int net_len = 3;")


class TestTinymlgen:
    pytestmark = needs_tensorflow

    def test_equals_the_package(self):
        for name in ("tinymlgen", "hexdump"):
            if importlib.util.find_spec(name) is None:
                pytest.skip(f"{name} is not installed (pip install 'edgekit[tinymlgen]')")
        import tinymlgen

        theirs = tinymlgen.port(digits_model(), optimize=False, variable_name="net")
        model = values(theirs)
        assert model[4:8] == b"TFL3"
        assert c_array.emit(model, "net", "tinymlgen") == theirs


def test_refusals():
    with pytest.raises(InputError, match="at least one byte"):
        c_array.emit(b"", "net")
    with pytest.raises(InputError) as caught:
        c_array.emit(b"x", "net", "tinymlgn")  # type: ignore[arg-type]
    assert "tinymlgen" in caught.value.hint
