"""The generated trees of two networks, kept as they are: a refactor leaves them unchanged.

`EDGEKIT_UPDATE_GOLDEN=1 pytest tests/golden` writes them anew; the diff is then part of the
review.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edgekit.compiler import compile_graph
from edgekit.kernels import portable
from edgekit.targets import Target
from tests.support.networks import float_network, residual_network

NETWORKS = {"residual": residual_network, "float_edges": float_network}


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_generated_tree(name: str, any_target: Target) -> None:
    folder = Path(__file__).parent / name
    labels = ["no", "yes", "one", "two"]
    tree = compile_graph(NETWORKS[name](), any_target, name, labels, select=portable).tree()
    models = {path: text for path, text in tree.items() if path.startswith("models/")}
    if os.environ.get("EDGEKIT_UPDATE_GOLDEN"):
        for path, text in models.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    kept = {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.[ch]")}
    assert models == kept
