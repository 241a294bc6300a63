"""The generated C: clean, deterministic, inert against names, usable from C and C++."""

from __future__ import annotations

import dataclasses
import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest

from edgekit import proc, resources
from edgekit.compiler import compile_graph
from edgekit.ir import Graph
from edgekit.kernels import portable
from edgekit.oracles import numpy_reference
from edgekit.targets import Target
from tests.codegen.test_text import NASTY
from tests.support.cases import random_inputs
from tests.support.networks import float_network, residual_network
from tests.support.tools import C_FLAGS, include_flags


def _write(folder: Path, tree: dict[str, str]) -> list[Path]:
    for path, text in tree.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return [folder / path for path in tree if path.endswith(".c")]


def _run(folder: Path, sources: list[Path], main: str, *, cpp: bool = False) -> str:
    """Compile a program of the generated C and return what it prints."""
    program = folder / ("main.cpp" if cpp else "main.c")
    program.write_text(main)
    includes = [*include_flags(folder), *(f"-I{p}" for p in (folder / "models").iterdir())]
    objects = []
    for source in sources:
        objects.append(source.with_suffix(".o"))
        proc.run([proc.find("gcc"), *C_FLAGS, "-O1", *includes, "-c", source, "-o", objects[-1]])
    compiler = [proc.find("g++"), "-std=c++17"] if cpp else [proc.find("gcc"), "-std=c11"]
    out = folder / "main"
    flags = ["-Wall", "-Wextra", "-Werror"]
    proc.run([*compiler, *flags, *includes, program, *objects, "-o", out])
    return proc.run([out]).stdout


@pytest.mark.parametrize("network", [residual_network, float_network])
def test_is_formatted(network, any_target: Target, tmp_path: Path) -> None:
    tool = shutil.which("clang-format")
    if tool is None:
        pytest.skip("clang-format is not installed")
    style = resources.templates_folder().parent / ".clang-format"
    tree = compile_graph(network(), any_target, "zebra", ["yes", "no", "don't", '"know"']).tree()
    _write(tmp_path, tree)
    files = [tmp_path / path for path in tree]
    proc.run([tool, f"--style=file:{style}", "--dry-run", "--Werror", *files])


def test_is_deterministic(any_target: Target) -> None:
    trees = [compile_graph(residual_network(), any_target, "net").tree() for _ in range(2)]
    assert trees[0] == trees[1]


def _renamed(graph: Graph, names: list[str]) -> Graph:
    pick = [names[i % len(names)] for i in range(max(len(graph.tensors), len(graph.ops)))]
    return dataclasses.replace(
        graph,
        ops=tuple(dataclasses.replace(o, name=pick[i]) for i, o in enumerate(graph.ops)),
        tensors=tuple(dataclasses.replace(t, name=pick[i]) for i, t in enumerate(graph.tensors)),
    )


def test_names_of_the_model_change_comments_only(any_target: Target, tmp_path: Path) -> None:
    """Whatever the names are, the preprocessed code is the same."""
    code = []
    for number, names in enumerate((["plain"], NASTY)):
        folder = tmp_path / str(number)
        sources = _write(
            folder, compile_graph(_renamed(residual_network(), names), any_target, "net").tree()
        )
        flags = [*include_flags(folder), "-E", "-P"]
        code.append([proc.run(["gcc", *flags, source]).stdout for source in sources])
        written = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
        assert all(p.startswith(("models/net/", "kernels/")) for p in written)
    assert code[0] == code[1]


_MAIN = """
#include "first.h"
#include "second.h"
#include <stdio.h>
static void show(const signed char *p, int n) { while (n--) { printf("%d ", *p++); } puts(""); }
int main(void)
{
    static const signed char input[] = {INPUT};
    for (unsigned i = 0; i < sizeof input; i++) { first_input()[i] = input[i]; }
    first_invoke();
    show((const signed char *)first_output(), FIRST_OUTPUT_SIZE);
    for (unsigned i = 0; i < sizeof input; i++) { second_input()[i] = input[i]; }
    second_invoke();
    show((const signed char *)second_output(), SECOND_OUTPUT_SIZE);
    printf("%s\\n", first_labels[1]);
    return 0;
}
"""


@pytest.mark.parametrize("cpp", [False, True])
def test_two_models_in_one_program_share_an_arena(
    cpp: bool, any_target: Target, tmp_path: Path
) -> None:
    graph = residual_network()
    labels = ["a", "b", "c", "d"]
    tree = compile_graph(graph, any_target, "first", labels).tree()
    tree |= compile_graph(graph, any_target, "second").tree()
    sample = random_inputs(graph, 1)
    main = _MAIN.replace("INPUT}", ", ".join(map(str, sample[0][0].ravel())) + "}")
    printed = _run(tmp_path, _write(tmp_path, tree), main, cpp=cpp).splitlines()
    expected = next(numpy_reference.run(b"", graph, sample))[-1].ravel().tolist()
    assert [int(v) for v in printed[0].split()] == expected
    assert [int(v) for v in printed[1].split()] == expected
    assert printed[2] == "b"
    symbols = proc.run(["nm", tmp_path / "main"]).stdout.split("\n")
    assert sum("ek_arena" in line for line in symbols) == 1


_FLOAT_MAIN = """
#include "net.h"
#include <stdio.h>
int main(void)
{
    static const float values[NET_INPUT_SIZE] = {VALUES};
    static float out[NET_OUTPUT_SIZE];
    net_set_input(values);
    net_invoke();
    net_get_output(out);
    for (int i = 0; i < NET_OUTPUT_SIZE; i++) { printf("%.9g ", (double)out[i]); }
    return 0;
}
"""


@pytest.mark.parametrize("network", [residual_network, float_network])
def test_float_helpers_do_what_the_python_side_does(
    network, any_target: Target, tmp_path: Path
) -> None:
    from edgekit.harness.samples import quantize

    graph = network()
    tensor = graph.tensors[graph.inputs[0]]
    real = np.random.default_rng(5).normal(0, 3, tensor.shape).astype(np.float32)
    tree = compile_graph(graph, any_target, "net").tree()
    values = ", ".join(f"{v!r}f" for v in real.ravel().tolist())
    printed = _run(tmp_path, _write(tmp_path, tree), _FLOAT_MAIN.replace("VALUES}", values + "}"))
    final = next(numpy_reference.run(b"", graph, [[quantize(real, tensor)]]))[-1]
    quant = graph.tensors[graph.outputs[0]].quant
    if quant is not None:
        final = (final.astype(np.float32) - quant.zero_point) * np.float32(quant.scale)
    np.testing.assert_array_equal(np.array(printed.split(), np.float32), final.ravel())


def test_identical_crc(any_target: Target) -> None:
    """The weights file has the very bytes of the model's weights."""
    graph = residual_network()
    text = compile_graph(graph, any_target, "net", select=portable).tree()[
        "models/net/net_weights.c"
    ]
    body = text.split("net_op00_weights[")[1].split("{")[1].split("}")[0]
    found = np.array([int(v) for v in body.replace(",", " ").split()], np.int8)
    weights = graph.input(graph.ops[0], 1).data
    assert weights is not None
    assert zlib.crc32(found.tobytes()) == zlib.crc32(weights.tobytes())
