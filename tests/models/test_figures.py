"""The measured figures of the zoo are those of the networks as they are now."""

import importlib.util
from pathlib import Path

import pytest

from edgekit import models, registry, targets
from edgekit.report import zoo
from tests.support.tensorflow import needs_tensorflow

TOOL = Path(__file__).parents[2] / "tools" / "zoo.py"


def test_every_architecture_was_measured():
    assert sorted(models.figures()) == registry.names("edgekit.models")


def test_where_they_fit():
    boards = targets.all_boards()
    found = {e.source: e for e in zoo.entries({"mlp": "", "new": ""}, models.figures(), boards)}
    assert len(found["zoo:mlp"].boards) == len(boards), "the smallest fits everywhere"
    assert found["zoo:new"].boards == ()
    large = zoo.entries({"mobilenet_v2": ""}, models.figures(), boards)[0]
    assert 0 < len(large.boards) < len(boards)


class TestBuilt:
    pytestmark = needs_tensorflow

    @pytest.mark.parametrize("name", registry.names("edgekit.models"))
    def test_parameters(self, name):
        model = models.build(models.parse_url(f"zoo:{name}"))
        assert model.count_params() == models.figures()[name].parameters

    def test_measured_again(self):
        """The cheapest one; `python tools/zoo.py` measures all."""
        spec = importlib.util.spec_from_file_location("zoo_tool", TOOL)
        assert spec is not None
        assert spec.loader is not None
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        now, before = tool.measured("mlp"), models.figures()["mlp"]
        for field in ("parameters", "macs", "arena_bytes", "input_bytes"):
            assert getattr(now, field) == getattr(before, field), "run: python tools/zoo.py"
        # The rest follows the converter's and the kernels' versions.
        for field in ("tflite_bytes", "constant_bytes"):
            assert getattr(now, field) == pytest.approx(getattr(before, field), rel=0.1)
