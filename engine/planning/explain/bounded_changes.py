"""What would place a worker of a large programme, and what that could give: bounds on both sides, without solving.

By weak duality at the plan's prices no plan that places a worker is worth more than ``price_bound`` plus what the best
order that admits him or her is worth beyond its price, where that is below 0; after a change of the worker the best
that he or she could then get is added, after one of a limit its price. From below: a plan that was found, the present
one with the worker put in, into free places or for somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.audit.counts import Excess
from engine.clauses.base import Clause, Count, Reserve, Tally
from engine.plan.metrics import most_gain
from engine.plan.plan_files import read_certificate
from engine.planning.explain.changes import Change, more_beds, more_places, more_quota, smallest_changes
from engine.planning.explain.price_trial import LEAST, PriceTrial, members_of, price_trial
from engine.planning.explain.reading import Longs, Reading
from engine.planning.explain.room import Room
from engine.words import message

ORDERS_TRIED = 12
SCALE = 10**9


@dataclass(frozen=True)
class Bounded:
    """A change (or none: ``kind`` is ``as_is``), and what a plan that places the worker could gain over this plan:
    ``at_least``, by a plan that was found (None: none was), and ``at_most``, proved by prices
    (None: no order admits him or her).
    """

    change: Change
    at_least: float | None
    at_most: float | None


def bounded_changes(reading: Reading, worker_id: str, orders: Longs) -> list[Bounded]:
    """How things stand, then changes of the worker and of single limits that could place him or her."""
    trial, room = price_trial(reading, worker_id), Room(reading, members_of(reading, worker_id))
    slack = most_gain(read_certificate(reading.folder))
    tried = _tried(trial, room)
    return [
        _as_is(trial, room, tried, slack),
        *_of_the_worker(trial, worker_id, orders, slack),
        *_of_limits(reading, room, tried, slack),
    ]


def _tried(trial: PriceTrial, room: Room) -> list[tuple[int, list[Excess]]]:
    """The orders that come nearest to their price, each with what is in the way there."""
    orders, worth = trial.worth_beyond_price
    nearest = orders[np.argsort(-worth, kind="stable")][:ORDERS_TRIED]
    return [(order, room.excesses(order)) for order in nearest.tolist()]


def _as_is(trial: PriceTrial, room: Room, tried: list[tuple[int, list[Excess]]], slack: float) -> Bounded:
    if trial.best_at_most == -np.inf:
        text = message("as things are, no order admits this worker")
        return Bounded(Change("as_is", 0, text, {}), None, None)
    found = [
        room.worth(order) if not excesses else room.exchange(order, excesses[0])
        for order, excesses in tried
        if len(excesses) < 2
    ]
    at_least = max((gain for gain in found if gain is not None), default=None)
    at_most = slack + min(0.0, trial.best_at_most)
    if at_most < LEAST:
        text = message(
            "as things are, every plan that places this worker is worth at least {at_most:.6f} less", at_most=-at_most
        )
    elif at_least is not None and at_least >= LEAST:
        text = message("nothing: a plan that is as good places this worker")
    else:
        text = message("as things are, it isn't decided whether a plan that is as good places this worker")
    return Bounded(Change("as_is", 0, text, {}), at_least, at_most)


def _of_the_worker(trial: PriceTrial, worker_id: str, orders: Longs, slack: float) -> Iterator[Bounded]:
    """Changes of the worker after which some order is worth its price; less of the same is not enough at the prices."""
    if trial.would_place(worker_id):
        return
    for change in smallest_changes(trial, worker_id, orders):
        after = trial.edited(change.edit)
        if after is not None:
            yield Bounded(change, None, slack + after.surplus_at_most)


def _of_limits(reading: Reading, room: Room, tried: list[tuple[int, list[Excess]]], slack: float) -> Iterator[Bounded]:
    """More of the one limit that is in the way: the plan with the worker put in is then legal, and worth more."""
    best: dict[str, Bounded] = {}
    for order, excesses in tried:
        change = _more(excesses)
        if change is not None:
            price = change.amount * _price(reading, excesses)
            bounded = Bounded(change, room.worth(order), slack + price)
            known = best.get(change.kind)
            if known is None or (known.change.amount, -(known.at_least or 0)) > (change.amount, -room.worth(order)):
                best[change.kind] = bounded
    yield from best.values()


def _more(excesses: Sequence[Excess]) -> Change | None:
    """What more of the only rule in the way would be, as an edit; None where several are, or it isn't a number."""
    rules = {excess.rule if isinstance(excess.rule, str) else excess.rule.name for excess in excesses}
    if len(rules) != 1:
        return None
    rule, scope = excesses[0].rule, excesses[0].scope
    k = round(max(excess.used - float(excess.allowed) for excess in excesses) if _is_number(rule) else 0)
    if rule == "headcount":
        said = more_places(k, scope)
        edit = {"table": "orders", "where": {"order_id": scope}, "add": {"headcount": k}}
        return Change("headcount", k, said, edit)
    if rule == "beds":
        said = more_beds(k, scope)
        return Change("beds", k, said, {"table": "sites", "where": {"site_id": scope}, "add": {"beds": k}})
    if isinstance(rule, Clause) and _is_number(rule):
        said = more_quota(k, rule.name)
        own = {"clause": rule.id} | ({"agreement": rule.agreement_id} if rule.agreement_id else {})
        return Change("quota", k, said, own | {"add": {"count": k}})
    return None


def _is_number(rule: str | Clause) -> bool:
    """Whether a rule is a count that an edit can raise."""
    if isinstance(rule, str):
        return rule in ("headcount", "beds")
    return isinstance(rule.rule, Count) and rule.rule.takes_more() and not isinstance(rule.rule, Reserve)


def _price(reading: Reading, excesses: Sequence[Excess]) -> float:
    """What one unit of a rule costs on all its limits together."""
    rule, prices = excesses[0].rule, reading.limit_prices.by_limit
    if isinstance(rule, str):
        names, times = [f"{rule}|{excesses[0].scope}"], 1
    else:
        siblings = reading.programme.siblings(rule).values()
        within = [one.name for one in siblings if isinstance(one.rule, Reserve) and one.rule.within == rule.id]
        names, times = [rule.name, *within], _periods_raised(reading, rule)
    mine = (price for limit, price in prices.items() if any(limit == n or limit.startswith(n + "|") for n in names))
    return times * sum(mine) / SCALE


def _periods_raised(reading: Reading, clause: Clause) -> int:
    """By how many units one more of a count raises a limit at most: what is left over adds up over periods."""
    nobody = np.empty(0, np.int64)
    assert isinstance(clause.rule, Count)
    tallies = clause.rule.tallies(reading.pairs(nobody, nobody), clause.where, reading.programme.siblings(clause))
    return max((len(t.periods or ()) for t in tallies if isinstance(t, Tally) and t.rollover), default=1)
