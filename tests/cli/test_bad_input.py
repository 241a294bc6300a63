"""What users get wrong: an exit code and a message each, never a traceback, never half a result."""

import random
import re

import pytest

from edgekit.cli import main
from edgekit.errors import ExitCode
from tests.support.corpus import corpus_path

MODEL = ("models", "hello_world_int8.tflite")
BOARD = "netduino_plus_2"
REFUSED = {ExitCode.INPUT, ExitCode.UNSUPPORTED, ExitCode.DOES_NOT_FIT}


@pytest.fixture
def out(tmp_path):
    return tmp_path / "work" / "out"


def convert(source, out, *more: str) -> int:
    return main(["convert", str(source), "--board", BOARD, "--out", str(out), *more])


def message(capsys) -> str:
    """The error as printed; fails on anything that looks like a traceback or a bug."""
    shown = capsys.readouterr()
    text = shown.out + shown.err
    assert "Traceback" not in text
    assert "this is a bug" not in text
    return text


def assert_nothing_written(out):
    assert not out.exists()
    assert not out.parent.exists() or not list(out.parent.iterdir())


DAMAGED = {
    "empty": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "only_a_header": lambda data: data[:8],
    "random": lambda data: random.Random(1).randbytes(5000),
    "random_behind_the_identifier": lambda data: data[:8] + random.Random(2).randbytes(5000),
    "text": lambda data: b"#!/bin/sh\necho hello\n",
}


@pytest.mark.parametrize("damage", sorted(DAMAGED))
@pytest.mark.parametrize("verb", ["inspect", "convert"])
def test_damaged_file(damage, verb, tmp_path, out, capsys):
    file = tmp_path / "model.tflite"
    file.write_bytes(DAMAGED[damage](corpus_path(*MODEL).read_bytes()))
    code = main(["inspect", str(file)]) if verb == "inspect" else convert(file, out)
    text = message(capsys)
    assert code == ExitCode.INPUT, text
    assert re.search(r"^error: ", text, re.MULTILINE)
    assert_nothing_written(out)


def corrupted(seed: int) -> bytes:
    """The model with one byte changed."""
    chance = random.Random(seed)
    data = bytearray(corpus_path(*MODEL).read_bytes())
    data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    return bytes(data)


@pytest.mark.parametrize("first", range(0, 100, 20))
def test_single_byte_corruption(first, tmp_path, capsys):
    """An error in the user's words, or firmware; which of both depends on the byte."""
    file = tmp_path / "model.tflite"
    codes = set()
    for seed in range(first, first + 20):
        file.write_bytes(corrupted(seed))
        out = tmp_path / f"out{seed}"
        code = convert(file, out, "--name", "model")
        text = message(capsys)
        assert code in {ExitCode.OK, *REFUSED}, f"seed {seed}: {text}"
        assert out.exists() == (code == ExitCode.OK)
        codes.add(code)
    assert ExitCode.OK in codes, "most bytes are weights: some corruption must still convert"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, 100, 7))
def test_what_a_corrupted_model_computes(seed, tmp_path, out, capsys):
    """Where the file still is a model, the firmware computes that very model."""
    file = tmp_path / "model.tflite"
    file.write_bytes(corrupted(seed))
    if convert(file, out, "--name", "model") == ExitCode.OK:
        code = main(["verify", str(out), "--on", "host", "--samples", "2"])
        text = message(capsys)
        # TFLite Micro's parser also reads what edgekit ignores, and may refuse that.
        assert code == ExitCode.OK or "TFLite Micro refuses the model" in text, text


def test_missing_file(out, capsys):
    assert convert("nowhere.tflite", out) == ExitCode.INPUT
    assert "nowhere.tflite" in message(capsys)
    assert main(["inspect", "nowhere.tflite"]) == ExitCode.INPUT
    assert "nowhere.tflite" in message(capsys)


def test_unknown_kind_of_source(tmp_path, out, capsys):
    file = tmp_path / "model.pt"
    file.write_bytes(b"PK")
    assert convert(file, out) == ExitCode.INPUT
    assert ".tflite" in message(capsys)
    assert_nothing_written(out)


