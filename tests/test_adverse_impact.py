"""Adverse impact: counts by an independent reading, planted disparities found, and no verdict from too few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from adversarial_programmes import draft
from command_line import run_command
from hypothesis import given
from hypothesis import strategies as st
from oracle.pair_rules import admitted as admitted_naively
from oracle.programme_reader import read as read_naively
from scipy.stats import hypergeom

import vaiven
from engine.planning.fairness.exact_tests import LEVEL, holm, interval
from engine.planning.fairness.impact import SMALLEST, Verdict, impacts
from engine.planning.fairness.selection import Selected
from scenarios.presets import northern_triangle


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_the_tables(seed: int, tmp_path: Path) -> None:
    """Registered, admitted by the rules read anew, and placed."""
    made = draft(seed)
    programme = made.programme(tmp_path / "p")
    plan = vaiven.match(programme)
    table = vaiven.adverse_impact(plan)
    naive = read_naively(tmp_path / "p")
    able, placed = {worker for worker, _ in admitted_naively(naive)}, set(plan.placements["worker_id"])
    for key in ("sex", "origin_region"):
        for row in table[table["key"] == key].to_dict("records"):
            own = {worker for worker, cells in naive.workers.items() if cells[key] == row["group"]}
            expected = {"admitted": (own & (able | placed), own), "placed": (own & placed, own & (able | placed))}
            assert (row["chosen"], row["looked_at"]) == tuple(map(len, expected[row["stage"]]))


def _planted(sizes: dict[str, tuple[int, int]]) -> dict[str, Verdict]:
    """The verdicts on sexes of whom so many are admitted and so many of these placed."""
    counts = [(Selected("sex", sex, size, size, placed), placed, size) for sex, (size, placed) in sizes.items()]
    return {one.group: one.verdict for one in impacts("placed", "sex", counts)}


def test_a_planted_disparity_is_found() -> None:
    assert _planted({"F": (100, 20), "M": (100, 60)}) == {"F": Verdict.SIGN, "M": Verdict.REFERENCE}


def test_equal_rates_give_no_sign() -> None:
    assert _planted({"F": (100, 55), "M": (100, 60)}) == {"F": Verdict.NO_SIGN, "M": Verdict.REFERENCE}


def test_four_fifths_alone_is_no_sign() -> None:
    """Less than four fifths of the rate, and well within chance."""
    assert _planted({"F": (20, 7), "M": (20, 10)})["F"] is Verdict.NO_SIGN


@pytest.mark.parametrize("few", [1, SMALLEST - 1, SMALLEST])
def test_too_few_give_no_verdict(few: int) -> None:
    """Not even where nobody of them is placed; five are too few where half of the others are placed."""
    assert _planted({"F": (few, 0), "M": (60, 30)})["F"] is Verdict.TOO_SMALL


@given(st.integers(1, 60), st.data())
def test_the_interval_covers_the_rate(size: int, data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, size))
    low, high = interval(chosen, size)
    assert 0 <= low <= chosen / size <= high <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_correction_for_several_only_raises(values: list[float]) -> None:
    """Each at least its own, none above one, the least at least times how many, and the order kept."""
    corrected = holm(values)
    assert all(own <= after <= 1 for own, after in zip(values, corrected, strict=True))
    assert min(corrected) == pytest.approx(min(1, min(values) * len(values)))
    assert [corrected[i] for i in np.argsort(values, kind="stable")] == sorted(corrected)


def test_false_alarms_are_as_rare_as_said() -> None:
    """Groups drawn from one urn: the share of draws with a sign, computed exactly over all that can be drawn."""
    women, men, placed = 30, 40, 35
    drawn = hypergeom(women + men, women, placed)
    alarm = 0.0
    for chosen in range(max(0, placed - men), min(women, placed) + 1):
        verdicts = _planted({"F": (women, chosen), "M": (men, placed - chosen)})
        alarm += drawn.pmf(chosen) * (Verdict.SIGN in verdicts.values())
    assert alarm <= LEVEL


def test_the_command_says_what_the_verb_says(tmp_path: Path) -> None:
    northern_triangle.build(80, 2).write(tmp_path / "season")
    assert run_command("match", tmp_path / "season", tmp_path / "plan").returncode == 0
    done = run_command("fairness", "impact", tmp_path / "season", tmp_path / "plan", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    programme = vaiven.read_programme(tmp_path / "season")
    table = vaiven.adverse_impact(vaiven.read_plan(programme, tmp_path / "plan"))
    told = pd.read_csv(tmp_path / "out" / "impact.csv")
    pd.testing.assert_frame_equal(told, table, check_dtype=False)
