"""What lines of the report look at: the placements of a plan, what each clause asks of them, breaks and nearly breaks.

Nearly is told by asking a little more: the same clause with its amounts moved by `MARGIN`, its days by `DAYS`, in the
direction in which it then refuses more. A placement that keeps the clause and wouldn't keep that one is at the edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.audit.calendars import calendar_breaches, ledger_breaches
from engine.audit.pairs import LASTING, gate_breaches
from engine.audit.placement_table import PlacementTable, under
from engine.audit.stays import stay_table
from engine.clauses.base import Clause, Gate, Ledger, Rule
from engine.programme.programme import Programme

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
MARGIN = Decimal("0.01")
DAYS = 7


@dataclass(frozen=True)
class Asked:
    """A clause beside the plan: the numbers of the placements that it looks at, that break it, that nearly do."""

    clause: Clause
    looked_at: Rows
    broken: Rows
    edge: Rows


@dataclass(frozen=True)
class Judged:
    """A plan as lines look at it; ``lasting`` holds by its code which placements break each rule that always holds."""

    placements: PlacementTable
    agreement: Rows
    lasting: Mapping[str, Rows]
    asked: tuple[Asked, ...]

    @property
    def abroad(self) -> Bools:
        """Which placements are abroad; clauses bind no others."""
        return under(self.agreement, None)

    def of_kinds(self, *kinds: str) -> Iterator[Asked]:
        """The clauses of these kinds."""
        return (one for one in self.asked if one.clause.rule.kind in kinds)

    def under_any(self, *kinds: str) -> Bools:
        """Which placements a clause of one of these kinds looks at."""
        found = np.zeros(self.placements.size, bool)
        for one in self.of_kinds(*kinds):
            found[one.looked_at] = True
        return found


def judged(programme: Programme, worker: Rows, order: Rows) -> Judged:
    """Look at the placements of workers (row numbers) on orders (row numbers)."""
    placements = PlacementTable(programme, worker, order)
    agreement = placements.agreement()
    lasting = {rule: np.flatnonzero(check(placements)) for rule, check in LASTING.items()}
    for rule, _, broken in calendar_breaches(placements, agreement):
        if isinstance(rule, str):
            lasting[rule] = np.flatnonzero(broken)
    nearly = {
        clause.name: broken
        for clause, _, broken in _clause_breaches(PlacementTable(_asking_more(programme), worker, order), agreement)
    }
    asked = []
    for clause, looked_at, broken in _clause_breaches(placements, agreement):
        edge = nearly.get(clause.name, broken) & ~broken
        asked.append(Asked(clause, looked_at, np.flatnonzero(broken), np.flatnonzero(edge)))
    return Judged(placements, agreement, lasting, tuple(asked))


def _clause_breaches(placements: PlacementTable, agreement: Rows) -> Iterator[tuple[Clause, Rows, Bools]]:
    yield from gate_breaches(placements)
    yield from ledger_breaches(placements, agreement, stay_table(placements, agreement))


def _asking_more(programme: Programme) -> Programme:
    """The same programme with every gate and ledger asking a little more."""
    agreements = tuple(replace(one, clauses=tuple(map(_stricter, one.clauses))) for one in programme.agreements)
    return replace(programme, agreements=agreements, clauses=tuple(map(_stricter, programme.clauses)))


def _stricter(clause: Clause) -> Clause:
    if not isinstance(clause.rule, Gate | Ledger):
        return clause
    moved = {name: _moved(clause.rule, name, direction) for name, direction in clause.rule.asks_more.items()}
    changed = {name: value for name, value in moved.items() if value is not None}
    return replace(clause, rule=replace(clause.rule, **changed)) if changed else clause


def _moved(rule: Rule, name: str, direction: int) -> Any:
    """An amount or a number of days that asks a little more; None for what is neither."""
    value = getattr(rule, name)
    if isinstance(value, Decimal):
        return value * (1 + direction * MARGIN)
    if isinstance(rule, Ledger) and isinstance(value, int) and name in ("min_days", "max_days"):
        return max(value + direction * DAYS, 0)
    return None
