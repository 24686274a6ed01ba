"""The independent audit: re-verifies any plan from the raw programme and names each breach and whom it concerns.

It reads the programme and the placements alone; nothing of the problem or of a solver is imported here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.audit.calendars import calendar_breaches
from engine.audit.counts import Excess, count_breaches
from engine.audit.lasting_rules import LASTING_RULES, rule_code, rule_sentence
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.clauses.base import Clause
from engine.programme.programme import Programme
from engine.words import Message, message, plural

PEOPLE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which a plan is not legal: the rule or clause, its article, and the people and orders concerned."""

    rule: str
    clause_id: str
    source: str
    scope: str
    workers: tuple[str, ...]
    orders: tuple[str, ...]
    sentence: str

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> Message:
        """The breach in words."""
        lasting = LASTING_RULES.get(self.rule)
        rule = self.rule if lasting is None else lasting.name
        if self.source:
            rule = message("{clause} ({article})", clause=rule, article=self.source)
        if self.scope:
            rule = message("{rule} [{scope}]", rule=rule, scope=self.scope)
        people = self._people
        if self.orders:
            people = message("{people} on {orders}", people=people, orders=self.orders[:PEOPLE_SHOWN])
        return message("{rule}: {people}. {sentence}", rule=rule, people=people, sentence=self.sentence)

    @property
    def _people(self) -> Message:
        shown, more = self.workers[:PEOPLE_SHOWN], len(self.workers) - PEOPLE_SHOWN
        if more > 0:
            return plural("{people} and {n:,} more", "{people} and {n:,} more", n=more, people=shown)
        return message("{people}", people=shown)


@dataclass(frozen=True, slots=True)
class Audit:
    """The verdict on a plan: each rule with how often it was checked and broken, every breach, and the objective."""

    checks: tuple[dict[str, Any], ...]
    breaches: tuple[Breach, ...] = field(repr=False)
    objective: float = 0.0
    placements: int = 0

    @property
    def legal(self) -> bool:
        """Whether no rule is broken."""
        return not self.breaches


def audit(programme: Programme, worker: Sequence[int] | Any, order: Sequence[int] | Any) -> Audit:
    """Check the placements of workers (row numbers) on orders (row numbers) against every rule.

    ``objective`` is recomputed from the raw tables in the programme's value terms.
    """
    return audit_of(PlacementTable(programme, np.asarray(worker, np.int64), np.asarray(order, np.int64)))


def audit_of(placements: PlacementTable) -> Audit:
    """`audit` of placements in a table of their own, which others may read after it."""
    checks: list[dict[str, Any]] = []
    breaches: list[Breach] = []
    agreement = placements.agreement()

    def note(rule: str | Clause, checked: int, found: list[Breach]) -> None:
        checks.append({"rule": rule_code(rule), "checked": int(checked), "violations": len(found)})
        breaches.extend(found)

    for rule, checked, broken in (*pair_breaches(placements), *calendar_breaches(placements, agreement)):
        rows = np.flatnonzero(broken)
        note(rule, checked, [_breach(placements, rule, "", rows[i : i + 1]) for i in range(len(rows))])
    for rule, checked, excesses in count_breaches(placements):
        note(rule, checked, [_count_breach(placements, excess) for excess in excesses])
    value = round(math.fsum(placement_values(placements)), 6)
    return Audit(tuple(checks), tuple(breaches), value, placements.size)


def _breach(placements: PlacementTable, rule: str | Clause, scope: str, rows: Any) -> Breach:
    workers = placements.programme.workers.id_text("worker_id")[placements.worker[rows]]
    orders = placements.programme.orders.id_text("order_id")[placements.order[rows]]
    people, places = tuple(dict.fromkeys(workers.tolist())), tuple(dict.fromkeys(orders.tolist()))
    if isinstance(rule, str):
        return Breach(rule, rule, "", scope, people, places, rule_sentence(rule))
    return Breach(rule.name, rule.id, rule.source, scope, people, places, rule_sentence(rule))


def _count_breach(placements: PlacementTable, excess: Excess) -> Breach:
    scope = excess.use_in_words
    if excess.scope:
        scope = message("{where}: {use}", where=excess.scope, use=scope)
    return _breach(placements, excess.rule, scope, excess.placements)
