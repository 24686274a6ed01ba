"""Compile again only what an edit can have touched: where counts alone changed, pairs and calendars are still right."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pyarrow as pa

from engine.clauses.base import Clause, Count, LimitBlock, LimitPart, Reserve
from engine.problem.limits import Limits, UnderAgreement, beds, rows_of_orders
from engine.problem.packed_parts import NamedBlock
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
    limits = _recounted(base.limits, register)
    if limits is None:
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
    return all(same_column(one.columns[name], other.columns[name]) for name in one.columns if name not in ignored)


def same_column(one: Any, other: Any) -> bool:
    """Whether two columns (of a table or of a part of limits) hold the same."""
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
    return bool(one.equals(other)) if isinstance(one, pa.StringArray) else bool(one == other)


def _recounted(base: Limits, register: Register) -> Limits | None:
    """The limits of a register that differs from that of ``base`` in headcounts and counts of clauses at most, of which
    those are asked anew whose agreement changed; None where more than capacities is different.
    """
    blocks = _recounted_blocks(base, register.programme)
    if blocks is None or not _same_beds(base, register):
        return None
    bed_capacity = base.capacity[register.order_count : register.order_count + len(base.bed_rows)]
    capacity = [register.headcount.astype(np.float64), bed_capacity, *(named.block.capacity for named in blocks)]
    return replace(base, register=register, capacity=np.concatenate(capacity), blocks=blocks)


def _same_beds(base: Limits, register: Register) -> bool:
    """Whether the same rows of beds can bind."""
    if np.array_equal(base.register.headcount, register.headcount):
        return True
    bed_rows, _, bed_entries = beds(register)
    offsets, rows = rows_of_orders(register.order_count, bed_entries)
    return (
        bed_rows == base.bed_rows
        and np.array_equal(offsets, base.order_offsets)
        and np.array_equal(rows, base.order_rows)
    )


def _recounted_blocks(base: Limits, programme: Programme) -> tuple[NamedBlock, ...] | None:
    """The blocks of rows with the capacities of the clauses of a programme, None where these have other rows."""
    before = base.register.programme
    counts = [list(one.in_force(Count)) for one in (before, programme)]
    if [old.clause.name for old in counts[0]] != [new.clause.name for new in counts[1]]:
        return None
    known: dict[str, list[NamedBlock]] = {}
    for named in base.blocks:
        known.setdefault(named.clause.name, []).append(named)
    changed = {p for p in {count.agreement for count in counts[0]} if _clauses(before, p) != _clauses(programme, p)}
    seasons = {position: UnderAgreement(base.register, position) for position in changed}
    found: list[NamedBlock] = []
    for clause, count, position in counts[1]:
        held = known.get(clause.name, [])
        if position in changed:
            fresh = count.limits(seasons[position], clause.where, programme.siblings(clause))
            fresh = [block for block in fresh if len(block.capacity)]
            if len(fresh) != len(held) or not all(map(_same_but_capacity, (named.block for named in held), fresh)):
                return None
            held = [
                NamedBlock(old.first_row, replace(old.block, capacity=new.capacity), clause)
                for old, new in zip(held, fresh, strict=True)
            ]
        found += held
    return tuple(found)


def _clauses(programme: Programme, position: int | None) -> tuple[Clause, ...]:
    return programme.clauses if position is None else programme.agreements[position].clauses


def _same_but_capacity(one: LimitBlock, other: LimitBlock) -> bool:
    """Whether two blocks have the same rows, and count the same placements in them."""
    parts = zip(one.parts, other.parts, strict=False)
    return (
        (one.key_names, one.slot_names, one.distinct_workers)
        == (other.key_names, other.slot_names, other.distinct_workers)
        and len(one.parts) == len(other.parts)
        and all(same_column(getattr(a, f.name), getattr(b, f.name)) for a, b in parts for f in fields(LimitPart))
    )
