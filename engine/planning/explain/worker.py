"""Why a worker is where he or she is, or nowhere: each order considered, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.facts import facts_against, shows_facts
from engine.audit.lasting_rules import rule_code, rule_in_words, rule_label
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.plan.plan_files import read_certificate
from engine.planning.explain.bounded_changes import Bounded, bounded_changes
from engine.planning.explain.changes import Trial, smallest_changes
from engine.planning.explain.reading import Bools, Longs, Reading, refusals
from engine.planning.explain.trial import TrialsTooLong, make_trial
from engine.words import Message, message, plural

SHOWN = 12


@dataclass(frozen=True)
class Considered:
    """One order: ``refused_by`` rules, or its ``value`` against the ``price`` of its places.

    ``facts`` has for each of the rules what stands against it, the fact beside the demand ('' for rules of calendars).
    """

    order: str
    placed: bool
    refused_by: tuple[str, ...]
    value: float | None
    price: float | None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkerExplanation:
    """What can be said of a worker; ``changes`` is None for who is placed, and under tiers.

    ``exact`` is whether changes were tried on the exact program; else each has bounds on what it could gain over this
    plan, ``gain_at_least`` (None: unknown) and ``gain_at_most``, and the first is how things stand.
    """

    worker: str
    considered: tuple[Considered, ...]
    rules: Mapping[str, str]
    others: int
    changes: tuple[dict[str, Any], ...] | None
    exact: bool
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_worker(reading: Reading, worker_id: str) -> WorkerExplanation:
    """Explain one worker. Raises `CallError` for an unknown id."""
    row = reading.worker_row(worker_id)
    orders = orders_of(reading, row)
    pairs = reading.pairs(np.full(len(orders), row), orders)
    found = refusals(pairs)
    value, price = reading.value_and_price(pairs)
    facts = {rule_code(rule): _facts(rule, pairs, broken) for rule, broken in found}
    own = set(reading.order[reading.worker == row].tolist())
    ids = reading.programme.orders.id_text("order_id")
    considered = []
    for number, order in enumerate(orders.tolist()):
        rules = tuple(rule_code(rule) for rule, broken in found if broken[number])
        worth = (None, None) if rules else (round(float(value[number]), 6), round(float(price[number]), 6))
        told = tuple(facts[rule_code(rule)].get(number, "") for rule, broken in found if broken[number])
        considered.append(Considered(str(ids[order]), order in own, rules, worth[0], worth[1], told))
    considered.sort(key=lambda c: (not c.placed, len(c.refused_by), (c.price or 0) - (c.value or 0), c.order))
    exact, changes = False, None
    if not own and not reading.programme.settings.tiers:
        tried = _tried(reading, worker_id, orders)
        exact = tried is not None
        changes = tried if exact else tuple(_bounded(one) for one in bounded_changes(reading, worker_id, orders))
    said = {rule_code(rule): rule_in_words(rule) for rule, _ in found}
    names = {rule_code(rule): rule_label(rule) for rule, _ in found}
    others = reading.programme.orders.size - len(orders)
    explained = WorkerExplanation(worker_id, tuple(considered), said, others, changes, exact)
    return replace(explained, lines=tuple(_lines(reading, explained, names)))


def _facts(rule: str | Clause, pairs: PlacementTable, broken: Bools) -> dict[int, str]:
    """What stands against a rule in each of the pairs that it refuses, by number."""
    numbers = np.flatnonzero(broken)
    return (
        dict(zip(numbers.tolist(), facts_against(rule, pairs.subset(numbers)), strict=True))
        if shows_facts(rule)
        else {}
    )


def orders_of(reading: Reading, row: int) -> Longs:
    """The orders in the worker's occupations."""
    pairs = CandidatePairs(reading.programme)
    return np.unique(pairs.at(np.arange(pairs.first[row], pairs.first[row + 1]))[1])


