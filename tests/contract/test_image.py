"""Pictures: the C and the Python agree to the bit, and with what the network was trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.contract import Quantized, image
from tests.support.prepare import python_module, run_c

CASES = {
    "rgb": (image.Contract(5, 7, "rgb"), Quantized(1 / 255, -128)),
    "bgr, by channel": (
        image.Contract(6, 4, "bgr", (0.02, 0.01, 0.03), (-2.1, -1.0, -3.0)),
        Quantized(0.021, 3),
    ),
    "grey, areas": (
        image.Contract(9, 3, "grey", (1 / 127.5,), (-1.0,), "area"),
        Quantized(0.0078, -1),
    ),
    "bgr, areas": (image.Contract(6, 4, "bgr", resize="area"), Quantized(1 / 255, -128)),
    "grey": (image.Contract(9, 3, "grey", (1 / 127.5,), (-1.0,)), Quantized(0.0078, -1)),
}


@pytest.mark.parametrize("name", CASES)
def test_c_and_python_agree_to_the_bit(name: str, tmp_path: Path) -> None:
    contract, quant = CASES[name]
    random = np.random.default_rng(1)
    pictures = [
        random.integers(0, 256, (*size, 3), dtype=np.uint8)
        for size in (contract.shape[:2], (1, 1), (13, 5), (48, 64))
    ]
    module = python_module(contract.python_source(quant), tmp_path)
    outputs = run_c(contract, quant, pictures, tmp_path)
    for picture, output in zip(pictures, outputs, strict=True):
        expected = module.prepare(picture)
        assert expected.dtype == np.int8
        assert np.array_equal(output.reshape(contract.shape), expected)


def test_it_is_what_the_network_was_trained_on(tmp_path: Path) -> None:
    contract, quant = CASES["bgr, by channel"]
    picture = np.random.default_rng(2).integers(0, 256, contract.shape, dtype=np.uint8)
    module = python_module(contract.python_source(quant), tmp_path)
    real = contract(picture[:, :, ::-1])  # trained on blue first
    wanted = np.clip(np.round(real / np.float32(quant.scale)) + quant.zero_point, -128, 127)
    assert np.array_equal(module.prepare(picture), wanted)


def test_limits() -> None:
    assert image.Contract(2, 2, "grey", (-1.0,), (3.0,)).limits() == (-252.0, 3.0)


def test_an_area_is_the_mean_of_its_pixels() -> None:
    contract = image.Contract(2, 1, "rgb", (1.0,), resize="area")
    picture = np.zeros((4, 3, 3), np.uint8)
    picture[:2, :, 0] = [[0, 10, 20], [30, 40, 51]]
    assert contract.prepare(picture)[:, 0, 0].tolist() == [25.0, 0.0]


def test_a_picture_of_the_models_size_stays_as_it_is() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    for resize in ("nearest", "area"):
        contract = image.Contract(5, 7, "rgb", (1.0,), resize=resize)
        assert np.array_equal(contract.prepare(picture), picture)
