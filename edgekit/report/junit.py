"""JUnit's XML, which continuous integration shows as tests."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgekit import output
from edgekit.report._table import printable

_BEGIN = b'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="edgekit"'


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is right or wrong.

    Attributes:
        group: what it belongs to, e.g. the place.
        name: what was looked at.
        failure: what is wrong with it; empty if nothing is.
        seconds: how long it took.
        output: what a reader may want to see.
    """

    group: str
    name: str
    failure: str = ""
    seconds: float = 0.0
    output: str = ""


def write(path: Path, suite: str, cases: Sequence[Case]) -> None:
    """Write a report over an earlier one, but over nothing else.

    Raises:
        InputError: another kind of file is there, or it can't be written.
    """
    output.write_new(path, text(suite, cases), over=_BEGIN)


def text(suite: str, cases: Sequence[Case]) -> bytes:
    """The XML of one suite."""
    failures = sum(bool(case.failure) for case in cases)
    counts = {
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }
    root = ElementTree.Element("testsuites", {"name": "edgekit", **counts})
    made = ElementTree.SubElement(root, "testsuite", {"name": suite, **counts})
    for case in cases:
        attributes = {
            "classname": printable(case.group),
            "name": printable(case.name),
            "time": f"{case.seconds:.3f}",
        }
        element = ElementTree.SubElement(made, "testcase", attributes)
        if case.failure:
            said = printable(case.failure)
            failure = ElementTree.SubElement(element, "failure", {"message": said})
            failure.text = said
        if case.output:
            ElementTree.SubElement(element, "system-out").text = printable(case.output)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body.encode() + b"\n"
