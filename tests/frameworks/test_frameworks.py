"""Every framework's library is compiled as that framework would, against stubs of it."""

from __future__ import annotations

import configparser
import functools
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgekit import frameworks, pipeline, registry, targets
from edgekit.errors import InputError
from edgekit.oracles import numpy_reference
from edgekit.packaging import ConvertOptions
from tests.support.networks import residual_network, separable_network
from tests.support.tflite_writer import write_tflite
from tests.support.tools import needs

NAME = "separable"
TARGET = next(t for t in targets.all_boards() if "thumb1" in t.core.features)
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wundef", "-Wcast-align", "-Wconversion")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / f"{NAME}.tflite"
    path.write_bytes(write_tflite(separable_network()))
    return path


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A framework's library, made once."""

    @functools.cache
    def make(framework: str) -> Path:
        folder = tmp_path_factory.mktemp("made") / "out"
        options = ConvertOptions(str(source), TARGET.board.name, folder, framework=framework)
        pipeline.convert(options)
        return folder / framework / NAME

    return make


def run(*words: object) -> str:
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compile_all(library: Path, folder: Path, compiler: str, *flags: str) -> list[Path]:
    """Every C file below `library`, which is the only place to include from."""
    objects = []
    for number, file in enumerate(sorted(library.rglob("*.c"))):
        objects.append(folder / f"{number}.o")
        words = (compiler, *flags, *WARNINGS, "-std=c11", f"-I{library}", "-c", file)
        run(*words, "-o", objects[-1])
    assert objects
    return objects


# What each CMake based framework brings, as far as its libraries use it.
STUBS = {
    "cmake": "",
    "pico-sdk": "",
    "esp-idf": """
function(idf_component_register)
  cmake_parse_arguments(C "" "" "SRCS;INCLUDE_DIRS" ${ARGN})
  add_library(separable STATIC ${C_SRCS})
  target_include_directories(separable PUBLIC ${C_INCLUDE_DIRS})
  set(COMPONENT_LIB separable PARENT_SCOPE)
endfunction()
""",
    "zephyr": """
set(CONFIG_EDGEKIT_SEPARABLE y)
macro(zephyr_library_named name)
  set(LIBRARY ${name})
  add_library(${name} STATIC "")
  add_library(separable ALIAS ${name})
endmacro()
macro(zephyr_library_sources)
  target_sources(${LIBRARY} PRIVATE ${ARGN})
endmacro()
macro(zephyr_include_directories)
  target_include_directories(${LIBRARY} PUBLIC ${ARGN})
endmacro()
macro(zephyr_library_compile_options)
  target_compile_options(${LIBRARY} PRIVATE ${ARGN})
endmacro()
""",
}

MAIN = """
#include <stdio.h>
#include "separable.h"
int main(void)
{
    for (int i = 0; i < SEPARABLE_INPUT_SIZE; i++) {
        separable_input()[i] = (int8_t)(i * 37 % 251 - 125);
    }
    separable_invoke();
    for (int i = 0; i < SEPARABLE_OUTPUT_SIZE; i++) {
        printf("%d ", separable_output()[i]);
    }
    return 0;
}
"""


def expected() -> list[int]:
    graph = separable_network()
    taken = graph.tensors[graph.inputs[0]]
    sample = np.array([i * 37 % 251 - 125 for i in range(taken.size)], np.int8)
    outputs = next(numpy_reference.run(b"", graph, [[sample.reshape(taken.shape)]]))
    (last,) = (i for i, op in enumerate(graph.ops) if graph.outputs[0] in op.outputs)
    return [int(v) for v in outputs[last].ravel()]


@pytest.mark.parametrize("framework", sorted(STUBS))
def test_a_cmake_project_links_it_and_gets_the_right_output(
    framework: str, made: Callable[[str], Path], tmp_path: Path
) -> None:
    needs("cmake", "cc")
    library = made(framework)
    folder = library / "zephyr" if framework == "zephyr" else library
    (tmp_path / "main.c").write_text(MAIN)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\nproject(user LANGUAGES C)\n"
        f"{STUBS[framework]}\nadd_subdirectory({folder} library)\n"
        "add_executable(user main.c)\ntarget_link_libraries(user PRIVATE separable)\n"
    )
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build")
    run("cmake", "--build", tmp_path / "build")
    assert [int(v) for v in run(tmp_path / "build" / "user").split()] == expected()


