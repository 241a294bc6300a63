"""The `edgekit` command: one verb a file; a file put here is a verb."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the `edgekit` command; see `edgekit.cli._main.main`."""
    try:
        # Imported here so that Ctrl-C during the imports ends as quietly as later.
        from edgekit.cli import _main
    except KeyboardInterrupt:
        return 130
    return _main.main(arguments)
