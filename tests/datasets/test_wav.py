import struct
import wave

import numpy as np
import pytest

from edgekit import datasets
from edgekit.datasets import Form
from edgekit.errors import InputError


def save(path, values, *, width=2, rate=16000, channels=1):
    """Write whole numbers of `width` bytes as PCM."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(int(v).to_bytes(width, "little", signed=width > 1) for v in values)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)


class Mean:
    """A front end of one number."""

    sample_rate_hz = 16000
    window = 4

    def __call__(self, wave):
        assert wave.shape == (4,)
        return wave.mean(keepdims=True)


def test_folder_with_classes(tmp_path):
    save(tmp_path / "no" / "1.wav", [0, 0])
    save(tmp_path / "yes" / "1.wav", [-32768, 16384])
    data = datasets.read(str(tmp_path))
    assert data.x.tolist() == [[0, 0], [-1, 0.5]]
    assert data.labels == ("no", "yes")
    assert data.y is not None
    assert data.y.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("width", "values"), [(1, [0, 192]), (2, [-(2**15), 2**14]), (3, [-(2**23), 2**22])]
)
def test_widths(tmp_path, width, values):
    save(tmp_path / "1.wav", values, width=width)
    assert datasets.read(str(tmp_path)).x.tolist() == [[-1, 0.5]]


def riff(kind, width, values, extensible=False):
    """A .wav of one channel as recorders write it, with a chunk that nobody needs."""
    rate = 16000
    code = 0xFFFE if extensible else kind
    head = struct.pack("<HHIIHH", code, 1, rate, rate * width, width, 8 * width)
    if extensible:  # size, valid bits, speakers, and a GUID that begins with the format
        head += struct.pack("<HHIH", 22, 8 * width, 4, kind) + bytes(14)
    chunks = [(b"fmt ", head), (b"LIST", b"odd"), (b"data", values)]
    body = b"".join(
        struct.pack("<4sI", name, len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


@pytest.mark.parametrize(
    ("kind", "width", "extensible", "data"),
    [
        (3, 4, False, np.array([-1, 0.5], "<f4").tobytes()),
        (3, 8, True, np.array([-1, 0.5], "<f8").tobytes()),
        (1, 3, True, b"\0\0\x80\0\0\x40"),
        (1, 4, False, np.array([-(2**31), 2**30], "<i4").tobytes()),
    ],
)
def test_formats(kind, width, extensible, data, tmp_path):
    (tmp_path / "1.wav").write_bytes(riff(kind, width, data, extensible))
    assert datasets.read(str(tmp_path)).x.tolist() == [[-1, 0.5]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (riff(3, 4, np.array([np.nan], "<f4").tobytes()), "no numbers"),
        (riff(2, 1, b"12"), "unknown format 2 of 8 bits"),
        (riff(1, 2, b"12")[:40], "it is cut off"),
        (riff(1, 2, b"12").replace(b"fmt ", b"fmx "), "of which format"),
        (b"RIFX", "no RIFF WAVE"),
    ],
)
def test_what_is_no_recording(data, message, tmp_path):
    (tmp_path / "1.wav").write_bytes(data)
    with pytest.raises(InputError, match=rf"1\.wav is no readable recording: .*{message}"):
        datasets.read(str(tmp_path))


def test_channels_become_their_mean(tmp_path):
    save(tmp_path / "1.wav", [16384, 0, -16384, 0], channels=2)
    assert datasets.read(str(tmp_path)).x.tolist() == [[0.25, -0.25]]


def test_lengths_are_made_equal(tmp_path):
    save(tmp_path / "1.wav", [8192] * 2)
    save(tmp_path / "2.wav", [8192, 16384, 16384, 8192])
    assert datasets.read(str(tmp_path)).x.tolist() == [[0, 0.25, 0.25, 0], [0.25, 0.5, 0.5, 0.25]]
    shaped = datasets.read(str(tmp_path), Form((2, 1)))
    assert shaped.x[..., 0].tolist() == [[0.25, 0.25], [0.5, 0.5]]


def test_what_was_cut_is_told(tmp_path):
    save(tmp_path / "1.wav", [1] * 16_000)
    save(tmp_path / "2.wav", [1] * 40_000)
    save(tmp_path / "3.wav", [1] * 8_000)
    assert len(datasets.read(str(tmp_path)).notes) == 1  # the longest one is the window
    cut, filled = datasets.read(str(tmp_path), Form((16_000,))).notes
    assert "1 of 3 recordings are longer than the window of 1 s" in cut
    assert "37.5 % of all that was recorded is not" in cut
    assert "1 of 3 recordings are shorter" in filled
    same = datasets.load(str(tmp_path), Form((16_000,)), test=str(tmp_path), validation=0.4)
    assert same.notes == (cut, filled)
    (tmp_path / "2.wav").unlink()
    (tmp_path / "3.wav").unlink()
    assert datasets.read(str(tmp_path), Form((16_000,))).notes == ()


def test_front_end(tmp_path):
    save(tmp_path / "1.wav", [16384] * 6)
    assert datasets.read(str(tmp_path), Form((1,), features=Mean())).x.tolist() == [[0.5]]
    with pytest.raises(InputError, match="the front end makes 1, but the model takes 2"):
        datasets.read(str(tmp_path), Form((2,), features=Mean()))


def test_refused(tmp_path):
    save(tmp_path / "1.wav", [1, 2])
    with pytest.raises(InputError, match="which is no wave"):
        datasets.read(str(tmp_path), Form((49, 10, 1)))
    save(tmp_path / "2.wav", [1, 2], rate=8000)
    with pytest.raises(InputError, match=r"2\.wav has 8000 samples per second instead of 16000"):
        datasets.read(str(tmp_path))
    save(tmp_path / "2.wav", [])
    with pytest.raises(InputError, match="an empty recording"):
        datasets.read(str(tmp_path))
    (tmp_path / "2.wav").write_bytes(b"RIFF nonsense")
    with pytest.raises(InputError, match=r"2\.wav is no readable recording"):
        datasets.read(str(tmp_path))
