"""Who fits an open place, and what else a worker could do: the best by the plan's prices, each tried in the plan.

What is tried is one change of the plan as it stands: somebody comes to an order, leaves for it what overlaps, and one
other goes where a count leaves no room. The audit's own checks say whether that is legal; no solver is asked, so a plan
that moves several others may give more than what is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.audit.lasting_rules import rule_label
from engine.planning.explain.order import funnel
from engine.planning.explain.price_trial import members_of
from engine.planning.explain.reading import Floats, Longs, Reading, refusals
from engine.planning.explain.room import Room
from engine.planning.explain.worker import orders_of
from engine.words import Message, message, plural

MOST_TRIED = 20


@dataclass(frozen=True)
class Tried:
    """A ``worker`` (with the rest of the travel group) on an ``order``, tried in the plan.

    ``worth`` is what the placement is worth, ``price`` what its place costs at the plan's prices, ``weeks`` how long it
    is. For it the worker ``leaves`` orders, and ``displaced`` has to go from ``displaced_from`` ('' nobody). The plan
    is then worth ``adds`` more (less below 0); None where no such plan is legal, by the rules ``in_the_way``.
    """

    worker: str
    order: str
    worth: float
    price: float
    weeks: float
    leaves: tuple[str, ...]
    displaced: str
    displaced_from: str
    adds: float | None
    in_the_way: tuple[str, ...]


@dataclass(frozen=True)
class CandidatesExplanation:
    """Who else may come to an order: ``admitted`` who aren't placed there, and the ``ranked`` that were tried."""

    order: str
    headcount: int
    placed: int
    admitted: int
    ranked: tuple[Tried, ...]
    lines: tuple[str, ...] = field(repr=False, default=())

    def without(self, is_hidden: Callable[[str], bool]) -> CandidatesExplanation:
        """The same without the workers of whom somebody isn't told."""
        kept = tuple(one for one in self.ranked if not is_hidden(one.worker))
        return replace(self, ranked=kept, lines=(*self.lines[:2], *(_line(one.worker, one) for one in kept)))


@dataclass(frozen=True)
class AlternativesExplanation:
    """What else a worker may do: ``admitted`` orders beside those of the plan, and the ``ranked`` that were tried.

    ``refused`` are the orders in the worker's occupations that a rule keeps from him or her.
    """

    worker: str
    placed_on: tuple[str, ...]
    admitted: int
    refused: int
    ranked: tuple[Tried, ...]
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_candidates(reading: Reading, order_id: str) -> CandidatesExplanation:
    """Rank who else could come to an order. Raises `CallError` for an unknown id."""
    row = reading.order_row(order_id)
    here = reading.worker[reading.order == row]
    admitted = np.setdiff1d(funnel(reading.programme, row)[1], here)
    nearest = _nearest(reading, admitted, np.full(len(admitted), row))
    ids = reading.programme.workers.id_text("worker_id")
    tried = _ranked([_tried(reading, str(ids[admitted[one]]), row) for one in nearest])
    places = int(reading.programme.orders.values("headcount")[row])
    head = plural(
        "Order {order} has {placed:,} of {n:,} place filled.",
        "Order {order} has {placed:,} of {n:,} places filled.",
        n=places,
        order=order_id,
        placed=len(here),
    )
    count = plural(
        "{n:,} more worker is admitted:",
        "{n:,} more workers are admitted; those nearest by the prices were tried, the best first:",
        n=len(admitted),
    )
    count = count if len(admitted) else message("Nobody else is admitted.")
    lines = (head, count, *(_line(one.worker, one) for one in tried))
    return CandidatesExplanation(order_id, places, len(here), len(admitted), tried, lines)


