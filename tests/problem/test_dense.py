"""Pairs priced where they lie are priced as listed ones are."""

from __future__ import annotations

import numpy as np
import pytest

from engine.problem import MatchingProblem, compile_problem
from engine.problem.priced_columns import price_table
from engine.programme import read_programme
from engine.solve.dual.bound import bound_at, no_crew_prices
from engine.tuning import Tuning
from scenarios.presets import nation


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[MatchingProblem, MatchingProblem]:
    """The same programme listed, and with its pairs kept as bits."""
    folder = tmp_path_factory.mktemp("dense") / "p"
    nation.build(500, 2).write(folder)
    programme = read_programme(folder)
    return compile_problem(programme), compile_problem(programme, Tuning(dense_pairs=0))


@pytest.mark.parametrize("height", [0.0, 3.0, 12.0])
def test_every_party_gets_as_much(both: tuple[MatchingProblem, MatchingProblem], height: float) -> None:
    listed, dense = both
    assert dense.dense is not None and listed.limits.row_count == dense.limits.row_count
    prices = np.rint(np.random.default_rng(1).random(listed.limits.row_count) * height * 1e9).astype(np.int64)
    one = bound_at(listed, prices, no_crew_prices(listed))
    other = bound_at(dense, prices, no_crew_prices(dense))
    assert one.surplus.tolist() == other.surplus.tolist()
    assert one.value == other.value


def test_the_best_pairs_are_found_above_a_threshold(both: tuple[MatchingProblem, MatchingProblem]) -> None:
    listed, dense = both
    assert dense.dense is not None
    prices = np.full(listed.limits.row_count, 2 * 10**9, np.int64)
    threshold = np.full(len(listed.offers.must), 5 * 10**9, np.int64)
    found = dense.dense.top(price_table(dense.limits, prices), threshold, 10**6)
    table = price_table(listed.limits, prices)
    offers = listed.offers
    assert (np.diff(offers.cells) == 1).all()
    worth = offers.value - table[offers.cell // offers.order_count, offers.cell % offers.order_count]
    above = worth > 5 * 10**9
    wanted = set(
        zip(offers.cell_worker[above].tolist(), (offers.cell % offers.order_count)[above].tolist(), strict=True)
    )
    listed_there = set(
        zip(dense.offers.cell_worker.tolist(), (dense.offers.cell % offers.order_count).tolist(), strict=True)
    )  # pairs whose value no class tells, and those of groups and promises
    told = set(zip(found.worker.tolist(), found.order.tolist(), strict=True))
    assert told <= wanted and wanted - told <= listed_there
    assert len(told) > len(wanted - told) > 0
