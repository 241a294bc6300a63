"""Looks at a .tflite without making anything of it, and without importing what makes things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgekit import kernels, streaming, targets
from edgekit.compiler import compile_tflite
from edgekit.errors import InputError
from edgekit.kernels import Goal
from edgekit.report.choices import Choices, choices_of
from edgekit.report.summary import Fit, Summary, fit, summarize
from edgekit.targets import CONSOLE, Target


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a .tflite is, and where it fits: one Fit per board asked about.

    The figures are those of the portable kernels, one op after the other, which are known at once.
    To choose among the faster ones, and ops that run band by band, takes seconds; what that adds of
    scratch and constants, and saves of the arena, `convert` tells.

    Attributes:
        summary: what is in it and what it needs.
        fits: a Fit per board, by name.
        suggested: the board to go on with: of those that it fits, the one with the least memory
            among those that can be emulated, so that nothing has to be bought to go on; empty
            where it fits none.
    """

    summary: Summary
    fits: tuple[Fit, ...]
    suggested: str


def inspect_choices(path: Path, board: str, goal: Goal) -> Choices:
    """The kernels that `convert` would take for a board and a goal; raises what `inspect` does."""
    target = targets.load_board(board)
    return choices_of(compile_tflite(_read(path), target, goal=goal))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}") from error


def inspect(path: Path, board: str | None = None) -> Inspection:
    """Look at a .tflite: what is in it, what it needs, where it fits.

    Args:
        path: the file.
        board: one board, or all of them.

    Raises:
        InputError: no such file, or a damaged one, or no such board.
        UnsupportedError: it can't be compiled.
    """
    boards = [targets.load_board(board)] if board else targets.all_boards()
    data = _read(path)
    # Of a core, only the alignment of buffers matters to the portable kernels.
    summaries: dict[int, Summary] = {}
    try:
        for target in boards:
            alignment = target.core.alignment_bytes
            if alignment not in summaries:
                compiled = compile_tflite(
                    data, target, select=kernels.portable, stream=streaming.never
                )
                summaries[alignment] = summarize(compiled)
    except InputError as error:
        hint = "inspect reads .tflite files; `edgekit convert` makes them of Keras models"
        raise InputError(f"{path}: {error.message}", error.hint or hint) from error
    found = [summaries[target.core.alignment_bytes] for target in boards]
    fits = [fit(s, target, CONSOLE) for s, target in zip(found, boards, strict=True)]
    return Inspection(found[0], tuple(fits), _suggested(boards, fits))


def _suggested(boards: Sequence[Target], fits: Sequence[Fit]) -> str:
    fitting = [target for target, each in zip(boards, fits, strict=True) if each.fits]
    if not fitting:
        return ""
    best = min(fitting, key=lambda t: (t.board.emulator is None, t.flash_bytes + t.ram_bytes))
    return best.board.name
