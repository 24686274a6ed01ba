"""Legal itineraries are exactly the sets of admitted pairs that the audit's own checks of a calendar let through."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from oracle.calendar_rules import calendar_faults
from oracle.programme_reader import read as read_naively

from engine.audit.calendars import calendar_breaches
from engine.audit.placement_table import PlacementTable
from engine.problem import compile_problem
from engine.problem.itineraries import Itineraries, legal_itineraries
from engine.programme import Programme

LONGEST = 3


def listed(programme: Programme) -> tuple[set[tuple[int, frozenset[int]]], dict[int, list[int]]]:
    """Every legal itinerary as (worker, orders), and the orders of which each worker has a legal itinerary."""
    from engine.problem.admitted_pairs import list_pairs
    from engine.problem.eligibility import admitted_rectangles
    from engine.problem.register import Register
    from engine.problem.values import Values

    register = Register(programme)
    admitted = list_pairs(register, admitted_rectangles(register), Values(register))
    found: Itineraries = legal_itineraries(register, admitted)
    legal = set()
    for worker in range(register.worker_count):
        for number in range(found.of_worker[worker], found.of_worker[worker + 1]):
            pairs = found.pairs[found.offsets[number] : found.offsets[number + 1]]
            legal.add((worker, frozenset(admitted.order[pairs].tolist())))
    offered = {
        worker: admitted.order[admitted.offsets[worker] : admitted.offsets[worker + 1]].tolist()
        for worker in range(register.worker_count)
    }
    return legal, offered


def passes(programme: Programme, worker: int, orders: tuple[int, ...]) -> bool:
    """Whether the audit finds no fault with the calendar of one worker."""
    table = PlacementTable(programme, np.full(len(orders), worker), np.array(orders))
    return not any(broken.any() for _, _, broken in calendar_breaches(table, table.agreement()))


@pytest.mark.parametrize("seed", range(8))
def test_itineraries_are_what_the_audit_lets_through(seed: int, tmp_path: Path) -> None:
    programme = draft(seed, 16).programme(tmp_path / "p")
    legal, offered = listed(programme)
    for worker, orders in offered.items():
        for size in range(1, LONGEST + 1):
            for chosen in combinations(orders[:9], size):
                assert ((worker, frozenset(chosen)) in legal) == passes(programme, worker, chosen), (worker, chosen)


@pytest.mark.parametrize("seed", [3, 6])
def test_days_in_a_zone_of_states_are_counted_together(seed: int, tmp_path: Path) -> None:
    """Problem, audit and the oracle agree on a zone over all destinations, which decides some calendars by itself."""
    made = draft(seed, 8)
    zone = {"id": "zone", "kind": "stay_window", "max_days": 90, "window_days": 300, "zone": ["CA", "ES", "US"]}
    programme = replace(made, settings=made.settings | {"clause": [zone]}).programme(tmp_path / "p")
    naive = read_naively(tmp_path / "p")
    legal, offered = listed(programme)
    by_zone_alone = 0
    for worker, orders in offered.items():
        for chosen in (chosen for size in (1, 2) for chosen in combinations(orders[:6], size)):
            faults = calendar_faults(naive, f"W{worker}", [f"O{order}" for order in chosen])
            assert ((worker, frozenset(chosen)) in legal) == (not faults) == passes(programme, worker, chosen)
            by_zone_alone += faults == {"zone"}
    assert by_zone_alone


def test_some_itineraries_are_long(tmp_path: Path) -> None:
    """The comparison above isn't about single placements alone."""
    longest = 0
    for seed in range(8):
        programme = draft(seed, 16).programme(tmp_path / str(seed))
        longest = max(
            longest,
            int(
                compile_problem(programme)
                .offers.lengths(np.arange(compile_problem(programme).offers.count))
                .max(initial=0)
            ),
        )
    assert longest >= 2
