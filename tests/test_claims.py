"""Who has a claim against a plan: planted ones are found exactly, others as an independent reading finds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from base_programme import ORDER, WORKER, base
from oracle.programme_reader import read as read_naively
from oracle.stable import Stability

from engine.errors import ClashError
from engine.planning.claims import find_claims
from engine.problem import MatchingProblem, compile_problem
from engine.programme.reorder import drawn_order
from engine.run import Options, match_read


def _column(problem: MatchingProblem, worker: str, order: str) -> int:
    """The column of one placement that a worker has on an order."""
    offers, programme = problem.offers, problem.programme
    at = programme.workers.id_text("worker_id").tolist().index(worker)
    on = programme.orders.id_text("order_id").tolist().index(order)
    single = np.flatnonzero(offers.lengths(np.arange(offers.count)) == 1)
    who, what = offers.placements(single)
    return int(single[(who == at) & (what == on)][0])


def test_planted_claims_are_found_exactly(tmp_path: Path) -> None:
    """W0 would take W2's place, which the order would give him; W1 a free one; W2 and W3 want nothing else."""
    workers = [{**WORKER, "worker_id": f"W{n}", "occupations": f"9211:{20 - n}"} for n in range(4)]
    orders = [
        {**ORDER, "order_id": "O0", "headcount": "1"},
        {**ORDER, "order_id": "O1", "headcount": "3"},
        {**ORDER, "order_id": "O2", "headcount": "1"},
    ]
    first = {"W0": "O0", "W1": "O2", "W2": "O0", "W3": "O1"}
    ranked = [{"worker_id": worker, "order_id": order, "rank": "1"} for worker, order in first.items()]
    problem = compile_problem(base(workers, orders, preferences=ranked).programme(tmp_path / "p"))
    plan = {"W0": "O1", "W1": "O1", "W2": "O0", "W3": "O1"}
    held = np.array([_column(problem, *pair) for pair in plan.items()])
    claims = find_claims(problem, held)
    assert np.flatnonzero(claims.to_free_places).tolist() == [_column(problem, "W1", "O2")]
    assert np.flatnonzero(claims.envied).tolist() == [_column(problem, "W0", "O0")]
    assert (claims.blocking, int(claims.envy_pairs.sum())) == (2, 1)


@pytest.mark.parametrize("mechanism", ["first-come", "optimal"])
@pytest.mark.parametrize("seed", range(4))
def test_claims_are_those_of_an_independent_reading(seed: int, mechanism: str, tmp_path: Path) -> None:
    """Under crews, groups, chains, shares, beds and caps that cross."""
    programme = draft(seed).programme(tmp_path / "p")
    try:
        matched = match_read(programme, Options(mechanism, 0.001, 60.0))
    except ClashError:
        pytest.skip("the commitments clash")
    drawn, workers, orders = drawn_order(programme, 0)
    names = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    plan = [(str(names[0][w]), str(names[1][o])) for w, o in zip(matched.worker, matched.order, strict=True)]
    ties = {str(names[0][row]): turn for turn, row in enumerate(workers.tolist())}
    told = list(Stability(read_naively(tmp_path / "p"), plan, ties).blocking())
    expected = {(column.members[0], *sorted(column.order_ids), holder is None) for column, holder in told}
    claims, offers = find_claims(matched.problem, matched.result.columns), matched.problem.offers
    found = set()
    for column in np.flatnonzero(claims.to_free_places | claims.envied):
        who, what = offers.placements(np.array([column]))
        members = sorted(
            (str(names[0][workers[one]]) for one in who), key=list(programme.workers.id_text("worker_id")).index
        )
        names_of = sorted({str(names[1][orders[one]]) for one in what})
        found.add((members[0], *names_of, bool(claims.to_free_places[column])))
    assert drawn.workers.size == programme.workers.size
    assert found == expected
