"""The summary's constants agree with their sources."""

import dataclasses

import numpy as np
import pytest

from edgekit import builder
from edgekit.compiler import compile_graph
from edgekit.errors import DoesNotFitError
from edgekit.ir.tensor import constant
from edgekit.report.summary import fit, require_fit, summarize
from edgekit.targets import CONSOLE, Target, load_board
from tests.support.networks import Network


def test_the_consoles_ram_is_the_builders_figure():
    assert CONSOLE.ram_bytes == builder.CONSOLE_RAM_BYTES


def test_macs_are_the_models_own_and_executed_ones_what_is_left(any_target: Target) -> None:
    """Two of four channels are constant, and the RELU behind is fused."""
    net = Network(3)
    x = net.input((1, 4, 4, 2))
    bias = net.tensor(constant("bias", np.array([0, 0, -(2**24), -(2**24)], np.int32)))
    x = net.add("CONV_2D", (x, net.weights((4, 1, 1, 2), 0), bias))
    x = net.add("RELU", (x,), scale=0.1, zero_point=4)
    found = summarize(compile_graph(net.graph(net.conv(x, 3, 1)), any_target))
    assert [row.macs for row in found.ops] == [4 * 4 * 2 * 4, 4 * 4 * 4 * 3]
    assert [row.executed_macs for row in found.ops] == [4 * 4 * 2 * 2, 4 * 4 * 2 * 3]
    assert (found.macs, found.executed_macs) == (320, 160)
    assert found.to_json()["executed_macs"] == 160


def test_an_arena_that_no_memory_holds() -> None:
    """All memories together would do, but an arena is not split."""
    target = load_board("nucleo_h743zi")
    net = Network(3)
    found = summarize(compile_graph(net.graph(net.conv(net.input((1, 4, 4, 2)), 3, 1)), target))
    placed = fit(found, target, CONSOLE)
    assert (placed.arena_memory, placed.stack_memory, placed.fits) == ("DTCM", "DTCM", True)
    large = fit(dataclasses.replace(found, arena_bytes=300_000), target, CONSOLE)
    assert (large.arena_memory, large.stack_memory, large.fits) == ("AXI_SRAM", "DTCM", True)
    larger = dataclasses.replace(found, arena_bytes=600_000)
    refused = fit(larger, target, CONSOLE)
    assert refused.ram_needed_bytes < refused.ram_bytes
    assert not refused.fits
    with pytest.raises(DoesNotFitError, match="of which none holds its arena of 600,000"):
        require_fit(larger, refused, [])
