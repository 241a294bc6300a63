import pytest

from edgekit import child
from edgekit.child import Work
from edgekit.errors import InputError, ToolError
from tests.support.tensorflow import needs_tensorflow

WORK = Work("tests.support.worker", "the work", "the test", timeout_s=60.0)


class Heard:
    def __init__(self):
        self.events = []

    def stage(self, text, total=0):
        self.events.append((text, total))

    def advance(self):
        self.events.append("step")


@pytest.mark.parametrize(
    ("code", "log", "message"),
    [
        (-11, "noise\nWARNING: more noise", "converter crashed (SIGSEGV)"),
        (-9, "", "was killed (SIGKILL), usually because the memory ran out"),
        (1, "Traceback\nMemoryError: no\nnoise", "failed with exit code 1: MemoryError: no"),
    ],
)
def test_crash_in_words(code, log, message):
    error = child.crash("the converter", code, log)
    assert error.message.endswith(message)
    assert error.hint


def work(job, heard=None):
    with child.answered(WORK, job, heard) as (folder, answer):
        assert (folder / "job.json").is_file()
        return answer


class TestChild:
    pytestmark = needs_tensorflow

    def test_events_and_answer(self):
        heard = Heard()
        assert work({"what": "answer"}, heard) == {"value": 7}
        assert heard.events == [("counting", 2), "step", "step", ("done", 0)]

    def test_error(self):
        with pytest.raises(InputError, match="no good") as caught:
            work({"what": "refuse"})
        assert caught.value.hint == "try another"

    def test_out_of_memory(self):
        with pytest.raises(InputError, match=r"of this computer does not suffice.*PiB"):
            work({"what": "much memory"})

    def test_crash(self):
        with pytest.raises(ToolError, match=r"the work crashed \(SIGABRT\)"):
            work({"what": "abort"})

    def test_bug(self):
        with pytest.raises(ToolError, match="failed with exit code 1: ZeroDivisionError"):
            work({"what": "divide"})


def test_without_tensorflow(monkeypatch):
    monkeypatch.setattr(child.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ToolError, match="the test needs TensorFlow"):
        work({})


def test_out_of_memory_of_tensorflow():
    kind = type("ResourceExhaustedError", (Exception,), {})
    assert child.is_out_of_memory(kind("OOM"))
    assert not child.is_out_of_memory(ValueError())
