"""Every emulated board runs a real model, and every operator's output is the oracle's."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import pipeline, targets
from edgekit.errors import DoesNotFitError
from edgekit.packaging import ConvertOptions
from tests.support.corpus import corpus_path
from tests.support.tools import needs_emulator

BOARDS = [t.board.name for t in targets.all_boards() if t.board.emulator]
MODELS = ("kws_ref_model_int8", "hello_world_int8")  # the first one that fits

pytestmark = [pytest.mark.emulated, pytest.mark.slow]


@pytest.mark.parametrize("board", BOARDS)
def test_a_real_model(board: str, tmp_path: Path) -> None:
    needs_emulator(targets.load_board(board))
    for model in MODELS:
        source = str(corpus_path("models", f"{model}.tflite"))
        try:
            pipeline.convert(ConvertOptions(source=source, out=tmp_path / "out", board=board))
            break
        except DoesNotFitError:
            continue
    else:
        pytest.fail("not even the smallest model fits")
    found = pipeline.verify(tmp_path / "out", places=("emulator",), count=1)
    assert found.places["emulator"].mismatches == 0
    assert found.places["emulator"].first is None
