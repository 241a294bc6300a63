from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from edgekit.errors import InputError
from edgekit.report.junit import Case, write

CASES = (
    Case("host", "13 outputs"),
    Case("emulator", 'op <3> "a&b"\x1b[31m', "it differs by <1>", 1.5, "notes"),
)


def test_what_a_server_reads(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.xml"
    write(path, "edgekit verify out", CASES)
    suite = ElementTree.parse(path).getroot()[0]
    assert suite.attrib == {
        "name": "edgekit verify out",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "time": "1.500",
    }
    good, bad = suite
    assert list(good) == []
    assert bad.attrib["name"] == 'op <3> "a&b"\\x1b[31m'
    assert [child.tag for child in bad] == ["failure", "system-out"]
    assert bad[0].attrib["message"] == bad[0].text == "it differs by <1>"


def test_only_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    write(path, "one", CASES)
    write(path, "two", CASES[:1])
    assert 'name="two"' in path.read_text()
    mine = tmp_path / "mine.txt"
    mine.write_text("precious")
    with pytest.raises(InputError, match="exists"):
        write(mine, "one", CASES)
    assert mine.read_text() == "precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.txt", "report.xml"]
