"""What of a plan fits what stands: its placements audited together with all that is open, until no rule is broken.

The audit is the engine's. Facts (what others have proposed, and what anybody has accepted) are never taken out; of the
candidates those go that break a rule, of a count that doesn't hold the least valuable, and what then breaks a crew or a
travel group, until nothing more does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.audit.calendars import calendar_breaches
from engine.audit.counts import Excess, count_breaches
from engine.audit.lasting_rules import rule_code, rule_sentence
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.programme.programme import Programme

Pair = tuple[str, str]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
GROUP, CREW, KEPT, SHARE = "travel group", "min_crew", "commitment", "share"


@dataclass(frozen=True)
class Unfit:
    """A placement that doesn't fit, with the rule that it breaks and the rule in words."""

    worker_id: str
    order_id: str
    rule: str
    sentence: str


def rule_of(rule: str | Clause) -> tuple[str, str]:
    """A rule's code and its words."""
    return rule_code(rule), rule_sentence(rule)


def unfit(
    programme: Programme,
    facts: Sequence[Pair],
    candidates: Mapping[Pair, float],
    whole: frozenset[str] = frozenset({GROUP, CREW, SHARE}),
) -> list[Unfit]:
    """The candidates (with what each is worth) that can't stand beside the facts, as (worker id, order id).

    Every id must be in the programme. What the facts break by themselves is no fault of a candidate; a candidate that
    makes it worse is. Of what many placements hold together, what ``whole`` names is asked: a single one, opened again,
    can't bring the others along.
    """
    return _Fitting(programme, list(facts), dict(candidates), whole).run()


def broken_shares(programme: Programme, pairs: Iterable[Pair]) -> dict[Clause, tuple[int, int]]:
    """The shares that placements break, with how many of how many are inside."""
    chosen = list(pairs)
    worker = rows_of_ids(programme.workers.id_text("worker_id"), [one for one, _ in chosen])
    order = rows_of_ids(programme.orders.id_text("order_id"), [one for _, one in chosen])
    table = PlacementTable(programme, worker, order)
    return {
        rule: excess.share[:2]
        for rule, _, excesses in count_breaches(table)
        for excess in excesses
        if isinstance(rule, Clause) and excess.share is not None
    }


@dataclass
class _Fitting:
    programme: Programme
    facts: list[Pair]
    candidates: dict[Pair, float]
    whole: frozenset[str]
    broken: dict[int, str | Clause] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pairs = [*self.facts, *self.candidates]
        self.pairs = pairs
        self.worker = rows_of_ids(self.programme.workers.id_text("worker_id"), [worker for worker, _ in pairs])
        self.order = rows_of_ids(self.programme.orders.id_text("order_id"), [order for _, order in pairs])
        self.free = np.arange(len(pairs)) >= len(self.facts)
        self.value = np.array([0.0] * len(self.facts) + list(self.candidates.values()))
        self.begun = np.bincount(self.order[~self.free], minlength=self.programme.orders.size) > 0
        self.excused = self._broken_by_facts()

    def run(self) -> list[Unfit]:
        """Take out what doesn't fit until everything left does."""
        while self._take_out_one_by_one() or self._take_out_by_counts():
            pass
        return [Unfit(*self.pairs[row], *rule_of(rule)) for row, rule in sorted(self.broken.items())]

    def _standing(self) -> tuple[Rows, PlacementTable]:
        alive = np.ones(len(self.pairs), bool)
        alive[list(self.broken)] = False
        rows = np.flatnonzero(alive)
        return rows, PlacementTable(self.programme, self.worker[rows], self.order[rows])

    def _broken_by_facts(self) -> dict[tuple[str, str], Excess]:
        """Shares and travel groups that facts break by themselves."""
        facts = PlacementTable(self.programme, self.worker[~self.free], self.order[~self.free])
        found = {}
        for rule, _, excesses in count_breaches(facts):
            for excess in excesses:
                found[_key(rule, excess)] = excess
        return found

    def _take_out_one_by_one(self) -> bool:
        """Take out what breaks a rule that looks at a placement or a worker's calendar; whether anything was."""
        rows, standing = self._standing()
        before = len(self.broken)
        for rule, _, wrong in pair_breaches(standing):
            self._take_out(rows[wrong], rule)
        for rule, _, wrong in calendar_breaches(standing, standing.agreement()):
            own = rows[wrong & self.free[rows]]
            self._take_out(own, rule)
            theirs = self.worker[rows[wrong & ~self.free[rows]]]
            self._take_out(np.flatnonzero(self.free & np.isin(self.worker, theirs)), rule)
        return len(self.broken) > before

    def _take_out_by_counts(self) -> bool:
        rows, standing = self._standing()
        before = len(self.broken)
        for rule, _, excesses in count_breaches(standing):
            for excess in excesses:
                if rule != KEPT:
                    self._relieve(rule, excess, rows[excess.placements])
        return len(self.broken) > before

    def _relieve(self, rule: str | Clause, excess: Excess, counted: Rows) -> None:
        """Take out as many of the candidates that are counted as it takes, the least valuable first."""
        gone = np.isin(counted, list(self.broken))
        own = counted[self.free[counted] & ~gone]
        excused = self.excused.get(_key(rule, excess))
        kind = SHARE if excess.share is not None else rule
        if kind in (GROUP, CREW, SHARE) and kind not in self.whole:
            return
        if kind == GROUP:
            wanted = 0 if excused is not None else len(own)
        elif kind == CREW:
            wanted = len(own) if not self.begun[self.order[counted[0]]] else 0
        elif kind == SHARE:
            wanted = _too_many_for_share(excess, excused) - int(gone.sum())
        else:
            wanted = int(excess.used) - int(excess.allowed) - int(gone.sum())
        if wanted > 0:
            self._take_out(own[np.lexsort((own, self.value[own]))][:wanted], rule)

    def _take_out(self, rows: Rows, rule: str | Clause) -> None:
        for row in rows[self.free[rows]].tolist():
            self.broken.setdefault(row, rule)


def rows_of_ids(ids: npt.NDArray[np.object_], wanted: list[str]) -> Rows:
    """The row of each wanted id; every one must be there."""
    known = {name: row for row, name in enumerate(ids.tolist())}
    return np.array([known[name] for name in wanted], np.int64)


def _key(rule: str | Clause, excess: Excess) -> tuple[str, str]:
    """What names a count."""
    return rule_of(rule)[0], excess.scope


def _too_many_for_share(excess: Excess, excused: Excess | None) -> int:
    """How many must go for a share to be within its bounds, or no worse than the facts leave it."""
    assert excess.share is not None
    inside, total = excess.share.inside, excess.share.total
    least, most = Fraction(excess.share.least or 0), Fraction(1 if excess.share.most is None else excess.share.most)
    if excused is not None and excused.share is not None:
        there = Fraction(excused.share.inside, excused.share.total)
        least, most = min(least, there), max(most, there)
    share = Fraction(inside, total)
    if share < least:
        return _upwards(total - inside / least)
    return _upwards((inside - most * total) / (1 - most)) if share > most else 0


def _upwards(number: Any) -> int:
    return int(-(-number // 1))
