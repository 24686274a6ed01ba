"""Compile again only what an edit can have touched: where counts alone changed, pairs and calendars are still right."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from engine.clauses.base import Clause, Count, Reserve
from engine.problem.limits import Limits, make_limits
from engine.problem.packed_parts import PackedParts
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.register import Register
from engine.programme.programme import Programme
from engine.programme.table import Labels, Lists, Table


def recompiled(base: MatchingProblem, programme: Programme) -> MatchingProblem:
    """The problem of a programme that was edited from the one of ``base``, its rows in the same order.

    Where only how many are allowed has changed (headcounts, counts of clauses), columns and cells of ``base`` are kept
    and its limits made anew. Programmes with crews are compiled afresh: a larger limit may make a crew possible.
    """
    if len(base.crew_orders) or not _same_but_counts(base.programme, programme):
        return compile_problem(programme, base.tuning)
    register = Register(programme)
    limits = make_limits(register)
    if not _same_rows(base.limits, limits):
        return compile_problem(programme, base.tuning)
    return replace(base, register=register, limits=limits)


def _same_but_counts(one: Programme, other: Programme) -> bool:
    """Whether two programmes differ in headcounts and in clauses that count, at most."""
    if one.settings != other.settings or _uncounted(one.clauses) != _uncounted(other.clauses):
        return False
    if len(one.agreements) != len(other.agreements) or one.orders.size != other.orders.size:
        return False
    for a, b in zip(one.agreements, other.agreements, strict=True):
        if replace(a, clauses=()) != replace(b, clauses=()) or _uncounted(a.clauses) != _uncounted(b.clauses):
            return False
    cancelled = [programme.orders.values("headcount") == 0 for programme in (one, other)]
    return np.array_equal(*cancelled) and all(
        _same_table(one[name], other[name], ("headcount",)) for name in one.tables
    )


def _uncounted(clauses: tuple[Clause, ...]) -> list[Clause]:
    return [clause for clause in clauses if not isinstance(clause.rule, Count | Reserve)]


def _same_table(one: Table, other: Table, ignored: tuple[str, ...]) -> bool:
    if one.size != other.size:
        return False
    return all(_same(one.columns[name], other.columns[name]) for name in one.columns if name not in ignored)


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, Labels) and isinstance(other, Labels):
        return one.names == other.names and np.array_equal(one.codes, other.codes)
    if isinstance(one, Lists) and isinstance(other, Lists):
        pairs: list[tuple[Any, Any]] = [
            (one.offsets, other.offsets),
            (one.codes, other.codes),
            (one.amounts, other.amounts),
        ]
        return one.names == other.names and all(bool(np.array_equal(a, b)) for a, b in pairs)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return bool(one.equals(other))


def _same_rows(one: Limits, other: Limits) -> bool:
    """Whether two sets of limits differ in capacity alone."""
    arrays = ("order_offsets", "order_rows", "key_of_class", "base_class")
    return (
        one.row_count == other.row_count
        and one.features == other.features
        and one.bed_rows == other.bed_rows
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
        and _same_parts(one.parts, other.parts)
        and _same_parts(one.wide, other.wide)
        and one.names == other.names
    )


def _same_parts(one: PackedParts, other: PackedParts) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(PackedParts))
