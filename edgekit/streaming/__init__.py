"""Ops that run band by band: which ones, in bands of how many rows, with which kernels.

A convolution needs a few rows of its input at a time. Where the tensors between some ops are the
most that is alive at one time, those ops run together instead, step by step, each making a few
rows in each step: of what lies between them there are a few rows at any time, and nothing is
computed twice.
"""

from edgekit.streaming._choose import (
    FLASH_PER_INSTRUCTION,
    Streamed,
    choose,
    forced,
    never,
    room_for_arena,
)
from edgekit.streaming._schedule import schedule

__all__ = [
    "FLASH_PER_INSTRUCTION",
    "Streamed",
    "choose",
    "forced",
    "never",
    "room_for_arena",
    "schedule",
]
