"""A sweep chooses what pricing every column by itself would choose, and counts what it uses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from benchmarks.draft_edits import with_chains
from engine.problem import MatchingProblem, compile_problem
from engine.problem.column_rows import use_of
from engine.problem.offers import NOTHING
from engine.problem.values import SCALE
from engine.programme import read_programme
from engine.solve.dual.bound import at_prices, no_crew_prices
from engine.solve.dual.sweeps import Sweeper, make_sweeper
from engine.tuning import Tuning
from scenarios.preset import Draft
from scenarios.presets import adversarial, nation, northern_triangle

DRAFTS = {
    "single": lambda: nation.build(300, 3),
    "chains": lambda: with_chains(nation.build(300, 3), 3),
    "calendars": lambda: northern_triangle.build(200, 3),
    "every clause": lambda: adversarial.build(40, 3),
}


@pytest.fixture(scope="module", params=list(DRAFTS))
def problem(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """A programme of single placements, of chains, of calendars with crews and groups, of every kind of clause."""
    folder = tmp_path_factory.mktemp("sweeps") / "p"
    draft: Draft = DRAFTS[request.param]()
    draft.write(folder)
    return compile_problem(read_programme(folder))


def _prices(problem: MatchingProblem, seed: int) -> np.ndarray:
    """Drawn prices in whole billionths, half of them 0."""
    draw = np.random.default_rng(seed)
    typical = float(problem.offers.value.max(initial=SCALE)) / 3
    return np.rint(np.maximum(draw.normal(0, typical, problem.limits.row_count), 0)).astype(np.int64)


@pytest.mark.parametrize("seed", range(3))
def test_each_party_takes_its_best_column(problem: MatchingProblem, seed: int) -> None:
    """``v_j - sum_r a_rj λ_r`` of what is chosen is the most of the party, within what single precision tells."""
    offers, prices = problem.offers, _prices(problem, seed)
    sweeper, chosen = make_sweeper(problem), np.empty(len(problem.offers.must), np.int64)
    used = sweeper.choose(prices / SCALE, 0, sweeper.party_count, chosen)
    reduced = at_prices(problem, prices, no_crew_prices(problem)).reduced() / SCALE
    near = 1e-4 * max(1.0, np.abs(reduced).max(initial=0))
    for p, must in enumerate(offers.must):
        own = reduced[offers.of_party[p] : offers.of_party[p + 1]]
        most = max(own.max(initial=-np.inf), -np.inf if must else 0)
        got = 0.0 if chosen[p] == NOTHING else reduced[chosen[p]]
        assert got >= most - near and (chosen[p] != NOTHING or not must or not len(own))
    np.testing.assert_allclose(used, use_of(offers, problem.limits, chosen[chosen != NOTHING]), atol=1e-6)


def test_blocks_and_cores_choose_alike(problem: MatchingProblem) -> None:
    """Whole, in parts of parties, or on both cores: the same columns and the same use."""
    prices = _prices(problem, 7) / SCALE
    both = make_sweeper(compile_problem(problem.programme, Tuning(columns_per_thread=1, cells_per_thread=1)))
    one = make_sweeper(problem)
    count = one.party_count

    def swept(sweeper: Sweeper, blocks: int) -> tuple[list[int], np.ndarray]:
        chosen, edges = np.empty(count, np.int64), np.linspace(0, count, blocks + 1).astype(int)
        used = [sweeper.choose(prices, a, b, chosen, 0.05) for a, b in pairwise(edges)]
        return chosen.tolist(), np.sum(used, axis=0)

    whole, use = swept(one, 1)
    for sweeper, blocks in ((one, 7), (both, 1), (both, 3)):
        again, also = swept(sweeper, blocks)
        assert again == whole
        np.testing.assert_allclose(also, use, atol=1e-6)


def test_a_pair_is_listed_once_a_party(problem: MatchingProblem) -> None:
    """The places of every column lead to the cells that it fills, those at home apart; no party lists a cell twice."""
    sweeper, offers = make_sweeper(problem), problem.offers
    pairs = sweeper.part.pairs
    if pairs is None:
        assert (np.diff(offers.cells) == 1).all()
        return
    for p in range(sweeper.party_count):
        listed = pairs.cell[pairs.of_party[p] : pairs.of_party[p + 1]]
        assert len(set(listed.tolist())) == len(listed)
        for j in range(offers.of_party[p], offers.of_party[p + 1]):
            places = pairs.place[j][pairs.place[j] > 0]
            filled = sweeper.cells.of_placement[offers.cells[j] : offers.cells[j + 1]]
            at = places.astype(int) - 1
            assert listed[at].tolist() == filled.tolist()
            home = offers.cell[offers.cells[j] : offers.cells[j + 1]] // offers.order_count == problem.limits.home_class
            assert pairs.apart[pairs.of_party[p] : pairs.of_party[p + 1]][at].tolist() == home.tolist()
