"""Boards that show themselves as a drive: UF2 boot loaders, interface chips."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from edgekit import flashers
from edgekit.errors import DeviceError
from edgekit.flashers import Job, _drives, uf2
from edgekit.targets import FlasherSpec
from tests.support.boards import roomiest

FAMILY = 0xE48BFF56
UF2 = {"family": hex(FAMILY), "board_id": "RPI-RP2"}
COPY = {"marker": "ABOUT/this.txt", "to": "SOFTWARE/image.bin"}


def job_of(name: str, settings: dict[str, str], elf: Path, probe: Path | None = None) -> Job:
    spec = FlasherSpec(name, tuple(settings.items()))
    target = replace(roomiest(), board=replace(roomiest().board, flashers=(spec,)))
    return flashers.prepare(elf, target, probe=str(probe) if probe else None)[1]


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where drives are mounted."""
    folder = tmp_path / "media"
    folder.mkdir()
    monkeypatch.setattr(_drives, "MOUNTS", (f"{folder}/*",))
    monkeypatch.setattr(_drives, "RESTART_S", 5.0)
    return folder


def boot_drive(media: Path, name: str = "RPI-RP2", board: str = "RPI-RP2") -> Path:
    drive = media / name
    drive.mkdir()
    (drive / "INFO_UF2.TXT").write_text(f"UF2 Bootloader v3.0\nModel: X\nBoard-ID: {board}\n")
    return drive


def restarting(drive: Path, found: list[bytes]) -> threading.Thread:
    """A boot loader: takes the file, then the drive goes away."""

    def run() -> None:
        file = drive / uf2.NAME
        size = -1
        while size <= 0 or file.stat().st_size != size:
            size = file.stat().st_size if file.exists() else -1
            time.sleep(0.05)
        found.append(file.read_bytes())
        (drive / "INFO_UF2.TXT").unlink()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_dropped_onto_the_drive(image: Path, media: Path) -> None:
    (media / "a stick").mkdir()
    found: list[bytes] = []
    thread = restarting(boot_drive(media), found)
    job = job_of("uf2", UF2, image)
    uf2.program(job)
    thread.join()
    assert found == [uf2.encode(image.with_suffix(".bin").read_bytes(), job.address, FAMILY)]
    assert "RPI-RP2" in uf2.plan(job)[0]


def test_no_drive(image: Path, media: Path) -> None:
    with pytest.raises(DeviceError, match="on any mounted drive") as caught:
        uf2.program(job_of("uf2", UF2, image))
    assert "BOOTSEL" in caught.value.hint


def test_another_board(image: Path, media: Path) -> None:
    boot_drive(media, board="SAMD21G18A-v0")
    with pytest.raises(DeviceError, match="SAMD21G18A-v0, not RPI-RP2"):
        uf2.program(job_of("uf2", UF2, image))


def test_several_drives_need_a_name(image: Path, media: Path) -> None:
    first, second = boot_drive(media, "one"), boot_drive(media, "two")
    with pytest.raises(DeviceError, match="several drives") as caught:
        uf2.program(job_of("uf2", UF2, image))
    assert "--probe" in caught.value.hint
    thread = restarting(second, [])
    uf2.program(job_of("uf2", UF2, image, second))
    thread.join()
    assert not (first / uf2.NAME).exists()


def test_a_board_that_does_not_restart(
    image: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_drives, "RESTART_S", 0.1)
    boot_drive(media)
    with pytest.raises(DeviceError, match="did not restart"):
        uf2.program(job_of("uf2", UF2, image))


def copy_drive(media: Path) -> Path:
    drive = media / "BOARD"
    for folder in ("ABOUT", "SOFTWARE"):
        (drive / folder).mkdir(parents=True)
    (drive / "ABOUT" / "this.txt").write_text("TOTALIMAGES: 1\nIMAGE0FILE: \\SOFTWARE\\old.axf\n")
    return drive


def test_copied_onto_the_drive(image: Path, media: Path) -> None:
    drive = copy_drive(media)
    flasher, job = flashers.find("usb_drive"), job_of("usb_drive", COPY, image)
    flasher.program(job)
    assert (drive / COPY["to"]).read_bytes() == image.with_suffix(".bin").read_bytes()


def test_the_interface_chip_complains(image: Path, media: Path) -> None:
    (copy_drive(media) / "FAIL.TXT").write_text("error: the flash is locked\n")
    with pytest.raises(DeviceError, match="the flash is locked"):
        flashers.find("usb_drive").program(job_of("usb_drive", COPY, image))


def test_a_list_that_does_not_name_the_image(image: Path, media: Path) -> None:
    drive = copy_drive(media)
    job = job_of("usb_drive", COPY | {"listed_in": "ABOUT/this.txt"}, image)
    with pytest.raises(DeviceError, match="does not name it") as caught:
        flashers.find("usb_drive").program(job)
    assert "IMAGE0FILE: \\SOFTWARE/image.bin" in caught.value.hint
    (drive / "ABOUT" / "this.txt").write_text("IMAGE0FILE: \\SOFTWARE\\image.bin\n")
    flashers.find("usb_drive").program(job)


def test_a_drive_that_can_not_be_written(image: Path, media: Path) -> None:
    drive = copy_drive(media)
    (drive / "SOFTWARE").rmdir()
    with pytest.raises(DeviceError, match="can't write"):
        flashers.find("usb_drive").program(job_of("usb_drive", COPY, image))
