"""The CSV, the charts, the table and the fitted exponents are made from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.__main__ import cases, parser, run
from benchmarks.charts import draw_charts
from benchmarks.growth import exponents, fitted_exponent
from benchmarks.readme_table import BEGIN, END, write_table
from benchmarks.registry import specs
from benchmarks.results import COLUMNS, newest_results, provenance, trace_path, write_results
from benchmarks.rival_runs import in_new_process


def _row(method: str, workers: int, seconds: float, status: str = "ended") -> dict[str, Any]:
    return provenance() | {
        "spec": "nation", "severity": 1.0, "workers": workers, "pairs": 10 * workers, "method": method, "threads": 1,
        "limit": 60.0, "status": status, "wall_s": seconds + 1, "solve_s": seconds, "peak_mb": 0.1 * workers,
        "objective": 100.0, "bound": 101.0, "gap_own": 0.0099, "gap_best": 0.0099, "to_1pct": seconds,
        "to_0.1pct": None, "to_0.01pct": None, "placements": 5,
    }  # fmt: skip


def _moment(method: str, workers: int, seconds: float) -> dict[str, Any]:
    return {
        "spec": "nation", "severity": 1.0, "workers": workers, "method": method, "seconds": seconds,
        "objective": 100.0, "bound": 101.0, "gap_best": 0.0099,
    }  # fmt: skip


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two methods at two sizes: one grows with the square of the workers, the other in proportion."""
    sizes = (1_000, 4_000)
    rows = [_row("slow", n, 1e-6 * n**2) for n in sizes] + [_row("fast", n, 1e-4 * n) for n in sizes]
    trace = [_moment(method, n, t) for method in ("slow", "fast") for n in sizes for t in (0.1, 1.0)]
    return write_results(rows, trace, tmp_path)


def test_the_exponent_of_a_power_law_is_found() -> None:
    """Of 3 n^1.37 it is 1.37; of one size alone there is none."""
    sizes = pd.Series([300.0, 1_000.0, 3_000.0, 10_000.0])
    assert fitted_exponent(sizes, 3 * sizes**1.37) == pytest.approx(1.37)
    assert fitted_exponent(sizes[:1], sizes[:1]) is None


def test_exponents_are_those_of_methods_that_ended(results: Path) -> None:
    """A run that was stopped at the limit says nothing of growth."""
    rows = pd.read_csv(results)
    assert exponents(rows, "solve_s") == pytest.approx({"slow": 2.0, "fast": 1.0})
    rows.loc[rows["method"] == "slow", "status"] = "killed"
    assert list(exponents(rows, "solve_s")) == ["fast"]
    rows["limit"] = 0.2 * (rows["workers"] / 4_000)
    assert exponents(rows, "solve_s") == {}


def test_the_file_is_dated_and_versioned_and_has_its_columns(results: Path) -> None:
    """Its name is the day and the version, as every row says."""
    rows = pd.read_csv(results)
    assert list(rows.columns) == COLUMNS
    assert results.stem == f"{rows['date'][0]}-{rows['version'][0]}"
    assert newest_results(results.parent) == results


def test_measuring_again_replaces_a_row_and_keeps_the_others(results: Path) -> None:
    """A spec can be measured piece by piece; the way to the old end goes with it."""
    write_results([_row("fast", 1_000, 7.0)], [_moment("fast", 1_000, 7.0)], results.parent)
    rows, trace = pd.read_csv(results), pd.read_csv(trace_path(results))
    assert len(rows) == 4
    again = rows[(rows["method"] == "fast") & (rows["workers"] == 1_000)]
    assert again["solve_s"].tolist() == [7.0]
    assert len(trace) == 7


def test_charts_are_drawn_with_the_exponents(results: Path) -> None:
    """Both charts stand beside the results, in two formats, and the exponents in the subtitle."""
    drawn = draw_charts(results)
    assert [path.name.rpartition("-")[2] for path in drawn] == ["gap.png", "growth.png"]
    assert all(path.stat().st_size > 1_000 for path in drawn)
    text = drawn[1].with_suffix(".svg").read_text()
    assert "slow 2.00" in text and "fast 1.00" in text


def test_the_table_stands_between_its_markers(results: Path, tmp_path: Path) -> None:
    """What is around the markers stays; a second run changes nothing."""
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_table(results, readme)
    text = readme.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert "**nation**: 4,000 workers" in text
    assert "| slow | ended | 17.00 | 16.00 | 400 | 100.0 | 0.9900 % | 0.9900 % | 16.00 | - | - |" in text
    write_table(results, readme)
    assert readme.read_text() == text


def test_a_readme_without_markers_is_refused(results: Path, tmp_path: Path) -> None:
    """Nothing is written where the table's place is not known."""
    readme = tmp_path / "README.md"
    readme.write_text("no table here")
    with pytest.raises(ValueError, match="markers"):
        write_table(results, readme)


def test_the_command_measures_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One spec, two methods: a row each, with a gap to the best bound of the run."""
    asked = parser().parse_args(["--spec", "nation", "--sizes", "100", "--severity", "1", "--seconds", "20"])
    asked.rivals = ["highs-mip", "greedy-value"]
    assert run(asked, in_new_process, tmp_path) == 0
    rows = pd.read_csv(newest_results(tmp_path)).set_index("method")
    assert set(rows.index) == {"highs-mip", "greedy-value"}
    assert rows.loc["highs-mip", "status"] == "proved"
    assert rows.loc["greedy-value", "objective"] <= rows.loc["highs-mip", "objective"] + 1e-9
    assert np.isnan(rows.loc["greedy-value", "bound"]) and rows.loc["greedy-value", "gap_best"] >= 0
    assert "highs-mip" in capsys.readouterr().out


def test_a_smoke_run_is_tiny_and_a_proof_is_whole() -> None:
    """Smoke takes each spec once at its least, the proof at every size that is measured."""
    smoke = list(cases(parser().parse_args(["--smoke"])))
    assert all(case.workers == case.spec.smoke and case.severity == 1.0 for case in smoke)
    proof = [(case.spec.name, case.workers) for case in cases(parser().parse_args(["--proof"]))]
    assert proof == [(spec.name, workers) for spec in specs().values() for workers in spec.sizes]
    assert len(smoke) == len(specs())
