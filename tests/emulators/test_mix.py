"""The plugin's classes of instructions, against code whose mix is known."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from edgekit import emulators, proc, targets
from edgekit.emulators import Window
from edgekit.errors import DeviceError, ToolError
from edgekit.harness.session import Device
from edgekit.targets import INSTRUCTION_CLASSES, Target, instructions
from tests.support import tiny
from tests.support.boards import roomiest
from tests.support.tools import needs, needs_emulator

PLUGIN = Path(emulators.__file__).parent / "plugin"
BY_CORE = {
    target.core.name: target
    for target in targets.all_boards()
    if target.core.cycle_models and target.board.emulator is not None
}

CHECK = r"""
#include "thumb.h"
#include <stdio.h>
int main(void)
{
    unsigned size, a, b;
    while (scanf("%u %x %x", &size, &a, &b) == 3) {
        const uint8_t code[4] = {a & 255, a >> 8, b & 255, b >> 8};
        const thumb_t found = thumb_decode(code, size);
        printf("%u %u %u\n", found.class, found.registers, found.branches);
    }
    return 0;
}
"""

# Assembler, its class, registers of a multiple, and whether it may change the program counter.
KNOWN = [
    ("adds r0, r1, r2", "other", 0, 0),
    ("nop", "other", 0, 0),
    ("sxtb16 r0, r1", "other", 0, 0),
    ("it eq\n moveq r0, r1", "other", 0, 0),
    ("ldr r0, [r1, #4]", "load", 0, 0),
    ("ldrsb r0, [r1, r2]", "load", 0, 0),
    ("ldr r0, [sp, #8]", "load", 0, 0),
    ("ldrb.w r0, [r1], #1", "load", 0, 0),
    ("ldrsh.w r8, [r1, #2]", "load", 0, 0),
    ("str r0, [r1, r2]", "store", 0, 0),
    ("strb.w r0, [r1, #-1]", "store", 0, 0),
    ("strh r0, [r1, #2]", "store", 0, 0),
    ("pld [r0]", "other", 0, 0),
    ("push {r4, r5, lr}", "multiple", 3, 0),
    ("pop {r4, r5, pc}", "multiple", 3, 1),
    ("pop {r4}", "multiple", 1, 0),
    ("pop.w {r4-r11, pc}", "multiple", 9, 1),
    ("ldmia r0!, {r1, r2, r3, r4}", "multiple", 4, 0),
    ("ldmia.w r8!, {r1, r2}", "multiple", 2, 0),
    ("stmdb r8!, {r1, r2, r5}", "multiple", 3, 0),
    ("ldrd r0, r1, [r2], #8", "multiple", 2, 0),
    ("strd r0, r1, [r2]", "multiple", 2, 0),
    ("vldmia r0!, {s0-s3}", "multiple", 4, 0),
    ("vldr s0, [r0]", "load", 0, 0),
    ("vstr s0, [r0]", "store", 0, 0),
    ("vmov r0, s0", "other", 0, 0),
    ("vadd.f32 s0, s1, s2", "other", 0, 0),
    ("vmul.f32 s0, s1, s2", "other", 0, 0),
    ("vcvt.f32.s32 s0, s1", "other", 0, 0),
    ("vfma.f32 s0, s1, s2", "float_multiply_add", 0, 0),
    ("vmla.f32 s0, s1, s2", "float_multiply_add", 0, 0),
    ("vdiv.f32 s0, s1, s2", "float_divide", 0, 0),
    ("vsqrt.f32 s0, s1", "float_divide", 0, 0),
    ("muls r0, r1, r0", "multiply", 0, 0),
    ("mul r8, r1, r2", "multiply", 0, 0),
    ("mla r0, r1, r2, r3", "multiply_add", 0, 0),
    ("mls r0, r1, r2, r3", "multiply_add", 0, 0),
    ("smlad r0, r1, r2, r3", "multiply", 0, 0),
    ("smmlar r0, r1, r2, r3", "multiply", 0, 0),
    ("smlabb r0, r1, r2, r3", "multiply", 0, 0),
    ("smull r0, r1, r2, r3", "multiply", 0, 0),
    ("sdiv r0, r1, r2", "divide", 0, 0),
    ("udiv r0, r1, r2", "divide", 0, 0),
    ("b .+4", "branch_taken", 0, 1),
    ("b.w .+4000", "branch_taken", 0, 1),
    ("beq .+4", "branch_taken", 0, 1),
    ("beq.w .+4000", "branch_taken", 0, 1),
    ("cbz r0, .+4", "branch_taken", 0, 1),
    ("cbnz r0, .+64", "branch_taken", 0, 1),
    ("bx lr", "branch_taken", 0, 1),
    ("blx r3", "branch_taken", 0, 1),
    ("mov pc, r0", "branch_taken", 0, 1),
    ("bl .+400", "call", 0, 1),
    ("tbb [pc, r0]", "load", 0, 1),
    ("ldr.w pc, [r0]", "load", 0, 1),
    ("dsb", "other", 0, 0),
    ("mrs r0, msp", "other", 0, 0),
    ("svc #0", "other", 0, 0),
    ("cmp r8, r0", "other", 0, 0),
]


def encoded(text: str, folder: Path) -> bytes:
    """Assembled, without what an IT before it takes."""
    source, result = folder / "a.s", folder / "a.bin"
    source.write_text(f".syntax unified\n.thumb\n {text}\n")
    flags = ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"]
    proc.run(["arm-none-eabi-as", *flags, source, "-o", folder / "a.o"])
    proc.run(["arm-none-eabi-objcopy", "-O", "binary", folder / "a.o", result])
    code = result.read_bytes()
    return code[2:] if text.startswith("it ") else code


@pytest.mark.emulated
def test_every_encoding_is_told_from_the_others(tmp_path: Path) -> None:
    needs("arm-none-eabi-as", "cc")
    (tmp_path / "check.c").write_text(CHECK)
    program = tmp_path / "check"
    proc.run(["cc", f"-I{PLUGIN}", tmp_path / "check.c", "-o", program])
    lines = []
    for text, *_ in KNOWN:
        code = encoded(text, tmp_path)
        first, second = struct.unpack("<HH", code.ljust(4, b"\0")[:4])
        lines.append(f"{len(code)} {first:x} {second:x}\n")
    (tmp_path / "in").write_text("".join(lines))
    answers = proc.run(["sh", "-c", f"{program} < {tmp_path / 'in'}"]).stdout.splitlines()
    for (text, kind, registers, branches), answer in zip(KNOWN, answers, strict=True):
        found = list(map(int, answer.split()))
        assert found == [INSTRUCTION_CLASSES.index(kind), registers, branches], text


def counted(target: Target, model: str, data: bytes) -> tuple[int, list[Window]]:
    """What the timer counts, and the windows of an inference and of its ops."""
    elf = tiny.firmware(target.board.name, model).elf
    with emulators.running(elf, target, count=True) as link, Device(link) as device:
        device.write_inputs([data])
        timed = device.invoke().instructions
    assert timed is not None
    functions = (f"{model}_invoke", f"{model}_run_op")
    counting = emulators.mixing(elf, target, functions, "ek_clock_measure")
    with counting as (link, windows), Device(link) as device:
        device.write_inputs([data])
        device.invoke()
        device.trace()
        return timed, windows()


@pytest.mark.emulated
@pytest.mark.parametrize("core", sorted(BY_CORE))
def test_a_loop_of_known_length(core: str) -> None:
    """A turn is a subtraction and a taken branch; the last branch is not taken."""
    target = BY_CORE[core]
    needs_emulator(target)
    mixes = {}
    for turns in (1_000, 101_000):
        timed, windows = counted(target, "probe", struct.pack("<II", turns, 0))
        mixes[turns] = windows[0].counts
        assert [w.function for w in windows] == ["probe_invoke", "probe_run_op", "probe_run_op"]
        assert abs(timed - instructions(windows[0].counts)) <= 6
    difference = {
        name: b - a
        for name, a, b in zip(INSTRUCTION_CLASSES, mixes[1_000], mixes[101_000], strict=True)
    }
    assert {k: v for k, v in difference.items() if v} == {"other": 100_000, "branch_taken": 100_000}
    costs = [model.cycles(tuple(difference.values())) for model in target.core.cycle_models]
    taken = INSTRUCTION_CLASSES.index("branch_taken")
    assert costs == [100_000 * (1 + m.costs[taken]) for m in target.core.cycle_models]


@pytest.mark.emulated
@pytest.mark.parametrize("core", sorted(BY_CORE))
def test_the_classes_add_up_to_the_timers_count(core: str) -> None:
    target = BY_CORE[core]
    needs_emulator(target)
    timed, windows = counted(target, "tiny", tiny.random_input(1))
    assert abs(timed - instructions(windows[0].counts)) <= 6
    by_class = dict(zip(INSTRUCTION_CLASSES, windows[0].counts, strict=True))
    assert by_class["multiply"] + by_class["multiply_add"] >= 599  # 600 products, one by 1 at most
    assert 1_200 <= by_class["store"] < 1_300  # both ops write 600 bytes


def test_refusals(tmp_path: Path) -> None:
    elf = tmp_path / "x.elf"
    rv32 = next(t for t in targets.all_boards() if "rv32" in t.core.features)
    with pytest.raises(ToolError, match="are not told apart"):
        emulators.mixing(elf, rv32, ("f",), "g").__enter__()


@pytest.mark.emulated
def test_an_image_without_the_function() -> None:
    target = roomiest()
    needs_emulator(target)
    with pytest.raises(DeviceError, match="has no function absent"):
        emulators.mixing(
            tiny.firmware(target.board.name).elf, target, ("absent",), "main"
        ).__enter__()


@pytest.mark.emulated
def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target = roomiest()
    needs_emulator(target)
    elf = tiny.firmware(target.board.name).elf
    qemu = shutil.which("qemu-system-arm")
    assert qemu is not None
    (tmp_path / "qemu-system-arm").symlink_to(qemu)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="cc was not found"):
        emulators.mixing(elf, target, ("tiny_invoke",), "main").__enter__()
