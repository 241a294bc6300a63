"""Cores, SoCs and boards, read from the strict TOML files below targets/."""

from edgekit.targets._console import CONSOLE, Overhead
from edgekit.targets._cycles import INSTRUCTION_CLASSES, CycleModel, instructions
from edgekit.targets._load import all_boards, all_cores, board_names, load_board
from edgekit.targets._model import (
    Board,
    ChipCache,
    Core,
    EmulatorSpec,
    FlasherSpec,
    Memory,
    Soc,
    Target,
)

__all__ = [
    "CONSOLE",
    "INSTRUCTION_CLASSES",
    "Board",
    "ChipCache",
    "Core",
    "CycleModel",
    "EmulatorSpec",
    "FlasherSpec",
    "Memory",
    "Overhead",
    "Soc",
    "Target",
    "all_boards",
    "all_cores",
    "board_names",
    "instructions",
    "load_board",
]
