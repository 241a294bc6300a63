"""Cores, SoCs and boards, read from the strict TOML files below targets/."""

from edgekit.targets._load import all_boards, board_names, load_board
from edgekit.targets._model import Board, Core, EmulatorSpec, Memory, Soc, Target

__all__ = [
    "Board",
    "Core",
    "EmulatorSpec",
    "Memory",
    "Soc",
    "Target",
    "all_boards",
    "board_names",
    "load_board",
]
