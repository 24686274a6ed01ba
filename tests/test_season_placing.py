"""Who may be added to placements of which some left: a share that is overrun is mended, never made worse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from base_programme import ORDER, WORKERS, base
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.planning.season.drawn_season import season_problem
from engine.planning.season.standing import lawful, with_added
from engine.problem.column_rows import use_of
from engine.problem.problem import MatchingProblem

SEXES = "MMMMMMFFFF"


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """Ten people, of whom a third at least has to be of those who are women, on one order with room for all."""
    workers = [WORKERS[0] | {"worker_id": f"W{number:02}", "sex": sex} for number, sex in enumerate(SEXES)]
    draft = base(workers, [ORDER | {"headcount": "10"}])
    draft.agreements[0]["clause"] = [
        {"id": "women", "kind": "share", "where": {"sex": ["F"]}, "min_share": 0.34, "source": "article 1"}
    ]
    folder: Path = tmp_path_factory.mktemp("share")
    return season_problem(draft.programme(folder))


def _short(problem: MatchingProblem, columns: np.ndarray) -> float:
    """How many women are missing from a third, counted from the register."""
    worker, _ = problem.offers.placements(columns)
    women = (problem.programme.workers.labels("sex").text()[worker] == "F").sum()
    return float(0.34 * len(worker) - women)


@settings(max_examples=40)
@given(held=st.sets(st.integers(0, 9)), order=st.permutations(range(10)))
def test_whoever_is_added_makes_no_share_worse(problem: MatchingProblem, held: set[int], order: list[int]) -> None:
    """Nobody who could be added is left out either: a woman always fits, so that no season stops for want of one."""
    before = np.array(sorted(held), np.int64)
    after = with_added(problem, before, np.array(order, np.int64))
    assert list(after[: len(before)]) == list(before) and len(np.unique(after)) == len(after)
    assert _short(problem, after) <= max(_short(problem, before), 0)
    worker, _ = problem.offers.placements(after)
    sex = problem.programme.workers.labels("sex").text()
    assert (sex[worker] == "F").sum() == 4
    kept = lawful(problem, after)
    assert (use_of(problem.offers, problem.limits, kept) <= problem.limits.capacity + 1e-9).all()
    assert _short(problem, kept) <= 0


def test_no_more_are_added_than_are_asked(problem: MatchingProblem) -> None:
    assert len(with_added(problem, np.array([0, 1]), np.arange(10), 1)) == 3
