"""What can go wrong, in the user's words, and the exit code that says so to a script."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """Exit codes of the `edgekit` command; docs/cli.md is generated from these comments."""

    OK = 0  # everything asked for was done
    MISMATCH = 1  # verify found an output that differs from the reference
    USAGE = 2  # an option or argument is wrong (click's own code)
    INPUT = 3  # a model, data file or configuration can't be used as it is
    UNSUPPORTED = 4  # the model needs something edgekit does not support
    DOES_NOT_FIT = 5  # the model is too big for the board
    TOOL = 6  # a compiler, emulator or package is missing or failed
    DEVICE = 7  # a board, port or emulator does not answer as it should
    REGRESSION = 8  # bench is worse than its baseline allows, or mlperf below the benchmark's floor
    MEMORY = 9  # the memory of this computer does not suffice
    INTERNAL = 70  # a bug in edgekit; the message says where its traceback was written
    INTERRUPTED = 130  # Ctrl-C


class EdgekitError(Exception):
    """An error for the user: what failed and where, and what to try next.

    Args:
        message: what failed, and where.
        hint: what to try next; empty when there is nothing to advise.
    """

    exit_code: ExitCode = ExitCode.INPUT

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The message with its hint, as logs and test reports show it."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class InputError(EdgekitError):
    """A file, a name or a configuration that the user gave can't be used."""


class UnsupportedError(EdgekitError):
    """The model uses an op, a type or an option that edgekit does not support."""

    exit_code = ExitCode.UNSUPPORTED


class DoesNotFitError(EdgekitError):
    """The model needs more flash or RAM than the board has."""

    exit_code = ExitCode.DOES_NOT_FIT


class ToolError(EdgekitError):
    """Another program or package is missing, failed or ran out of time."""

    exit_code = ExitCode.TOOL


class OutOfMemoryError(EdgekitError):
    """The memory of this computer does not suffice."""

    exit_code = ExitCode.MEMORY


class DeviceError(EdgekitError):
    """A board, a serial port or an emulator does not answer as it should."""

    exit_code = ExitCode.DEVICE
