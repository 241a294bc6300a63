"""The files of a firmware project: the model, the board's, what prepares raw data, the build id."""

from __future__ import annotations

import json
from dataclasses import dataclass

from edgekit import builder, contract, output
from edgekit.compiler import Compiled
from edgekit.contract import Contract, Quantized
from edgekit.errors import InputError
from edgekit.ir import DType
from edgekit.kernels import Goal


@dataclass(frozen=True, slots=True)
class FirmwareTree:
    """Files as text, by path.

    Attributes:
        firmware: below firmware/.
        python: beside it: what prepares raw data as the C does.
        build_id: 16 hex digits of a hash of the firmware's files; the firmware answers with it.
    """

    firmware: dict[str, str]
    python: dict[str, str]
    build_id: str


def of(compiled: Compiled, bound: Contract | None) -> FirmwareTree:
    """The project of a compiled model.

    Args:
        compiled: the model.
        bound: how raw data become its input, where that is known.

    Raises:
        InputError: the model's input is not what the contract prepares.
    """
    sources, python = ({}, {}) if bound is None else _preparing(compiled, bound)
    firmware = _project(compiled) | sources
    build_id = output.sha256(_canonical(firmware))[:16]
    firmware["include/ek_build_id.h"] = _build_id_header(build_id)
    return FirmwareTree(firmware, python, build_id)


def _project(compiled: Compiled) -> dict[str, str]:
    """The model with all that makes it firmware for the board."""
    graph = compiled.graph
    input_bytes = sum(graph.tensors[i].nbytes for i in graph.inputs)
    project = builder.project_tree(
        compiled.target,
        compiled.code.name,
        input_bytes,
        inputs=len(graph.inputs),
        outputs=len(graph.outputs),
        arena_bytes=compiled.code.plan.arena_bytes,
        small=compiled.selection is not None and compiled.selection.goal is Goal.SIZE,
    )
    return project | compiled.tree()


def _preparing(compiled: Compiled, bound: Contract) -> tuple[dict[str, str], dict[str, str]]:
    """What prepares raw data, by path: C below firmware/, and Python beside it."""
    graph, name = compiled.graph, compiled.code.name
    taken = graph.tensors[graph.inputs[0]]
    if len(graph.inputs) != 1 or taken.quant is None or taken.dtype is not DType.INT8:
        raise InputError(
            "a contract prepares one int8 input, and this model's is another",
            "convert it with an int8 input (inference_input_type), or leave out the contract",
        )
    contract.check_input(bound, taken.shape[1:], f"the model {name}")
    quant = Quantized(taken.quant.scale, taken.quant.zero_point)
    return bound.c_sources(name, quant), {f"python/{name}_input.py": bound.python_source(quant)}


def _canonical(tree: dict[str, str]) -> bytes:
    return json.dumps(sorted(tree.items())).encode()


def _build_id_header(build_id: str) -> str:
    return (
        "/* SPDX-License-Identifier: Apache-2.0 */\n"
        "/* What this firmware was generated from, in 16 digits: the host compares it with the\n"
        " * project's own, so that a stale firmware is noticed. */\n"
        "#ifndef EK_BUILD_ID_H\n#define EK_BUILD_ID_H\n\n"
        f'#define EK_BUILD_ID "{build_id}"\n\n#endif\n'
    )
