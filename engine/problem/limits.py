"""The limits that join parties: headcount, beds, caps, set-asides and shares as rows over cells.

A cell is a class of pairs and an order. All workers whom the rows don't tell apart share a class, so that the prices
of all rows fold into one table class by order. Rows that tell almost everybody apart (households) stay out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.clauses.base import Count, LimitPart
from engine.clauses.slots import busiest_days, day_slots, slots_from_entries
from engine.clauses.views import Bools, Ints
from engine.clauses.where import Where
from engine.days import day_text
from engine.problem.packed_parts import (
    LimitArrays,
    NamedBlock,
    PackedParts,
    base_classes,
    class_keys,
    features_of,
    packed,
    split_parts,
)
from engine.problem.register import Register
from engine.problem.register_columns import AT_HOME
from engine.programme.programme import InForce

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SAMPLED = 509


@dataclass(frozen=True)
class Limits:
    """Rows ``used <= capacity`` and which cells use them.

    ``order_offsets``/``order_rows`` list the rows of an order whoever takes it (row o is order o's headcount);
    ``key_of_class[p, c]`` is the key of class c in part p, -1 where it doesn't count. ``wide`` parts are keyed by
    worker instead: ``wide_key[p, w]`` into ``wide_key_of[p][key, flags]``.
    """

    register: Register
    capacity: Floats
    order_offsets: Longs
    order_rows: Ints
    parts: PackedParts
    key_of_class: Ints
    base_class: Ints
    features: tuple[tuple[str, int], ...]
    wide: PackedParts
    wide_parts: tuple[LimitPart, ...]
    blocks: tuple[NamedBlock, ...]
    bed_rows: tuple[tuple[int, int], ...]

    @cached_property
    def arrays(self) -> LimitArrays:
        """What a kernel needs to walk the rows of a cell."""
        parts = self.parts
        return LimitArrays(
            self.order_offsets,
            self.order_rows,
            self.key_of_class,
            parts.base,
            parts.width,
            parts.coefficient,
            parts.offsets,
            parts.part,
            parts.slot,
        )

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.capacity)

    @property
    def home_class(self) -> int:
        """The class of placements at home, which count nowhere."""
        return self.class_count - 1

    @property
    def class_count(self) -> int:
        """How many classes of pairs there are; the last is that of return placements, which only orders limit."""
        return self.key_of_class.shape[1]

    def classes(self, worker: Ints, order: Ints) -> Ints:
        """The class of each pair."""
        found = self.base_class[worker].astype(np.int32) << len(self.features)
        for bit, feature in enumerate(self.features):
            found |= self._flag(feature, worker, order).astype(np.int32) << bit
        home = self.register.agreement[self.register.origin[worker], order] == AT_HOME
        return np.where(home, self.home_class, found).astype(np.int32)

    def flags(self, worker: Ints, order: Ints, returning_years: int) -> Ints:
        """1 for a returning worker, plus 2 for a recalled one."""
        returning = self._flag(("returning", returning_years), worker, order)
        return returning.astype(np.int32) + 2 * self._flag(("recalled", 0), worker, order)

    def _flag(self, feature: tuple[str, int], worker: Ints, order: Ints) -> Bools:
        if feature[0] == "recalled":
            return self.register.recalled(worker, order)
        return self.register.ended_a_stay(worker, order, feature[1])

    @cached_property
    def ratio_rows(self) -> Bools:
        """Which rows are shares, which hold parts of both signs against 0; and all that were added behind the clauses'
        rows, which may ask for a least use.
        """
        own = sum(len(named.block.capacity) for named in self.blocks)
        found = np.arange(self.row_count) >= self.register.order_count + len(self.bed_rows) + own
        for named in self.blocks:
            if any(part.coefficient != 1.0 for part in named.block.parts):
                found[named.first_row : named.first_row + len(named.block.capacity)] = True
        return found

    @cached_property
    def names(self) -> list[tuple[str, str, str]]:
        """(limit, clause id, scope) of every row."""
        orders = self.register.programme.orders.id_text("order_id")
        sites = self.register.programme["sites"].id_text("site_id")
        found = [(f"headcount|{name}", "headcount", str(name)) for name in orders]
        found += [(f"beds|{sites[s]}|{day_text(d)}", "beds", f"{sites[s]} {day_text(d)}") for s, d in self.bed_rows]
        for named in self.blocks:
            for key in named.block.key_names:
                for slot in named.block.slot_names:
                    scope = " ".join(x for x in (named.clause.agreement_id, key, slot) if x)
                    limit = "|".join(x for x in (named.clause.name, key, slot) if x)
                    found.append((limit, named.clause.id, scope))
        return found


def make_limits(register: Register) -> Limits:
    """The limits of a programme."""
    bed_rows, bed_capacity, bed_entries = beds(register)
    blocks = _named_blocks(register, register.order_count + len(bed_rows))
    placed = [(named, part) for named in blocks for part in named.block.parts]
    narrow, wide = split_parts(register, placed)
    features = features_of([part for _, part in narrow])
    base_class, key_of_base = base_classes(register, [part for _, part in narrow])
    order_offsets, order_rows = rows_of_orders(register.order_count, bed_entries)
    capacity = [register.headcount.astype(np.float64), bed_capacity, *(named.block.capacity for named in blocks)]
    return Limits(
        register,
        np.concatenate(capacity),
        order_offsets,
        order_rows,
        packed(narrow, register.order_count),
        class_keys([part for _, part in narrow], key_of_base, features),
        base_class,
        features,
        packed(wide, register.order_count),
        tuple(part for _, part in wide),
        tuple(blocks),
        bed_rows,
    )


def rows_of_orders(order_count: int, bed_entries: tuple[Ints, Ints]) -> tuple[Longs, Ints]:
    """The rows of each order whoever takes it, as offsets and rows: its headcount and, by the entries, beds."""
    return slots_from_entries(
        np.concatenate([np.arange(order_count), bed_entries[0]]),
        np.concatenate([np.arange(order_count), order_count + bed_entries[1]]),
        order_count,
    )


def _named_blocks(register: Register, first: int) -> list[NamedBlock]:
    """The blocks of all counting clauses; equal worker keys, of which there are few, are kept once."""
    keys: dict[tuple[int, bytes], list[Ints]] = {}
    blocks: list[NamedBlock] = []
    for (clause, count, _), season in _counting(register):
        for block in count.limits(season, clause.where, register.programme.siblings(clause)):
            if len(block.capacity):
                shared = [replace(part, worker_key=_kept_once(keys, part.worker_key)) for part in block.parts]
                blocks.append(NamedBlock(first, replace(block, parts=tuple(shared)), clause))
                first += len(block.capacity)
    return blocks


def _kept_once(known: dict[tuple[int, bytes], list[Ints]], key: Ints) -> Ints:
    """The array among the known ones that equals ``key``, or ``key`` itself, which is then known."""
    alike = known.setdefault((int(key.sum()), key[::SAMPLED].tobytes()), [])
    for other in alike:
        if np.array_equal(other, key):
            return other
    alike.append(key)
    return key


def beds(register: Register) -> tuple[tuple[tuple[int, int], ...], Floats, tuple[Ints, Ints]]:
    """(site, day) of each row of beds, its capacity, and the (order, row) entries; rows that can't bind left out."""
    places = register.site_column("beds")
    site = register.programme.orders.values("site_id")
    rows: list[tuple[int, int]] = []
    capacity: list[float] = []
    orders, slots = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    limited = np.flatnonzero(~np.isnan(places) & register.orders_open)
    limited = limited[np.argsort(site[limited], kind="stable")]
    for members in np.split(limited, np.flatnonzero(np.diff(site[limited])) + 1):
        if not len(members) or register.headcount[members].sum() <= places[members[0]]:
            continue
        starts, ends = register.starts[members], register.ends[members]
        everyone = np.ones(len(members), bool)
        days = busiest_days(starts, ends, everyone, int(starts.min()), int(ends.max()))
        own_orders, own_slots = day_slots(starts, ends, everyone, days, 0)
        load = np.bincount(own_slots, register.headcount[members[own_orders]], len(days))
        binding = load > places[members[0]]
        number = np.cumsum(binding) - 1 + len(rows)
        kept = binding[own_slots]
        orders.append(members[own_orders[kept]].astype(np.int32))
        slots.append(number[own_slots[kept]].astype(np.int32))
        rows += [(int(site[members[0]]), int(day)) for day in days[binding]]
        capacity += [float(places[members[0]])] * int(binding.sum())
    return tuple(rows), np.array(capacity), (np.concatenate(orders), np.concatenate(slots))


class UnderAgreement:
    """The season of one agreement (or of all placements abroad): what its counts may look at."""

    def __init__(self, register: Register, position: int | None) -> None:
        self._register = register
        self.starts, self.ends, self.horizon, self.as_of = (
            register.starts,
            register.ends,
            register.horizon,
            register.as_of,
        )
        self.order_labels, self.worker_labels = register.order_labels, register.worker_labels
        self.registered = register.registered
        if position is None:
            self._orders = np.ones(register.order_count, bool)
            self._workers = np.ones(register.worker_count, bool)
        else:
            under = register.agreement == position
            self._orders = under.any(0)
            self._workers = under.any(1)[register.origin]

    def orders_matching(self, where: Where) -> Bools:
        return self._orders & self._register.orders_matching(where)

    def workers_matching(self, where: Where) -> Bools:
        return self._workers & self._register.workers_matching(where)


def _counting(register: Register) -> Iterator[tuple[InForce[Count], UnderAgreement]]:
    seasons: dict[int | None, UnderAgreement] = {}
    for count in register.programme.in_force(Count):
        if count.agreement not in seasons:
            seasons[count.agreement] = UnderAgreement(register, count.agreement)
        yield count, seasons[count.agreement]
