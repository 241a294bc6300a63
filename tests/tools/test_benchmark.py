"""The benchmark's figures, the check for regressions, and the document made of them."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from edgekit import emulators

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import benchmark  # noqa: E402  # a program beside the package
from benchmark_figures import Baseline, Figures, Layer, worse  # noqa: E402
from benchmark_next import CORES, rest_of_cores, rest_of_models  # noqa: E402
from benchmark_report import markdown, plot  # noqa: E402

BASELINE = Baseline.read(ROOT / "tools" / "baseline.json")
LAYERS = (
    Layer("CONV_2D", "ek_conv", 100, 6_400, 4_000, 5_000),
    Layer("DEPTHWISE_CONV_2D", "ek_dw", 100, 900, 2_000, None),
    Layer("RESHAPE", "", 100, 0, 3, None),
)
FIGURES = Figures(
    model="kws_ref_model_int8",
    board="a_board",
    core="cortex_m4f",
    goal="balanced",
    macs=2_656_768,
    executed_macs=2_656_768,
    instructions=100_000,
    cycles=(("Some core", 150_000),),
    arena_bytes=10_000,
    stack_bytes=500,
    flash_bytes=60_000,
    weights_bytes=30_000,
    layers=LAYERS,
)


def test_floors() -> None:
    conv, depthwise, reshape = LAYERS
    assert conv.floor == 3_200 + 300
    assert depthwise.floor == 100 * (5 + 3)  # nine taps in five pairs
    assert reshape.floor is None


def test_what_would_be_next() -> None:
    """By kernel, the one first that is furthest above its floor; by core, per MAC."""
    layers = (
        Layer("DEPTHWISE_CONV_2D", "ek_depthwise_conv_2d_s8_dsp_3x3", 100, 900, 20_000, None),
        Layer("CONV_2D", "ek_conv_2d_s8_dsp_w8", 100, 6_400, 34_500, None),
        Layer("CONV_2D", "ek_conv_2d_s8_dsp_w8", 100, 6_400, 34_500, None),
        Layer("CONV_2D", "ek_conv_2d_s8_dsp_w16", 100, 6_400, 3_600, None),  # 0.1 % above
    )
    figure = replace(FIGURES, layers=layers, executed_macs=50_000)
    rows = rest_of_models([figure])
    assert [row[1:4] for row in rows] == [
        ["`ek_conv_2d_s8_dsp_w8`", "69.0 %", "62.0 %"],
        ["`ek_depthwise_conv_2d_s8_dsp_3x3`", "20.0 %", "19.2 %"],
    ]
    (core,) = rest_of_cores([figure], ["another", figure.model])
    assert core[:4] == ["cortex_m4f", str(CORES[0][1]), "-", "2.00"]
    text = markdown([figure], [], BASELINE, "a_board")
    assert all(row[-1] in text for row in [*rows, core])


def test_figures_survive_the_file() -> None:
    assert Figures.of(asdict(FIGURES)) == FIGURES


@pytest.mark.parametrize("name", ["instructions", "arena_bytes", "stack_bytes", "flash_bytes"])
def test_more_than_one_percent_is_worse(name: str) -> None:
    limit = getattr(FIGURES, name) * 101 // 100
    assert worse(FIGURES, replace(FIGURES, **{name: limit})) == []
    (line,) = worse(FIGURES, replace(FIGURES, **{name: limit + 1}))
    assert name in line
    assert "kws_ref_model_int8 on a_board" in line
    assert worse(replace(FIGURES, **{name: limit + 1}), FIGURES) == []


def test_cycles_are_checked_by_model() -> None:
    slower = replace(FIGURES, cycles=(("Some core", 151_501),))
    assert "cycles (Some core)" in worse(FIGURES, slower)[0]
    assert worse(FIGURES, replace(FIGURES, cycles=())) == []


def test_the_check_fails_on_regressions_and_on_missing_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "RESULTS", tmp_path / "benchmarks.json")
    assert benchmark.check([FIGURES], []) == 1
    assert "run `make bench`" in capsys.readouterr().err
    monkeypatch.setattr(benchmark, "report", lambda reference: None)
    reference = benchmark.roomiest(benchmark.emulated())
    benchmark.write([FIGURES], [], reference)
    assert benchmark.check([FIGURES], []) == 0
    assert benchmark.check([replace(FIGURES, instructions=102_000)], []) == 1
    assert "2.0 % more than 100,000" in capsys.readouterr().err
    wrong = benchmark.LeftOut("m", "b", "balanced", "WRONG: 3 operators differ")
    assert benchmark.check([FIGURES], [wrong]) == 1


def test_only_the_reference_boards_layers_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "RESULTS", tmp_path / "benchmarks.json")
    monkeypatch.setattr(benchmark, "report", lambda reference: None)
    reference = benchmark.roomiest(benchmark.emulated())
    there = replace(FIGURES, board=reference.board.name)
    benchmark.write([FIGURES, there, replace(there, goal="size")], [], reference)
    kept = {f.key: f.layers for f in benchmark.read(tmp_path / "benchmarks.json")[0]}
    assert kept == {
        FIGURES.key: (),
        there.key: LAYERS,
        (there.model, there.board, "size"): (),
    }


def test_every_core_with_a_quick_emulator_is_in_the_subset() -> None:
    reference = benchmark.roomiest(benchmark.emulated())
    boards = {job.board for job in benchmark.checked_jobs(reference)}
    cores = {t.core.name for t in benchmark.emulated() if emulators.whose_cycles(t) is None}
    assert len(cores) >= 7
    assert {t.core.name for t in benchmark.emulated() if t.board.name in boards} == cores


def test_the_document() -> None:
    text = markdown([FIGURES], [("big", "small", "size", "does not fit")], BASELINE, "a_board")
    assert "| cortex_m4f | 100,000 (**0.01**) |" in text
    assert "150,000 (**0.02**)" in text
    assert "| 0 | CONV_2D | `ek_conv` | 6,400 | 4,000 | 4.0 % | 0.625 | 3,500 | 1.14 |" in text
    assert "| kws_ref_model_int8, op 1 | DEPTHWISE_CONV_2D | 2,000 | 800 | 1.2 % |" in text
    assert "| small | big (size) | does not fit |" in text


def test_goals_are_held_against_the_best_figure() -> None:
    slow = replace(FIGURES, instructions=2_700_000)
    text = markdown([slow], [], BASELINE, "a_board")
    assert "| cortex_m4f | instructions | balanced | - | 2,700,000 (**1.04**) |" in text
    text = markdown([slow, FIGURES], [], BASELINE, "a_board")
    assert "| cortex_m4f | instructions | balanced | - | 100,000 (0.04) |" in text


def test_the_picture_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("a.svg", "b.svg"):
        plot([FIGURES], BASELINE, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"cortex_m4f" in (tmp_path / "a.svg").read_bytes()


def test_without_the_corpus_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "MODELS", tmp_path / "nowhere")
    measured: list[benchmark.Job] = []

    def run(todo: list[benchmark.Job], processes: int) -> tuple[list[Figures], list[object]]:
        measured.extend(todo)
        return [], []

    monkeypatch.setattr(benchmark, "run", run)
    assert benchmark.main(["--check"]) == 0
    assert {job.model for job in measured} == {benchmark.OWN}
    assert len({job.board for job in measured}) > 4
    assert "left out" in capsys.readouterr().err


def test_the_baseline_is_complete() -> None:
    for goal in BASELINE.goals:
        assert len(goal.at_most) == len(BASELINE.models)
        assert goal.core in {t.core.name for t in benchmark.emulated()}
        assert hasattr(FIGURES, goal.figure)
    for figure, cores in BASELINE.figures.items():
        for core, values in cores.items():
            assert len(values) == len(BASELINE.models), (figure, core)
            assert core in {t.core.name for t in benchmark.emulated()}
