"""Tests for the table of tools/compression.py: means and spreads of what was measured."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = importlib.util.spec_from_file_location("compression", ROOT / "tools" / "compression.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["compression"] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def test_a_line_has_mean_spread_and_every_seed(tool: Any) -> None:
    rows = [tool.Row("small", seed, share, 10, 20, 3000 + seed, 4, 1.0) for seed, share in
            enumerate((0.90, 0.92, 0.97))]  # fmt: skip
    rows.append(tool.Row("once", 0, 0.5, 1, 2, 3, 4, 5.0))
    lines = tool.table(rows).splitlines()
    assert lines[2].startswith("| small | 93.00 | 3.61 | 90.0, 92.0, 97.0 | 10 | 20 | 3,001 |")
    assert lines[3].startswith("| once | 50.00 | - | 50.0 |")


def test_only_the_table_of_the_page_is_replaced(
    tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{tool.BEGIN}\nold\n{tool.END}\nafter\n")
    monkeypatch.setattr(tool, "PAGE", page)
    tool.render([tool.Row("v", 0, 0.5, 1, 2, 3, 4, 5.0)])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "| v |" in text
    assert "old" not in text
