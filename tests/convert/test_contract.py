"""`convert --contract`: what is written prepares data as the model was trained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edgekit import builder, pipeline
from edgekit.errors import InputError
from edgekit.packaging import ConvertOptions
from tests.support.boards import roomiest
from tests.support.networks import residual_network
from tests.support.prepare import python_module
from tests.support.tflite_writer import write_tflite

CONTRACT = '[image]\nheight = 9\nwidth = 8\ncolours = "bgr"\nscale = [0.02]\noffset = [-3.0]\n'


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.tflite"
    path.write_bytes(write_tflite(residual_network()))
    return path


def options(model: Path, contract: str) -> ConvertOptions:
    path = model.with_name("contract.toml")
    path.write_text(contract)
    out = model.with_name("out")
    return ConvertOptions(str(model), roomiest().board.name, out, contract=path)


def test_the_preparation_is_part_of_the_project(model: Path, tmp_path: Path) -> None:
    folder = pipeline.convert(options(model, CONTRACT)).written.folder
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["contract"]["image"]["colours"] == "bgr"
    module = python_module((folder / "python/net_input.py").read_text(), tmp_path)
    assert module.prepare(np.zeros((4, 4, 3), np.uint8)).shape == (9, 8, 3)
    header = (folder / "firmware/models/net/net_input.h").read_text()
    assert "net_prepare" in header
    builder.build(folder / "firmware", folder / "b", host=True)


def test_another_shape_is_refused_and_nothing_written(model: Path) -> None:
    asked = options(model, CONTRACT.replace("9", "10"))
    with pytest.raises(InputError, match="makes 10x8x3, but the model net takes 9x8x3"):
        pipeline.convert(asked)
    assert not asked.out.exists()
