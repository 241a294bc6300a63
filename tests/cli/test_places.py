"""What is missing or silent: compilers, emulators, ports, boards; and being interrupted."""

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from edgekit.cli import main
from edgekit.errors import ExitCode
from tests.support.corpus import corpus_path

BOARD = "netduino_plus_2"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A converted model."""
    folder = tmp_path_factory.mktemp("places") / "out"
    source = corpus_path("models", "hello_world_int8.tflite")
    assert main(["convert", str(source), "--board", BOARD, "--out", str(folder)]) == ExitCode.OK
    return folder


def failing(capsys, *words: str) -> tuple[int, str]:
    code = main(list(words))
    text = capsys.readouterr().err
    assert "Traceback" not in text
    assert "this is a bug" not in text
    assert "error: " in text
    return code, text


def test_no_compiler(project, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    for words in (["build"], ["build", "--host"], ["verify", "--on", "host"]):
        code, text = failing(capsys, words[0], str(project), *words[1:])
        assert code == ExitCode.TOOL
        assert "not found" in text
        assert "install" in text


def only(folder: Path, *tools: str) -> str:
    """A PATH with nothing but these programs."""
    for tool in tools:
        found = shutil.which(tool)
        if found is None:
            pytest.skip(f"needs {tool}")
        (folder / tool).symlink_to(found)
    return str(folder)


def test_no_cross_compiler(project, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", only(tmp_path, "cmake", "ninja", "cc"))
    code, text = failing(capsys, "build", str(project))
    assert code == ExitCode.TOOL
    assert "arm-none-eabi-gcc" in text
    assert "install" in text


@pytest.mark.emulated
def test_no_emulator(project, capsys, monkeypatch, tmp_path):
    names = {Path(p).name for p in ("cmake", "ninja")}
    binutils = ["gcc", "ar", "ranlib", "ld", "objcopy", "objdump", "nm", "size", "strip", "as"]
    names |= {f"arm-none-eabi-{tool}" for tool in binutils}
    monkeypatch.setenv("PATH", only(tmp_path, *sorted(names)))
    for words in (["bench", "--emulate"], ["verify", "--on", "emulator"], ["run", "--emulate"]):
        code, text = failing(capsys, words[0], str(project), *words[1:])
        assert code == ExitCode.TOOL
        assert "qemu" in text
        assert "install" in text


@pytest.mark.parametrize("verb", ["bench", "run"])
def test_no_such_port(verb, project, capsys):
    code, text = failing(capsys, verb, str(project), "--port", "/dev/ttyNOPE")
    assert code == ExitCode.DEVICE
    assert "/dev/ttyNOPE" in text
    assert "edgekit ports" in text


def test_nobody_listens_on_the_socket(project, capsys):
    code, text = failing(capsys, "bench", str(project), "--port", "socket://127.0.0.1:1")
    assert code == ExitCode.DEVICE
    assert "127.0.0.1:1" in text


def test_a_port_that_is_no_port(project, capsys):
    code, _ = failing(capsys, "bench", str(project), "--port", "nonsense://x")
    assert code == ExitCode.DEVICE


def test_neither_emulator_nor_port(project, capsys):
    for words in ([], ["--emulate", "--port", "x"]):
        code, text = failing(capsys, "bench", str(project), *words)
        assert code == ExitCode.USAGE
        assert "--emulate" in text


@pytest.fixture
def silent_port():
    """A serial line that takes everything and never answers."""
    ours, theirs = pty.openpty()
    stop = threading.Event()

    def swallow() -> None:
        with contextlib.suppress(OSError):
            while not stop.is_set():
                os.read(ours, 4096)

    thread = threading.Thread(target=swallow, daemon=True)
    thread.start()
    yield os.ttyname(theirs)
    stop.set()
    os.close(theirs)
    os.close(ours)


def test_board_that_does_not_answer(silent_port, project, capsys):
    start = time.monotonic()
    code, text = failing(capsys, "bench", str(project), "--port", silent_port)
    assert code == ExitCode.DEVICE
    assert "answer" in text
    assert time.monotonic() - start < 60


def processes_with(word: str) -> list[str]:
    """Command lines of running processes that contain a word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if word in line:
            found.append(line)
    return found


def wait_for(condition, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.emulated
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_ends_the_emulator(number, project):
    # `run` waits for a command that never comes, with the emulator up.
    command = [sys.executable, "-m", "edgekit", "run", str(project), "--emulate"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        # Its command line ends with our ELF file; ours contains the folder but not the ELF.
        assert wait_for(lambda: processes_with(f"{project}/build/{BOARD}/console.elf"))
        time.sleep(0.5)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == ExitCode.INTERRUPTED, err
    assert "error: interrupted" in err
    assert "Traceback" not in err
    assert not processes_with(f"{project}/build/{BOARD}/console.elf")


def test_interruption_leaves_nothing_half_written(tmp_path):
    """Interrupted at whatever moment: the folder is whole or not there, and nothing beside it."""
    source = corpus_path("models", "person_detect_int8.tflite")
    for number, delay in enumerate((0.1, 0.3, 0.5, 0.7, 0.9, 1.2)):
        out = tmp_path / f"work{number}" / "out"
        command = [sys.executable, "-m", "edgekit", "convert", str(source)]
        command += ["--board", "mps2_an386", "--out", str(out)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        if out.exists():
            assert (out / "manifest.json").is_file()
            assert (out / "firmware" / "CMakeLists.txt").is_file()
        left = list(out.parent.iterdir()) if out.parent.exists() else []
        assert left in ([], [out])


@pytest.mark.emulated
def test_console_takes_lines_from_a_pipe(project):
    command = [sys.executable, "-m", "edgekit", "run", str(project), "--emulate"]
    done = subprocess.run(
        command, input="name\nprofile\nnonsense\n", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "m-name-dut-[" in done.stdout
    assert "m-profile-[ULPMark for tinyML Firmware" in done.stdout
    assert "e-[Unknown command: nonsense]" in done.stdout
    assert "system: Cortex-M" in done.stderr, "apart from the conversation"
    assert "warning:" not in done.stderr
