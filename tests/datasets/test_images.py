"""Pictures of the kinds that cameras and tools write."""

import numpy as np
import pytest

from edgekit import datasets
from edgekit.datasets import Form

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
GREY = np.arange(0, 256, 17, dtype=np.uint8).reshape(4, 4)


def as_kind(kind):
    """The same grey picture as another kind of file has it."""
    if kind == "16 bits":
        return Image.fromarray(GREY.astype(np.uint16) * 257)
    return Image.fromarray(GREY).convert(kind)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("L", "1.png"),
        ("RGB", "1.png"),
        ("RGBA", "1.png"),
        ("LA", "1.png"),
        ("P", "1.png"),
        ("L", "1.bmp"),
        ("16 bits", "1.png"),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_same_pixels(kind, name, channels, tmp_path):
    as_kind(kind).save(tmp_path / name)
    found = datasets.read(str(tmp_path), Form((4, 4, channels), 0.0, 255.0)).x
    np.testing.assert_allclose(found[0], np.repeat(GREY[..., None], channels, -1), atol=1.0)


def test_pixels_of_a_contract(tmp_path):
    as_kind("16 bits").save(tmp_path / "1.png")
    form = Form((4, 4, 1), pixels=lambda pixels: pixels[..., :1].astype(np.float32))
    assert datasets.read(str(tmp_path), form).x[0, ..., 0].tolist() == GREY.tolist()


def test_portable_greymap(tmp_path):
    """Of 10 bits, as some cameras write them."""
    values = (GREY.astype(np.uint16) * 4).astype(">u2")
    (tmp_path / "1.pgm").write_bytes(b"P5 4 4 1023\n" + values.tobytes())
    found = datasets.read(str(tmp_path), Form((4, 4, 1), 0.0, 255.0)).x
    np.testing.assert_allclose(found[0, ..., 0], GREY, atol=1.0)
