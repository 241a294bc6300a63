"""The `edgekit` command: one verb a file; a file put here is a verb."""

from edgekit.cli._main import main

__all__ = ["main"]
