"""Stable: workers propose in the order of their own wishes, and orders and limits keep whom they rank highest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.problem.column_rows import entries_of
from engine.problem.offers import NOTHING
from engine.problem.problem import MatchingProblem
from engine.solve.beside_optimal import BesideOptimal, beside_optimal, lacking_crews
from engine.solve.budget import Budget
from engine.solve.deferred_acceptance import (
    ALWAYS,
    SHARE,
    Standing,
    propose,
    refuse,
    rows_that_waste,
    standing_of,
)
from engine.solve.dual.sweeps import Spread, on_this_machine
from engine.solve.exact.rounding import is_feasible
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result, WastedPlace
from engine.solve.wishes import own_lists, wishes_of, worth_to_orders
from engine.words import message

Longs = npt.NDArray[np.int64]
NAME = "stable"
TITLE = message("Stable: nobody has a claim to another's place")


def run(
    problem: MatchingProblem,
    gap: float,
    budget: Budget,
    listener: Listener | None = None,
    warm: Warm | None = None,
    spread: Spread = on_this_machine,
) -> Result:
    """Deferred acceptance (`engine.solve.deferred_acceptance`): parties rank by what they ranked, then by what they
    earn; orders and limits by value without ``choice``, ties as the seed drew them.

    Two rules close what proposing leaves open, and whoever they refuse proposes again. An order whose crew is begun
    and not reached takes nobody, the one that lacks most of its crew first (``withdrawn`` of the result). A share that
    doesn't hold refuses the lowest who count against it, as many as it takes. What is promised is kept before anybody
    proposes; to an order that somebody is promised to the crew of the best plan comes, and under a share that promises
    break those of the best plan who make up for them.
    The certificate has the bound of `optimal`, and names the free places that a limit wastes, with how many people want
    them. Raises what `beside_optimal` raises.
    """
    beside = beside_optimal(problem, gap, budget, listener, warm, spread)
    standing = _settled(beside)
    wasted = _wasted(beside.problem, standing)
    told = {"wasted_places": _told(beside.problem, wasted)}
    return replace(beside.result(_held(standing), np.flatnonzero(standing.closed), told), wasted=wasted)


def _held(standing: Standing) -> Longs:
    return standing.held[standing.held != NOTHING]


def _settled(beside: BesideOptimal) -> Standing:
    """Where everybody has proposed and crews and shares are closed, with as much of the best plan held as promises
    need.
    """
    problem, pinned = beside.problem, beside.promised
    wishes = wishes_of(problem)
    wish, worth = own_lists(problem, wishes), worth_to_orders(problem, wishes)
    while True:
        standing = standing_of(problem.offers, problem.limits, wish, worth, problem.lead, pinned)
        short = _close(problem, standing, pinned)
        if is_feasible(problem, _held(standing)):
            return standing
        more = _more_of_the_best(beside, standing, short, pinned)
        if not len(more):
            return standing  # it isn't legal, which is said where it is looked at
        pinned = np.concatenate([pinned, more])


def _close(problem: MatchingProblem, standing: Standing, pinned: Longs) -> int:
    """Propose, and close shares and crews, until nothing is left to close; the order (or `NOTHING`) whose crew lacks
    people beside somebody who is promised.
    """
    offers, limits = problem.offers, problem.limits
    promised = np.zeros(offers.order_count, bool)
    promised[offers.placements(pinned)[1]] = True
    again = _best_first(standing, np.flatnonzero(standing.turn < standing.of_party[1:]))
    while len(again):
        propose(offers, limits, standing, again)
        held = _held(standing)
        refused = _against_shares(problem, standing, held)
        if not len(refused):
            short = lacking_crews(problem, held)
            if not len(short):
                return NOTHING
            if promised[short[0]]:
                return int(short[0])
            standing.closed[short[0]] = True
            refused = held[_on_order(problem, held, int(short[0]))]
        again = refuse(offers, limits, standing, refused)
    return NOTHING


def _best_first(standing: Standing, parties: Longs) -> Longs:
    """Parties with something to propose, whoever ranks highest with it first: it spares refusals that crossing limits
    would make for somebody who is refused himself.
    """
    proposed = standing.wish[standing.turn[parties]]
    return parties[np.lexsort((standing.tie[parties], -standing.worth[proposed]))]


def _on_order(problem: MatchingProblem, columns: Longs, order: int) -> npt.NDArray[np.bool_]:
    """Which of some columns hold a placement on an order."""
    lengths = problem.offers.lengths(columns)
    owner = np.repeat(np.arange(len(columns)), lengths)
    hits = problem.offers.placements(columns)[1] == order
    return np.bincount(owner[hits], minlength=len(columns)) > 0


def _against_shares(problem: MatchingProblem, standing: Standing, held: Longs) -> Longs:
    """The lowest held columns that count against the first share that is broken, as many as it takes; its cutoff is
    raised to the highest of them.
    """
    broken = np.flatnonzero((standing.kind == SHARE) & (standing.use > standing.capacity))
    nobody = np.empty(0, np.int64)
    if not len(broken):
        return nobody
    entries = entries_of(problem.offers, problem.limits, held)
    column = held[row_of_each(np.diff(entries.offsets))]
    counted = (entries.coefficient > 0) & (standing.worth[column] != ALWAYS)
    for row in broken:
        at = np.flatnonzero(counted & (entries.row == row))
        tie = standing.tie[standing.party[column[at]]]
        at = at[np.lexsort((-tie, standing.worth[column[at]]))]
        over = standing.use[row] - standing.capacity[row]
        at = at[: int(np.searchsorted(np.cumsum(entries.coefficient[at]), over)) + 1]
        if len(at):
            highest = column[at[-1]]
            standing.cut_worth[row] = standing.worth[highest]
            standing.cut_tie[row] = standing.tie[standing.party[highest]]
            return column[at]
    return nobody


def _more_of_the_best(beside: BesideOptimal, standing: Standing, short: int, pinned: Longs) -> Longs:
    """What of the best plan has to be held beside what is pinned: the crew of a promised order, those who make up for a
    broken share, or all of it.
    """
    offers, limits, best = beside.problem.offers, beside.problem.limits, beside.best.columns
    if short != NOTHING:
        return beside.others_on(short, pinned)
    others = best[~np.isin(offers.party_of(best), offers.party_of(pinned))]
    entries = entries_of(offers, limits, others)
    broken = (standing.use > standing.capacity)[entries.row] & (entries.coefficient < 0)
    helping = np.unique(row_of_each(np.diff(entries.offsets))[broken])
    return others[helping] if len(helping) else others


def _wasted(problem: MatchingProblem, standing: Standing) -> tuple[WastedPlace, ...]:
    """The free places that limits keep free, by order and limit."""
    offers = problem.offers
    row = rows_that_waste(offers, problem.limits, standing)
    columns = np.flatnonzero(row != NOTHING)
    lengths = offers.lengths(columns)
    order = offers.placements(columns)[1]
    kept, people = np.unique(np.stack([order, np.repeat(row[columns], lengths)], 1), axis=0, return_counts=True)
    return tuple(WastedPlace(int(o), int(r), int(n)) for (o, r), n in zip(kept, people, strict=True))


def _told(problem: MatchingProblem, wasted: tuple[WastedPlace, ...]) -> list[dict[str, str | int]]:
    """The wasted places as the certificate names them."""
    orders, names = problem.programme.orders.id_text("order_id"), problem.limits.names
    return [{"order_id": str(orders[one.order]), "limit": names[one.limit][0], "people": one.people} for one in wasted]
