"""What would be next: where instructions are above their floor, and what could take them away."""

from __future__ import annotations

from collections.abc import Sequence

from benchmark_figures import Figures

#: The beginning of a kernel's name -> what is above the floor there, and what would be next.
KERNELS: tuple[tuple[str, str], ...] = (
    (
        "ek_conv_2d_s8_dsp_winograd",
        "Transforms and requantization around products that are 2.25 times fewer. Tiles of 4x4 "
        "outputs would take 1.8 times fewer again, but their transforms leave 16 bits.",
    ),
    (
        "ek_conv_2d_s8_dsp_w16",
        "Two LDM of 4 words for 8 SMLAD: a block of 2 positions x 2 channels is what 14 registers "
        "hold; and every tap is widened once. Only fewer products help: Winograd where the kernel "
        "is 3x3, or channels pruned before the conversion.",
    ),
    (
        "ek_conv_2d_s8_dsp_w8",
        "Of the 25 instructions of a step 18 are SMLAD, 4 load and 3 unpack, for half of the "
        "flash. `--optimize speed` takes 16-bit weights instead. Next: a tile of weights widened "
        "into RAM once, for layers of 32 positions and more.",
    ),
    (
        "ek_depthwise_conv_2d_s8_dsp_3x3",
        "Of 23 instructions for two outputs 12 multiply, 3 load and unpack, 8 finish; the rest is "
        "the set-up of strips, which is most where planes are small. Next: strips that go on in "
        "the next channel without it, for planes of 6x6 and less.",
    ),
    (
        "ek_depthwise_conv_2d_s8_dsp",
        "Windows other than 3x3 gather rows of 4 columns, also where the image has one row or the "
        "window covers all of it. Next: a body for windows as large as the image, which is a dot "
        "product per channel, and one for a single row.",
    ),
    (
        "ek_fully_connected_s8_dsp",
        "One position: every weight is loaded for a single product, .25 words each, and unpacked. "
        "16-bit weights (`--optimize speed`) come to .66 per MAC for twice the flash. Nothing "
        "else is left: the weights are read once.",
    ),
)

#: Core -> instructions per MAC of the best inner loop that was found for it, loads included, and
#: what the rest is.
CORES: tuple[tuple[str, float, str], ...] = (
    (
        "cortex_m4f",
        0.625,
        "16-bit weights, 2x2 blocks: 20 instructions for 32 MACs. The table below has the rest.",
    ),
    (
        "cortex_m55f",
        0.109,
        "14 instructions for 128 MACs of whole vectors, 21 to 29 for the requantization of 8 "
        "results: with 16 taps or less, which vww_96 and person_detect have in their first "
        "layers, that is more than the products. Larger blocks would need more than the 8 "
        "registers that VMLADAV can write. Next: depthwise windows, where 9 of 16 lanes work.",
    ),
    (
        "cortex_m0_soft",
        1.75,
        "Two products a multiplication, as long as 16 bits hold their sums; flushing the sums is "
        "the rest. Next: channels of the input ordered by the size of their weights, so that sums "
        "are flushed less often.",
    ),
    (
        "rv32imac",
        1.0,
        "The same packing with 30 registers; of layers with few input channels the plain loop "
        "(2.0) is as fast. Next: the same order of channels.",
    ),
)

#: Kernels of a model that are listed.
_MOST = 3


def rest_of_models(figures: Sequence[Figures]) -> list[list[str]]:
    """Rows: model, kernel, its instructions and those above the floor in percent, what next."""
    rows = []
    for figure in figures:
        found: dict[str, list[float]] = {}
        for layer in figure.layers:
            name = next((k for k, _ in KERNELS if layer.kernel.startswith(k)), None)
            if layer.floor is None or name is None or "+" in layer.op:
                continue
            sums = found.setdefault(name, [0.0, 0.0])
            sums[0] += layer.instructions
            sums[1] += layer.instructions - layer.floor
        worst = sorted(found.items(), key=lambda each: -each[1][1])[:_MOST]
        rows += [
            [
                figure.model,
                f"`{name}`",
                f"{100 * spent / figure.instructions:.1f} %",
                f"{100 * above / figure.instructions:.1f} %",
                dict(KERNELS)[name],
            ]
            for name, (spent, above) in worst
            if above > 0.01 * figure.instructions
        ]
    return rows


def rest_of_cores(figures: Sequence[Figures], models: Sequence[str]) -> list[list[str]]:
    """Rows: core, its best inner loop, each model's instructions per executed MAC, what next."""
    rows = []
    for core, loop, text in CORES:
        own = {f.model: f for f in figures if f.core == core}
        cells = [
            f"{own[m].instructions / own[m].executed_macs:.2f}" if m in own else "-" for m in models
        ]
        if own:
            rows.append([core, f"{loop:g}", *cells, text])
    return rows
