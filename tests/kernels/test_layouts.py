"""Networks with as many tensors otherwise than as NHWC as can be x the numpy reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit import builder, emulators, layout, targets
from edgekit.compiler import compile_graph
from edgekit.emulators import host
from edgekit.kernels import Goal
from tests.kernels.test_kernels import expect_all_right
from tests.support.cases import Case
from tests.support.kernel_bundle import chosen, write_bundle
from tests.support.laid_out_networks import laid_out_network
from tests.support.tools import needs_emulator

TARGET = max(
    (each for each in targets.all_boards() if each.core.features >= {"dsp"}),
    key=lambda target: ("mve" not in target.core.features, target.ram_bytes),
)
CASES = tuple(Case("layouts", f"network_{seed}", laid_out_network(seed)) for seed in range(18))


def test_the_networks_have_what_there_is() -> None:
    """Both weights' widths, odd and even images, both strides: or they show nothing."""
    found = [compile_graph(case.graph, TARGET, lay_out=layout.forced) for case in CASES]
    written = [
        (choice.variant, each.graph.output(op).shape[1:3], choice.writes)
        for each in found
        for op, choice in zip(each.graph.ops, each.code.choices, strict=True)
        if choice.writes is not None
    ]
    assert len(written) > 15
    assert {variant for variant, _, _ in written} == {"s8_dsp_w8_pairs", "s8_dsp_w16_pairs"}
    assert {width % 6 for _, (_, width), _ in written} >= {0, 1, 2, 3}
    assert {(p.top, p.left) for _, _, p in written} >= {(0, 0), (1, 1)}
    assert any(p.plane_bytes > 255 for _, _, p in written)
    strides = {
        op.attrs.stride_h
        for each in found
        for op, choice in zip(each.graph.ops, each.code.choices, strict=True)
        if choice.reads is not None
    }
    assert strides == {1, 2}


def test_host(tmp_path: Path) -> None:
    own = chosen(Goal.BALANCED)
    write_bundle(tmp_path / "firmware", CASES, TARGET, 2, own, lay_out=layout.forced)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b", host=True, sanitize=True)
    with host.running(firmware.elf, TARGET) as link:
        expect_all_right(link, len(CASES))


@pytest.mark.emulated
def test_emulator(tmp_path: Path) -> None:
    needs_emulator(TARGET)
    own = chosen(Goal.SPEED)
    models = write_bundle(tmp_path / "firmware", CASES, TARGET, 2, own, lay_out=layout.forced)
    firmware = builder.build(tmp_path / "firmware", tmp_path / "b")
    with emulators.running(firmware.elf, TARGET, count=False) as link:
        expect_all_right(link, models)
