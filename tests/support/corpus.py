"""The real models and data beside the repo, which tests use where they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def corpus_path(*parts: str) -> Path:
    """A file or folder of the corpus; skips the test, saying why, where it is absent."""
    path = CORPUS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the corpus has no {'/'.join(parts)} (looked beside the repo)")
    return path
