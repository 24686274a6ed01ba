"""The audit of a plan after edits of clauses: what a plan that was legal keeps for certain isn't judged again."""

from __future__ import annotations

from dataclasses import replace

from engine.audit.calendars import calendar_breaches
from engine.audit.counts import count_breaches
from engine.audit.pairs import gate_breaches
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Join
from engine.programme.programme import Programme


def still_legal(before: Programme, placements: PlacementTable) -> bool | None:
    """Whether placements that are legal in the programme ``before`` are legal in their own; None where the two differ
    in more than clauses, so that only a whole audit can tell.

    A verdict depends on tables, settings, corridors of agreements and clauses. Where nothing but clauses differs, the
    agreements whose clauses are the same hold, since a clause may look at others of its own agreement alone (a
    set-aside at its cap, say); a clause that joins stays speaks to every ledger, so those have to be the same.
    """
    programme = placements.programme
    if not _same_but_clauses(before, programme):
        return None
    pairs = zip(before.agreements, programme.agreements, strict=True)
    asked = replace(
        programme,
        agreements=tuple(replace(new, clauses=_left(old.clauses, new.clauses)) for old, new in pairs),
        clauses=_left(before.clauses, programme.clauses),
    )
    judged = PlacementTable(asked, placements.worker, placements.order)
    broken = any(broken.any() for _, _, broken in gate_breaches(judged))
    broken = broken or any(broken.any() for _, _, broken in calendar_breaches(judged, judged.agreement()))
    return not broken and not any(excesses for _, _, excesses in count_breaches(judged))


def _left(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The clauses to judge: all where any differs, and always those that join stays."""
    return _joins(after) if before == after else after


def _joins(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    return tuple(clause for clause in clauses if isinstance(clause.rule, Join))


def _same_but_clauses(one: Programme, other: Programme) -> bool:
    same = one.settings == other.settings and len(one.agreements) == len(other.agreements)
    if not same or any(other[name] is not table for name, table in one.tables.items()):
        return False
    if _joins(one.all_clauses()) != _joins(other.all_clauses()):
        return False
    return all(
        a is b or replace(a, clauses=()) == replace(b, clauses=())
        for a, b in zip(one.agreements, other.agreements, strict=True)
    )
