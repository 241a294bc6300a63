"""Tests for the table of tools/clustering.py: what is saved is counted from a model's first row."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> Any:
    path = ROOT / "tools" / "clustering.py"
    spec = importlib.util.spec_from_file_location("clustering_tool", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["clustering_tool"] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def test_what_is_saved_is_counted_from_the_models_first_row(tool: Any) -> None:
    rows = [
        tool.Row("one", "int8", [], 0.9, 500, 40_000, 9_000, 1000, 0),
        tool.Row("one", "16 values", [4, 4], 0.885, 500, 30_000, 12_000, 1100, 0),
        tool.Row("two", "int8", [], 0.5, 10, 20_000, 1, 10, 0),
    ]
    lines = tool.table(rows).splitlines()[2:]
    assert lines[0].startswith("| one | int8 | 8 | 90.0 | 40,000 | 0 (0 %) | 9,000 |")
    assert "| 4 4 | 88.5 | 30,000 | 10,000 (25 %) | 12,000 | 1,100 | +10.0 % | 0 |" in lines[1]
    assert "| 20,000 | 0 (0 %) |" in lines[2]


def test_only_the_table_of_the_page_is_replaced(
    tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{tool.BEGIN}\nold\n{tool.END}\nafter\n")
    monkeypatch.setattr(tool, "PAGE", page)
    tool.render([tool.Row("m", "int8", [], 0.5, 1, 2, 3, 4, 0)])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "| m |" in text
    assert "old" not in text
