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
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.clauses.base import Clause
from engine.programme.programme import Programme

PEOPLE_SHOWN = 5
LASTING_SENTENCES = {
    "occupation": "The worker has the order's occupation with the months it asks for.",
    "skills": "The worker has every required skill.",
    "language": "The worker has every required language at its level.",
    "availability": "The worker is available from the first to the last day.",
    "horizon": "The order lies within the programme's horizon.",
    "excluded": "The pair is not excluded.",
    "refused": "The worker refuses neither the destination nor the employer.",
    "reservation": "The net weekly income reaches what the worker asks for.",
    "debarred": "The employer is not debarred on any day of the order.",
    "no agreement": "An agreement in force covers origin, destination, sector and start.",
    "too many placements": "A worker has no more placements abroad than the programme allows.",
    "overlap": "Placements of one worker don't overlap.",
    "travel": "Between two placements lie the days of travel through home.",
    "duplicate": "A placement stands once in the plan.",
    "headcount": "An order has no more placements than its headcount.",
    "min_crew": "An order has none or at least min_crew placements.",
    "beds": "On no day are more people housed at a site than it has beds.",
    "travel group": "All members of a travel group have the same placements.",
    "commitment": "Every commitment is kept.",
}


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
        article = f" ({self.source})" if self.source else ""
        people = ", ".join(self.workers[:PEOPLE_SHOWN])
        more = f" and {len(self.workers) - PEOPLE_SHOWN} more" if len(self.workers) > PEOPLE_SHOWN else ""
        on = f" on {', '.join(self.orders[:PEOPLE_SHOWN])}" if self.orders else ""
        scope = f" [{self.scope}]" if self.scope else ""
        return f"{self.rule}{article}{scope}: {people}{more}{on}. {self.sentence}"


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
    placements = PlacementTable(programme, np.asarray(worker, np.int64), np.asarray(order, np.int64))
    checks: list[dict[str, Any]] = []
    breaches: list[Breach] = []
    agreement = placements.agreement()

    def note(rule: str | Clause, checked: int, found: list[Breach]) -> None:
        name = rule if isinstance(rule, str) else rule.name
        checks.append({"rule": name, "checked": int(checked), "violations": len(found)})
        breaches.extend(found)

    for rule, checked, broken in (*pair_breaches(placements), *calendar_breaches(placements, agreement)):
        rows = np.flatnonzero(broken)
        note(rule, checked, [_breach(placements, rule, "", rows[i : i + 1]) for i in range(len(rows))])
    for rule, checked, excesses in count_breaches(placements, agreement):
        note(rule, checked, [_count_breach(placements, excess) for excess in excesses])
    value = round(math.fsum(placement_values(placements)), 6)
    return Audit(tuple(checks), tuple(breaches), value, placements.size)


def _breach(placements: PlacementTable, rule: str | Clause, scope: str, rows: Any) -> Breach:
    workers = placements.programme.workers.id_text("worker_id")[placements.worker[rows]]
    orders = placements.programme.orders.id_text("order_id")[placements.order[rows]]
    people, places = tuple(dict.fromkeys(workers.tolist())), tuple(dict.fromkeys(orders.tolist()))
    if isinstance(rule, str):
        return Breach(rule, rule, "", scope, people, places, LASTING_SENTENCES[rule])
    return Breach(rule.name, rule.id, rule.source, scope, people, places, rule.sentence)


def _count_breach(placements: PlacementTable, excess: Excess) -> Breach:
    scope = f"{excess.scope}: {excess.used:g}, allowed {excess.allowed}".lstrip(": ")
    return _breach(placements, excess.rule, scope, excess.placements)
