import pytest

from edgekit import child
from edgekit.child import Work
from edgekit.errors import InputError, OutOfMemoryError, ToolError
from tests.support.tensorflow import needs_tensorflow

WORK = Work("tests.support.worker", "the work", "the test", "do less", timeout_s=60.0)


class Heard:
    def __init__(self):
        self.events = []

    def stage(self, text, total=0):
        self.events.append((text, total))

    def advance(self):
        self.events.append("step")


@pytest.mark.parametrize(
    ("code", "log", "kind", "message"),
    [
        (-11, "noise\nWARNING: more noise", ToolError, "work crashed (SIGSEGV)"),
        (1, "Error: no\nnoise", ToolError, "failed with exit code 1: Error: no"),
        (-9, "", OutOfMemoryError, "was killed (SIGKILL), usually because the memory ran out"),
        (1, "MemoryError: no\nnoise", OutOfMemoryError, "ran out of memory: MemoryError: no"),
        (-6, "what():  std::bad_alloc", OutOfMemoryError, "memory: what():  std::bad_alloc"),
    ],
)
def test_crash_in_words(code, log, kind, message):
    error = child.crash(WORK, code, log)
    assert type(error) is kind
    assert error.message.endswith(message)
    assert error.hint
    assert (error.hint == "do less") == (kind is OutOfMemoryError)


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
        with pytest.raises(OutOfMemoryError, match=r"of this computer does not suf.*PiB") as caught:
            work({"what": "much memory"})
        assert caught.value.hint == "do less"

    def test_killed(self):
        with pytest.raises(OutOfMemoryError, match=r"the work was killed \(SIGKILL\)"):
            work({"what": "be killed"})

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
    kind = type("ResourceExhaustedError", (Exception,), {"__module__": "tensorflow.python"})
    assert child.is_out_of_memory(kind("no room"))
    other = type("InvalidArgumentError", (Exception,), {"__module__": "tensorflow.python"})
    error = other("Graph execution error:\n\nCannot parse tensor from proto: dtype")
    assert child.is_out_of_memory(error)
    assert child.out_of_memory(error).message.endswith("Cannot parse tensor from proto: dtype")
    assert not child.is_out_of_memory(other("Incompatible shapes"))
    assert not child.is_out_of_memory(ValueError("OOM"))
