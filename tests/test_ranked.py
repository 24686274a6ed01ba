"""What is ranked for an order or a worker holds: each change that is told is legal and adds what it says."""

from __future__ import annotations

import os

import numpy as np
import pytest
from adversarial_programmes import draft

from engine.audit.audit import audit
from engine.errors import CallError, ClashError
from engine.planning.explain import explained
from engine.planning.explain.price_trial import members_of
from engine.planning.explain.ranked import Tried, explain_alternatives, explain_candidates
from engine.planning.explain.reading import Reading, read_reading
from engine.run import Options, match_to_folder

TINY = 1e-5
# Each answer tries dozens of changes: `make proof` asks of twice as many orders and workers.
DEPTH = int(os.environ.get("VAIVEN_RANKED_DEPTH", "2"))


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> list[Reading]:
    """The best plans of some small programmes."""
    place, found = tmp_path_factory.mktemp("ranked"), []
    for seed in (1, 3, 7):
        programme = draft(seed, 40).programme(place / f"p{seed}")
        try:
            match_to_folder(place / f"p{seed}", place / f"plan{seed}", Options(gap=0.0))
        except ClashError:
            continue
        found.append(read_reading(programme, place / f"plan{seed}"))
    assert found
    return found


def _changed(reading: Reading, one: Tried) -> tuple[bool, float]:
    """Whether the plan with the change made is legal, and by how much it is worth more."""
    workers, orders = reading.programme.workers, reading.programme.orders.id_text("order_id")
    ids, group = workers.id_text("worker_id"), workers.labels("travel_group_id").codes
    members = members_of(reading, one.worker)
    left = np.isin(reading.worker, members) & np.isin(orders[reading.order], list(one.leaves))
    who = group[reading.worker] if one.displaced else group[:0]
    gone = (ids[reading.worker] == one.displaced) & (orders[reading.order] == one.displaced_from)
    if gone.any() and who[gone][0] >= 0:
        gone = (who == who[gone][0]) & (orders[reading.order] == one.displaced_from)
    kept = ~(left | gone)
    order = int(np.flatnonzero(orders == one.order)[0])
    worker = np.concatenate([reading.worker[kept], members])
    placed = np.concatenate([reading.order[kept], np.full(len(members), order)])
    before, after = (audit(reading.programme, *pair) for pair in ((reading.worker, reading.order), (worker, placed)))
    return after.legal, after.objective - before.objective


def test_each_change_is_legal_and_adds_what_it_says(readings: list[Reading]) -> None:
    """In a best plan none adds anything; who may come and whom it displaces is told of every order and every worker."""
    possible = displaced = left = 0
    for reading in readings:
        orders = reading.programme.orders.id_text("order_id").tolist()
        workers = reading.programme.workers.id_text("worker_id").tolist()
        answers = [explain_candidates(reading, order).ranked for order in orders[:: 8 // DEPTH]]
        answers += [explain_alternatives(reading, worker).ranked for worker in workers[: 2 * DEPTH]]
        for ranked in answers:
            gains = [one.adds for one in ranked if one.adds is not None]
            assert gains == sorted(gains, reverse=True)
            assert all(one.in_the_way for one in ranked[len(gains) :])
            for one in ranked[: len(gains)]:
                legal, more = _changed(reading, one)
                assert legal and abs(more - (one.adds or 0)) < TINY, one
                assert (one.adds or 0) <= TINY, one
                possible, displaced, left = possible + 1, displaced + bool(one.displaced), left + bool(one.leaves)
    print(f"{possible} changes, {displaced} with somebody displaced, {left} leaving something")
    assert min(possible, displaced, left) >= 5


def test_nobody_is_a_candidate_where_he_is_already(readings: list[Reading]) -> None:
    """An answer says how many places are filled, how many others are admitted, and what a worker has."""
    reading = readings[0]
    order = str(reading.programme.orders.id_text("order_id")[reading.order[0]])
    here = set(reading.programme.workers.id_text("worker_id")[reading.worker[reading.order == reading.order[0]]])
    told = explain_candidates(reading, order)
    assert told.placed == len(here) and here.isdisjoint(one.worker for one in told.ranked)
    assert len(told.lines) == 2 + len(told.ranked)
    worker = str(reading.programme.workers.id_text("worker_id")[reading.worker[0]])
    other = explain_alternatives(reading, worker)
    assert order in other.placed_on and order not in {one.order for one in other.ranked}
    few = told.without(lambda name: name == (told.ranked[0].worker if told.ranked else ""))
    assert len(few.lines) == 2 + len(few.ranked)


def test_one_worker_or_one_order_is_ranked(readings: list[Reading]) -> None:
    """Nothing else."""
    programme, folder = readings[0].programme, readings[0].folder
    order = str(programme.orders.id_text("order_id")[0])
    worker = str(programme.workers.id_text("worker_id")[0])
    for asked in ((worker, order, None), (None, None, "x")):
        with pytest.raises(CallError):
            explained(programme, folder, *asked, commitments=False, ranked=True)
    with pytest.raises(CallError):
        explained(programme, None, None, order, None, False, ranked=True)
    assert explained(programme, folder, None, order, None, False, ranked=True).lines
