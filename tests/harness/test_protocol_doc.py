"""docs/protocol.md against the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edgekit import builder, resources
from edgekit.harness.protocol import Request, Status

DOC = Path(__file__).parents[2] / "docs" / "protocol.md"


def test_every_request_and_status_is_described() -> None:
    text = DOC.read_text()
    requests = dict(re.findall(r"^\| 0x(8\d) \| (\w+) \|", text, re.MULTILINE))
    assert {int(k, 16): v for k, v in requests.items()} == {r.value: r.name for r in Request}
    statuses = dict(re.findall(r"^\| (\d) (\w+) \|", text, re.MULTILINE))
    assert {int(k): v for k, v in statuses.items()} == {s.value: s.name for s in Status}


@pytest.mark.parametrize(("prefix", "names"), [("REQUEST", Request), ("STATUS", Status)])
def test_the_firmware_has_the_same_numbers(prefix: str, names: type[Request | Status]) -> None:
    header = (resources.templates_folder() / "harness" / "ek_requests.h").read_text()
    found = dict(re.findall(rf"EK_{prefix}_(\w+) = (0x\w+|\d+)", header))
    assert {k: int(v, 0) for k, v in found.items()} == {n.name: n.value for n in names}


def test_every_error_of_the_firmware_is_described() -> None:
    source = (resources.templates_folder() / "harness" / "ek_mlperf.c").read_text()
    text = DOC.read_text()
    errors = re.findall(r'"(e-\[[^"\]<:]*)', source)
    assert len(errors) >= 8
    for error in errors:
        assert error.split(" 'db load' must")[0].rstrip("'") in text, error


def test_the_ram_figure() -> None:
    assert f"{builder.CONSOLE_RAM_BYTES:,} bytes of RAM" in DOC.read_text()
