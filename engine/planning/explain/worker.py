"""Why a worker is where he or she is, or nowhere: each order considered, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.audit.candidate_pairs import CandidatePairs
from engine.plan.plan_files import read_certificate
from engine.planning.explain.bounded_changes import Bounded, bounded_changes
from engine.planning.explain.changes import Trial, smallest_changes
from engine.planning.explain.reading import Longs, Reading, refusals
from engine.planning.explain.trial import make_trial
from engine.planning.explain.words import Words, rule_name

SHOWN = 12


@dataclass(frozen=True)
class Considered:
    """One order: ``refused_by`` rules, or its ``value`` against the ``price`` of its places."""

    order: str
    placed: bool
    refused_by: tuple[str, ...]
    value: float | None
    price: float | None


@dataclass(frozen=True)
class WorkerExplanation:
    """What can be said of a worker; ``changes`` is None for who is placed, and under tiers.

    ``exact`` is whether changes were tried on the exact program; else each has bounds on what it could gain over this
    plan, ``gain_at_least`` (None: unknown) and ``gain_at_most``, and the first is how things stand.
    """

    worker: str
    considered: tuple[Considered, ...]
    rules: dict[str, str]
    others: int
    changes: tuple[dict[str, Any], ...] | None
    exact: bool
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_worker(reading: Reading, worker_id: str, words: Words) -> WorkerExplanation:
    """Explain one worker. Raises `CallError` for an unknown id."""
    row = reading.worker_row(worker_id)
    orders = _orders_of(reading, row)
    pairs = reading.pairs(np.full(len(orders), row), orders)
    found = refusals(pairs)
    value, price = reading.value_and_price(pairs)
    own = set(reading.order[reading.worker == row].tolist())
    ids = reading.programme.orders.id_text("order_id")
    considered = []
    for number, order in enumerate(orders.tolist()):
        rules = tuple(rule_name(rule) for rule, broken in found if broken[number])
        worth = (None, None) if rules else (round(float(value[number]), 6), round(float(price[number]), 6))
        considered.append(Considered(str(ids[order]), order in own, rules, *worth))
    considered.sort(key=lambda c: (not c.placed, len(c.refused_by), (c.price or 0) - (c.value or 0), c.order))
    exact, changes = None, None
    if not own and not reading.programme.settings.tiers:
        exact = make_trial(reading.programme)
        if exact is not None:
            changes = _changes(exact, worker_id, orders, words)
        else:
            changes = tuple(_bounded(one) for one in bounded_changes(reading, worker_id, orders, words))
    told = {rule_name(rule): words.rule(rule) for rule, _ in found}
    others = reading.programme.orders.size - len(orders)
    explained = WorkerExplanation(worker_id, tuple(considered), told, others, changes, exact is not None)
    return replace(explained, lines=tuple(_lines(reading, explained, words)))


def _orders_of(reading: Reading, row: int) -> Longs:
    """The orders in the worker's occupations."""
    pairs = CandidatePairs(reading.programme)
    return np.unique(pairs.at(np.arange(pairs.first[row], pairs.first[row + 1]))[1])


def _changes(trial: Trial, worker_id: str, orders: Longs, words: Words) -> tuple[dict[str, Any], ...]:
    if trial.would_place(worker_id):
        text = words.say("nothing: a plan that is as good places this worker", "nada: un plan igual de bueno la coloca")
        return ({"kind": "tied", "amount": 0, "text": text, "edit": None},)
    found = smallest_changes(trial, worker_id, orders, words)
    return tuple({"kind": c.kind, "amount": c.amount, "text": c.text, "edit": c.edit} for c in found)


def _bounded(one: Bounded) -> dict[str, Any]:
    change = one.change
    told = {"kind": change.kind, "amount": change.amount, "text": change.text, "edit": change.edit or None}
    return told | {"gain_at_least": one.at_least, "gain_at_most": one.at_most}


def _lines(reading: Reading, explained: WorkerExplanation, words: Words) -> list[str]:
    gap = read_certificate(reading.folder).get("gap", 0.0)
    say = words.say
    lines = [say(f"Worker {explained.worker}", f"Persona {explained.worker}")]
    for one in explained.considered[:SHOWN]:
        if one.placed:
            lines.append(say(f"  {one.order}: placed here", f"  {one.order}: colocada aquí"))
        elif one.refused_by:
            lines.append(
                say(f"  {one.order}: not admitted, ", f"  {one.order}: no admitida, ") + ", ".join(one.refused_by)
            )
        else:
            lines.append(_admitted(one, words))
    if len(explained.considered) > SHOWN:
        lines.append(
            say(
                f"  and {len(explained.considered) - SHOWN} more orders",
                f"  y {len(explained.considered) - SHOWN} ofertas más",
            )
        )
    lines.append(
        say(
            f"  {explained.others} orders ask for other occupations.",
            f"  {explained.others} ofertas piden otras ocupaciones.",
        )
    )
    lines += [f"  {name}: {text}" for name, text in sorted(explained.rules.items())]
    lines += _change_lines(explained, words)
    if gap > 1e-6:
        lines.append(
            say(
                f"The plan is proved within {gap:.4%} of the best; the best may place others.",
                f"El plan está a menos de {gap:.4%} del mejor; el mejor puede colocar a otras personas.",
            )
        )
    return lines


def _change_lines(explained: WorkerExplanation, words: Words) -> list[str]:
    say = words.say
    if explained.changes is None:
        return []
    how = [] if explained.exact else [_at_prices(words)]
    if not explained.changes:
        nothing = say(
            "No single change that was tried would do.", "Ningún cambio de los probados bastaría por sí solo."
        )
        return [*how, nothing]
    if not explained.exact:
        return [*how, *(_bounded_line(change, words) for change in explained.changes)]
    told = [f"  {change['text']}" for change in explained.changes]
    return [*how, say("Each of these alone would do:", "Bastaría una sola de estas cosas:"), *told]


def _bounded_line(change: dict[str, Any], words: Words) -> str:
    most, least = change["gain_at_most"], change["gain_at_least"]
    text = f"  {change['text']}"
    if change["kind"] == "as_is" or most is None:
        return text
    known = words.say(f"gains at most {most:.6f} over this plan", f"gana a lo sumo {most:.6f} sobre este plan")
    if least is not None:
        known += words.say(f", and at least {least:.6f}", f", y al menos {least:.6f}")
    return f"{text} ({known})"


def _at_prices(words: Words) -> str:
    return words.say(
        "What follows is weighed at the plan's prices, with bounds, for the programme is too large for exact trials.",
        "Lo que sigue se pesa a los precios del plan, con cotas: el programa es demasiado grande para pruebas exactas.",
    )


def _admitted(one: Considered, words: Words) -> str:
    gain = (one.value or 0.0) - (one.price or 0.0)
    return words.say(
        f"  {one.order}: admitted; worth {one.value:.2f}, its places cost {one.price:.2f} ({gain:+.2f})",
        f"  {one.order}: admitida; vale {one.value:.2f}, sus plazas cuestan {one.price:.2f} ({gain:+.2f})",
    )
