"""What a .tflite takes on a board: modelled in a second, or counted in the board's emulator."""

from __future__ import annotations

import tempfile
from pathlib import Path

from edgekit import pipeline
from edgekit.compiler import Compiled, compile_tflite
from edgekit.compress.magnitude_pruning import gzip_bytes
from edgekit.errors import DoesNotFitError, ToolError
from edgekit.kernels import Goal
from edgekit.optimize._result import Figures
from edgekit.packaging import ConvertOptions
from edgekit.report.summary import fit, summarize
from edgekit.targets import CONSOLE, Target

# Of a kernel that states no cost: far too much for a good loop, about right for a plain one.
_PORTABLE_PER_MAC, _PORTABLE_PER_ELEMENT = 12, 20


class Board:
    """Estimates for one board; better ones once a firmware was counted there."""

    def __init__(self, target: Target, goal: Goal) -> None:
        self._target, self._goal = target, goal
        self._cycles_per_instruction = 1.0  # modelled instructions
        models = target.core.cycle_models
        self._title = models[0].title if models else ""
        self.note = "nothing was counted yet"
        self.counts = target.board.emulator is not None

    @property
    def basis(self) -> str:
        """What the latency is made of, for people."""
        clock = f"{self._target.soc.clock_hz / 1e6:g} MHz"
        return f"{self.note}; at {clock}, without the flash's wait states: an estimate"

    def estimate(self, tflite: bytes, goal: Goal | None = None) -> Figures:
        """Modelled figures; `goal` where the kernels are not those asked for.

        Raises:
            UnsupportedError: an op can't be compiled.
        """
        compiled = compile_tflite(tflite, self._target, goal=goal or self._goal)
        summary = summarize(compiled)
        need = fit(summary, self._target, CONSOLE)
        instructions = _modelled(compiled)
        return self._figures(
            tflite,
            summary.macs,
            (need.ram_needed_bytes, need.flash_estimate_bytes),
            instructions,
            instructions * self._cycles_per_instruction,
        )

    def count(self, tflite: bytes, goal: Goal | None = None) -> Figures:
        """Build the firmware and count an inference; estimates where that can't be done."""
        modelled = self.estimate(tflite, goal)
        if not self.counts:
            self.note = "modelled instructions, a cycle each: no emulator counts them"
            return modelled
        try:
            found = self._bench(tflite, goal or self._goal)
        except (DoesNotFitError, ToolError) as error:
            self.note = f"modelled instructions, not counted: {error.message}"
            return modelled
        counted = found.measured.instructions or modelled.instructions
        if found.cycles:
            cycles = float(found.cycles[0].cycles)
            self.note = f"cycles by the model of the {self._title}, from counted instructions"
        else:
            cycles = float(counted)
            self.note = f"counted instructions, a cycle each ({found.cycles_note or 'no model'})"
        self._cycles_per_instruction = cycles / max(1, modelled.instructions)
        sizes = found.sizes
        ram = max(sizes.ram_bytes, modelled.ram_bytes)
        return self._figures(
            tflite, modelled.macs, (ram, sizes.flash_bytes), counted, cycles, counted=True
        )

    def _bench(self, tflite: bytes, goal: Goal) -> pipeline.Benchmark:
        with tempfile.TemporaryDirectory(prefix="edgekit-") as name:
            model, out = Path(name) / "model.tflite", Path(name) / "firmware"
            model.write_bytes(tflite)
            board = self._target.board.name
            pipeline.convert(ConvertOptions(str(model), board, out, "model", optimize=goal))
            return pipeline.bench(out, runs=1)

    def _figures(
        self,
        tflite: bytes,
        macs: int,
        needs: tuple[int, int],
        instructions: float,
        cycles: float,
        *,
        counted: bool = False,
    ) -> Figures:
        return Figures(
            latency_us=cycles * 1e6 / self._target.soc.clock_hz,
            ram_bytes=needs[0],
            flash_bytes=needs[1],
            instructions=round(instructions),
            counted=counted,
            macs=macs,
            tflite_bytes=len(tflite),
            gzip_bytes=gzip_bytes(tflite),
        )


def _modelled(compiled: Compiled) -> float:
    """Instructions of one inference by the kernels' own costs."""
    rows = summarize(compiled).ops
    total = 0.0
    for choice, row in zip(compiled.code.choices, rows, strict=True):
        if choice.cost is not None:
            total += choice.cost.instructions
        elif choice.calls:
            total += (
                _PORTABLE_PER_MAC * row.executed_macs + _PORTABLE_PER_ELEMENT * row.output.nbytes
            )
    return total