def test_unknown_board(out, capsys):
    source = str(corpus_path(*MODEL))
    code = main(["convert", source, "--board", "netduino_plus2", "--out", str(out)])
    assert code == ExitCode.INPUT
    assert "did you mean 'netduino_plus_2'?" in message(capsys)
    assert_nothing_written(out)


def test_destination_exists(out, capsys):
    out.mkdir(parents=True)
    (out / "thesis.txt").write_text("mine")
    assert convert(corpus_path(*MODEL), out) == ExitCode.INPUT
    assert "--out" in message(capsys)
    assert [p.name for p in out.iterdir()] == ["thesis.txt"]


def test_destination_converted_before(out, capsys):
    assert convert(corpus_path(*MODEL), out) == ExitCode.OK
    assert convert(corpus_path(*MODEL), out) == ExitCode.INPUT
    assert "--force" in message(capsys)
    stub = out / "firmware" / "apps" / "stub" / "main.c"
    stub.write_text("/* mine */\n")
    assert convert(corpus_path(*MODEL), out, "--force") == ExitCode.OK
    assert stub.read_text() == "/* mine */\n"
    assert "apps/stub/main.c" in message(capsys)


def test_destination_can_not_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert convert(corpus_path(*MODEL), tmp_path / "file" / "out") == ExitCode.INPUT
    assert "file" in message(capsys)


def test_folder_that_convert_did_not_make(tmp_path, capsys):
    for verb in (["build"], ["verify"], ["bench", "--emulate"], ["run", "--emulate"], ["flash"]):
        assert main([verb[0], str(tmp_path), *verb[1:]]) == ExitCode.INPUT, verb
        assert "convert" in message(capsys)


def test_float_tflite(out, capsys):
    assert convert(corpus_path("models", "hello_world_float.tflite"), out) == ExitCode.UNSUPPORTED
    assert "float" in message(capsys)
    assert_nothing_written(out)


def test_float_model_without_calibration(out, capsys):
    assert convert(corpus_path("keras", "resnet8.h5"), out) == ExitCode.INPUT
    assert "--calibration" in message(capsys)
    assert_nothing_written(out)


def test_zoo_without_calibration(out, capsys):
    assert convert("zoo:ds_cnn", out) == ExitCode.INPUT
    assert "--calibration" in message(capsys)


def test_unknown_architecture(out, capsys):
    assert convert("zoo:ds_cn", out) == ExitCode.INPUT
    assert "did you mean 'ds_cnn'?" in message(capsys)


def test_wrong_number_of_labels(tmp_path, out, capsys):
    labels = tmp_path / "labels.txt"
    labels.write_text("a\nb\n")
    code = convert(corpus_path("models", "kws_ref_model_int8.tflite"), out, "--labels", str(labels))
    assert code == ExitCode.INPUT
    assert "labels" in message(capsys)
    assert_nothing_written(out)


def test_data_that_do_not_fit(tmp_path, out, capsys):
    assert convert(corpus_path(*MODEL), out) == ExitCode.OK
    data = tmp_path / "x.npy"
    data.write_bytes(b"not numpy")
    assert main(["verify", str(out), "--data", str(data)]) == ExitCode.INPUT
    assert "x.npy" in message(capsys)
    assert main(["verify", str(out), "--data", str(tmp_path / "none.npz")]) == ExitCode.INPUT
    assert "none.npz" in message(capsys)


def test_same_bytes_out(tmp_path):
    for name in ("a", "b"):
        assert convert(corpus_path(*MODEL), tmp_path / name) == ExitCode.OK
    trees = [
        {
            p.relative_to(tmp_path / name): p.read_bytes()
            for p in sorted((tmp_path / name).rglob("*"))
            if p.is_file()
        }
        for name in ("a", "b")
    ]
    assert trees[0] == trees[1]


def test_tinymlgens_format(out, capsys):
    assert convert(corpus_path(*MODEL), out, "--c-array", "tinymlgen", "--name", "m") == ExitCode.OK
    text = (out / "m_tflite.h").read_text()
    assert "DATA_ALIGN_ATTRIBUTE" in text
    assert re.search(r"const int \w+_len = 2704;", text)