def _tried(reading: Reading, worker_id: str, orders: Longs) -> tuple[dict[str, Any], ...] | None:
    """The changes that exact trials find; None where the programme is too large for them, or they take too long."""
    trial = make_trial(reading.programme)
    try:
        return None if trial is None else _changes(trial, worker_id, orders)
    except TrialsTooLong:
        return None


def _changes(trial: Trial, worker_id: str, orders: Longs) -> tuple[dict[str, Any], ...]:
    if trial.would_place(worker_id):
        text = message("nothing: a plan that is as good places this worker")
        return ({"kind": "tied", "amount": 0, "text": text, "edit": None},)
    found = smallest_changes(trial, worker_id, orders)
    return tuple({"kind": c.kind, "amount": c.amount, "text": c.text, "edit": c.edit} for c in found)


def _bounded(one: Bounded) -> dict[str, Any]:
    change = one.change
    told = {"kind": change.kind, "amount": change.amount, "text": change.text, "edit": change.edit or None}
    return told | {"gain_at_least": one.at_least, "gain_at_most": one.at_most}


def _names(one: Considered, names: Mapping[str, str]) -> tuple[str, ...]:
    """What refuses an order, each with the fact beside the demand."""
    return tuple(
        message("{rule} ({fact})", rule=names[code], fact=fact) if fact else names[code]
        for code, fact in zip(one.refused_by, one.facts, strict=True)
    )


def _lines(reading: Reading, explained: WorkerExplanation, names: Mapping[str, str]) -> list[Message]:
    gap = read_certificate(reading.folder).get("gap", 0.0)
    lines: list[Message] = [message("Worker {worker}", worker=explained.worker)]
    for one in explained.considered[:SHOWN]:
        if one.placed:
            lines.append(message("  {order}: placed here", order=one.order))
        elif one.refused_by:
            lines.append(message("  {order}: not admitted by {rules:each}", order=one.order, rules=_names(one, names)))
        else:
            lines.append(_admitted(one))
    if len(explained.considered) > SHOWN:
        more = len(explained.considered) - SHOWN
        lines.append(plural("  and {n:,} more order", "  and {n:,} more orders", n=more))
    lines.append(
        plural(
            "  {n:,} order asks for another occupation.",
            "  {n:,} orders ask for other occupations.",
            n=explained.others,
        )
    )
    lines += [
        message("  {name}: {text}", name=names[code], text=text) for code, text in sorted(explained.rules.items())
    ]
    lines += _change_lines(explained)
    if gap > 1e-6:
        lines.append(message("The plan is proved within {gap:.4%} of the best; the best may place others.", gap=gap))
    return lines


def _change_lines(explained: WorkerExplanation) -> list[Message]:
    if explained.changes is None:
        return []
    how = [] if explained.exact else [_at_prices()]
    if not explained.changes:
        return [*how, message("No single change that was tried would do.")]
    if not explained.exact:
        return [*how, *(_bounded_line(change) for change in explained.changes)]
    told = [message("  {change}", change=change["text"]) for change in explained.changes]
    return [*how, message("Each of these alone would do:"), *told]


def _bounded_line(change: dict[str, Any]) -> Message:
    most, least = change["gain_at_most"], change["gain_at_least"]
    text = change["text"]
    if change["kind"] == "as_is" or most is None:
        return message("  {change}", change=text)
    if least is None:
        return message("  {change} (gains at most {most:.6f} over this plan)", change=text, most=most)
    return message(
        "  {change} (gains at most {most:.6f} over this plan, and at least {least:.6f})",
        change=text,
        most=most,
        least=least,
    )


def _at_prices() -> Message:
    return message(
        "What follows is weighed at the plan's prices, with bounds: exact trials of this programme would take too long."
    )


def _admitted(one: Considered) -> Message:
    gain = (one.value or 0.0) - (one.price or 0.0)
    return message(
        "  {order}: admitted; worth {value:.2f}, its places cost {price:.2f} ({gain:+.2f})",
        order=one.order,
        value=one.value,
        price=one.price,
        gain=gain,
    )