def explain_alternatives(reading: Reading, worker_id: str) -> AlternativesExplanation:
    """Rank what else a worker could do. Raises `CallError` for an unknown id."""
    row = reading.worker_row(worker_id)
    own = reading.order[reading.worker == row]
    orders = np.setdiff1d(orders_of(reading, row), own)
    pairs = reading.pairs(np.full(len(orders), row), orders)
    standing = np.ones(len(orders), bool)
    for _, broken in refusals(pairs):
        standing &= ~broken
    admitted = orders[standing]
    nearest = _nearest(reading, np.full(len(admitted), row), admitted)
    tried = _ranked([_tried(reading, worker_id, int(admitted[one])) for one in nearest])
    ids = reading.programme.orders.id_text("order_id")
    placed_on = tuple(str(ids[order]) for order in own.tolist())
    head = message("Worker {worker} has no placement in this plan.", worker=worker_id)
    if placed_on:
        head = message("Worker {worker} is placed on {orders}.", worker=worker_id, orders=placed_on)
    count = plural(
        "{n:,} other order admits this worker:",
        "{n:,} other orders admit this worker; those nearest by the prices were tried, the best first:",
        n=len(admitted),
    )
    count = count if len(admitted) else message("No other order admits this worker.")
    lines = (head, count, *(_line(one.order, one) for one in tried))
    refused = int((~standing).sum())
    return AlternativesExplanation(worker_id, placed_on, len(admitted), refused, tried, lines)


def _nearest(reading: Reading, worker: Longs, order: Longs) -> list[int]:
    """The pairs that come nearest to adding something at the plan's prices, beside what the worker has already."""
    value, price = reading.value_and_price(reading.pairs(worker, order))
    beyond = value - price - _held_beyond_price(reading)[worker]
    ranked: list[int] = np.lexsort((order, worker, -beyond))[:MOST_TRIED].tolist()
    return ranked


def _held_beyond_price(reading: Reading) -> Floats:
    """What each worker's placements of the plan are worth beyond their prices."""
    value, price = reading.value_and_price(reading.pairs(reading.worker, reading.order))
    return np.bincount(reading.worker, np.maximum(value - price, 0.0), reading.programme.workers.size).astype(float)


def _ranked(tried: Sequence[Tried]) -> tuple[Tried, ...]:
    return tuple(
        sorted(tried, key=lambda one: (one.adds is None, -(one.adds or 0.0), -one.worth, one.worker, one.order))
    )


def _tried(reading: Reading, worker_id: str, order: int) -> Tried:
    """One change of the plan: first without leaving anything, then leaving what overlaps."""
    room = Room(reading, members_of(reading, worker_id))
    workers, orders = reading.programme.workers.id_text("worker_id"), reading.programme.orders.id_text("order_id")
    pair = reading.pairs(np.array([reading.worker_row(worker_id)]), np.array([order]))
    value, price = reading.value_and_price(pair)
    told = (worker_id, str(orders[order]), round(float(value[0]), 6), round(float(price[0]), 6))
    weeks, change = round(float(pair.days[0]) / 7, 1), room.best_change(order)
    leaves = tuple(dict.fromkeys(str(orders[one]) for one in reading.order[change.left].tolist()))
    if change.gain is None:
        rules = tuple(dict.fromkeys(rule_label(rule) for rule in change.in_the_way))
        return Tried(*told, weeks, leaves, "", "", None, rules)
    gone = change.displaced
    who, where = ("", "") if gone is None else (str(workers[reading.worker[gone]]), str(orders[reading.order[gone]]))
    return Tried(*told, weeks, leaves, who, where, round(change.gain, 6), ())


def _line(name: str, one: Tried) -> Message:
    """One change in words, with ``name`` of whom or what is ranked in front."""
    if one.adds is None:
        return message("  {name}: not possible as the plan stands, by {rules:each}", name=name, rules=one.in_the_way)
    told = {"name": name, "adds": one.adds, "other": one.displaced, "place": one.displaced_from, "orders": one.leaves}
    if one.leaves and one.displaced:
        return message("  {name}: {adds:+.2f}; leaves {orders} for it, and {other} has to go from {place}", **told)
    if one.leaves:
        return message("  {name}: {adds:+.2f}; leaves {orders} for it", **told)
    if one.displaced:
        return message("  {name}: {adds:+.2f}; {other} has to go from {place}", **told)
    return message("  {name}: {adds:+.2f}; nobody has to go", **told)