def test_arduino(made: Callable[[str], Path], tmp_path: Path) -> None:
    """The library as C, the sketch as C++, as the Arduino builder does; linked together."""
    needs("arm-none-eabi-gcc", "arm-none-eabi-g++")
    library = made("arduino")
    flags = [*TARGET.core.flags, "-Os", "-ffreestanding"]
    objects = compile_all(library / "src", tmp_path, "arm-none-eabi-gcc", *flags)
    (tmp_path / "Arduino.h").write_text(
        'extern "C" void delay(unsigned long);\n'
        "struct Port { void begin(unsigned long); void println(int); };\nextern Port Serial;\n"
    )
    sketch = library / "examples" / NAME / f"{NAME}.ino"
    words = ("arm-none-eabi-g++", *flags, *WARNINGS, "-std=gnu++17", f"-I{library / 'src'}")
    words += ("-include", str(tmp_path / "Arduino.h"), "-x", "c++", "-c", str(sketch))
    run(*words, "-o", tmp_path / "sketch.o")
    run("arm-none-eabi-ld", "-r", "-o", tmp_path / "all.o", tmp_path / "sketch.o", *objects)
    undefined = run("arm-none-eabi-nm", "--undefined-only", tmp_path / "all.o")
    assert "separable" not in undefined, "what the sketch calls is there"
    properties = dict(
        line.split("=", 1) for line in (library / "library.properties").read_text().splitlines()
    )
    wanted = {"name", "version", "author", "maintainer", "sentence", "paragraph", "category"}
    assert wanted | {"url", "architectures"} <= set(properties)
    assert (library / "src" / properties["includes"]).is_file()


def test_platformio(made: Callable[[str], Path], tmp_path: Path) -> None:
    needs("cc")
    library = made("platformio")
    described = json.loads((library / "library.json").read_text())
    build = described["build"]
    objects = compile_all(library / build["srcDir"], tmp_path, "cc", *build["flags"])
    example = library / "examples" / NAME / "main.c"
    include = f"-I{library / build['includeDir']}"
    run("cc", *WARNINGS, include, example, *objects, "-o", tmp_path / "example")
    done = subprocess.run([tmp_path / "example"], timeout=60)
    assert 0 <= done.returncode < len(expected())


def test_stm32cube(made: Callable[[str], Path], tmp_path: Path) -> None:
    """CubeMX reads the paths from a project's folder, beside which the library lies."""
    needs("arm-none-eabi-gcc")
    library = made("stm32cube")
    settings = configparser.ConfigParser()
    settings.optionxform = str  # type: ignore[assignment]  # keys keep their case
    settings.read(library / ".extSettings")
    project = library.parent / "project"
    project.mkdir()
    include = project / settings["ProjectFiles"]["HeaderPath"]
    assert (include / f"{NAME}.h").is_file()
    files = settings["Groups"][f"Application/{NAME}"].split(";")
    assert {(project / f).resolve() for f in files} == set(library.resolve().rglob("*.c"))
    compile_all(library / "src", tmp_path, "arm-none-eabi-gcc", *TARGET.core.flags)


def test_esp_idf_and_zephyr_describe_themselves(made: Callable[[str], Path]) -> None:
    component = made("esp-idf")
    assert re.search(
        r'^version: "\d+\.\d+\.\d+"$', (component / "idf_component.yml").read_text(), re.M
    )
    module = made("zephyr")
    described = (module / "zephyr" / "module.yml").read_text()
    assert "  cmake: zephyr\n" in described
    assert "  kconfig: zephyr/Kconfig\n" in described
    assert "config EDGEKIT_SEPARABLE\n" in (module / "zephyr" / "Kconfig").read_text()


def test_nothing_but_what_is_included(made: Callable[[str], Path]) -> None:
    library = made("cmake")
    names = {path.name for path in library.rglob("*.h")}
    assert {"ek_types.h", "ek_quant.h", f"{NAME}.h"} <= names
    assert not {"ek_port.h", "ek_ring.h", "ek_mve.h", "ek_build_id.h"} & names


def test_every_framework_is_tested_here() -> None:
    tested = {*STUBS, "arduino", "platformio", "stm32cube"}
    assert set(frameworks.names()) == tested
    for module in registry.load_all("edgekit.frameworks").values():
        assert module.TITLE
        assert module.SOURCES
        assert module.FILES


def test_an_unknown_framework(source: Path, tmp_path: Path) -> None:
    options = ConvertOptions(str(source), TARGET.board.name, tmp_path / "out", framework="ardiuno")
    with pytest.raises(InputError, match="unknown framework 'ardiuno'") as caught:
        pipeline.convert(options)
    assert "did you mean 'arduino'" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_the_preparation_of_raw_data_is_part_of_it(tmp_path: Path) -> None:
    needs("cc")
    model, contract = tmp_path / "net.tflite", tmp_path / "contract.toml"
    model.write_bytes(write_tflite(residual_network()))
    contract.write_text(
        '[image]\nheight = 9\nwidth = 8\ncolours = "bgr"\nscale = [0.02]\noffset = [-3.0]\n'
    )
    pipeline.convert(
        ConvertOptions(
            str(model),
            TARGET.board.name,
            tmp_path / "out",
            contract=contract,
            framework="platformio",
        )
    )
    sources = tmp_path / "out" / "platformio" / "net" / "src"
    assert (sources / "models" / "net" / "net_input.c").is_file()
    compile_all(sources, tmp_path, "cc", "-ffp-contract=off")
