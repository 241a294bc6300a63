"""Many generated one-op models with recorded inputs and outputs, as one C program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgekit import resources
from edgekit.compiler import compile_graph
from edgekit.oracles import numpy_reference
from edgekit.targets import Target
from tests.support.cases import Case, sample_inputs

KERNELS = Path(__file__).parents[1] / "kernels"
FLAGS = (
    *("-std=c11", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wundef", "-Wcast-align"),
    *("-Wconversion", "-ffp-contract=off"),
)


def write_bundle(folder: Path, cases: Sequence[Case], target: Target, samples: int) -> list[Path]:
    """Write the C of these cases, with their inputs and the reference's outputs.

    Args:
        folder: where to; include path of everything.
        cases: one-op graphs.
        target: what the kernels are chosen for.
        samples: random inputs per case, beside the edge inputs.

    Returns:
        The C files to compile, without a main.
    """
    sources = [KERNELS / "runner.c", folder / "vectors.c"]
    vectors = ['#include "runner.h"', ""]
    rows = []
    for number, case in enumerate(cases):
        name = f"case{number:03d}"
        for path, text in compile_graph(case.graph, target, name).tree().items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
            if place.suffix == ".c":
                sources.append(place)
        inputs = sample_inputs(case.graph, samples)
        outputs = [each[-1] for each in numpy_reference.run(b"", case.graph, inputs)]
        fed = b"".join(array.tobytes() for sample in inputs for array in sample)
        vectors += [
            _bytes(f"{name}_inputs", fed),
            _bytes(f"{name}_expected", b"".join(array.tobytes() for array in outputs)),
            f"extern const ek_model_t {name}_model;",
        ]
        rows.append(
            f'    {{"{case.name}", &{name}_model, {name}_inputs, {name}_expected, '
            f"{len(fed) // len(inputs)}, {len(inputs)}}},"
        )
    vectors += ["const runner_case_t runner_cases[] = {", *rows, "};"]
    vectors.append(f"const uint32_t runner_case_count = {len(rows)};")
    (folder / "vectors.c").write_text("\n".join(vectors) + "\n")
    return sources


def include_flags(folder: Path) -> list[str]:
    """Where the generated code, the runtime and the runner are included from."""
    templates = resources.templates_folder()
    return [f"-I{folder}", f"-I{templates / 'include'}", f"-I{templates}", f"-I{KERNELS}"]


def _bytes(name: str, data: bytes) -> str:
    values = ",".join(map(str, np.frombuffer(data, np.uint8).tolist()))
    return f"static const uint8_t {name}[] __attribute__((aligned(4))) = {{{values}}};"
