"""Ops that run band by band: which ones, in bands of how many rows, with which kernels.

A convolution needs a few rows of its input at a time. Where the tensors between some ops are the
most that is alive at one time, those ops run together instead, step by step, each making a few
rows in each step: of what lies between them there are a few rows at any time, and nothing is
computed twice.

Rows that the next steps still need are moved to the begin of their buffer, once a step. A ring
that is addressed row by row would spare that, at the price of kernels that ask where each row
lies. Measured, by executing every move twice: with the default options the moves are 456 of
3,938,092 instructions of vww_96 on a Cortex-M4 (0.01 %) and 1,546 of 1,235,597 on a Cortex-M55
(0.13 %); person_detect has the same, kws_ref and the Cortex-M0 move nothing. So they stay.
"""

from edgekit.streaming._choose import (
    Streamed,
    choose,
    forced,
    never,
    room_for_arena,
)
from edgekit.streaming._schedule import schedule

__all__ = [
    "Streamed",
    "choose",
    "forced",
    "never",
    "room_for_arena",
    "schedule",
]
