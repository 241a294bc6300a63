"""Compiles what a contract writes, and runs it on raw samples."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np

from edgekit import resources
from edgekit.contract import Contract, Quantized, image
from tests.support.tiny import need

_FLAGS = ("-std=c11", "-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-Wshadow")
_FLAGS += ("-Wundef", "-Wcast-align", "-Wconversion", "-fsanitize=address,undefined")
_MAIN = """
#include <stdio.h>
#include <string.h>
#include "models/net/net_input.h"
static {type} raw[{most}];
static int8_t out[{size}];
{extra}
int main(void)
{{
    for (int i = 0; i < {count}; i++) {{
        unsigned head[3];
        if (fread(head, 4, 3, stdin) != 3) return 1;
        if (fread(raw, sizeof raw[0], head[0], stdin) != head[0]) return 1;
        net_prepare({arguments});
        fwrite(out, 1, sizeof out, stdout);
    }}
    return 0;
}}
"""


def python_module(source: str, folder: Path) -> ModuleType:
    """What `convert` writes as Python, imported."""
    path = folder / "net_input.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(f"net_input_{folder.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def run_c(
    contract: Contract, quant: Quantized, samples: Sequence[np.ndarray], folder: Path
) -> list[np.ndarray]:
    """What the C makes of each raw sample: (n,) int8."""
    need("cc")
    sources = contract.c_sources("net", quant)
    for path, text in sources.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    extra, arguments = "", "raw, out"
    if "frontend/ek_frontend.c" in sources:
        extra, arguments = "static int32_t scratch[NET_INPUT_SCRATCH];", "raw, scratch, out"
    if isinstance(contract, image.Contract):
        arguments = "raw, head[1], head[2], out"
    types = {"int16": "int16_t", "uint8": "uint8_t", "float32": "float"}
    size = int(np.prod(contract.shape))
    main = _MAIN.format(
        type=types[samples[0].dtype.name],
        most=max(each.size for each in samples),
        size=size,
        count=len(samples),
        extra=extra,
        arguments=arguments,
    )
    (folder / "main.c").write_text(main)
    files = [str(folder / path) for path in ("main.c", *sources) if path.endswith(".c")]
    include = [f"-I{folder}", f"-I{resources.templates_folder() / 'include'}"]
    program = folder / "prepare"
    subprocess.run(["cc", *_FLAGS, *include, *files, "-o", str(program)], check=True)
    fed = b""
    for each in samples:
        height, width = each.shape[:2] if each.ndim == 3 else (0, 0)
        fed += np.array([each.size, width, height], np.uint32).tobytes() + each.tobytes()
    done = subprocess.run([str(program)], input=fed, stdout=subprocess.PIPE, check=True)
    return list(np.frombuffer(done.stdout, np.int8).reshape(len(samples), size))
