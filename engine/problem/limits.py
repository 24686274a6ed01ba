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

from engine.days import day_text
from engine.limit_slots import busiest_days, day_slots, slots_from_entries
from engine.problem.register import AT_HOME, Register
from engine.rule import Bools, Clause, Count, Ints, LimitBlock, LimitPart
from engine.where import Where

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MOST_CELLS = 2**25
UNLIMITED_KEYS = 2**12
SAMPLED = 509


@dataclass(frozen=True, slots=True)
class NamedBlock:
    """A block of rows that begins at ``first_row``, with the clause it belongs to."""

    first_row: int
    block: LimitBlock
    clause: Clause


@dataclass(frozen=True)
class PackedParts:
    """Parts side by side: part p counts ``coefficient[p]`` in row ``base[p] + key * width[p] + slot``.

    Order o counts in slot ``slot[e]`` of part ``part[e]`` for each entry e of ``offsets[o]:offsets[o + 1]``;
    ``distinct[p]`` counts each worker once.
    """

    base: Longs
    width: Longs
    coefficient: Floats
    distinct: Bools
    offsets: Longs
    part: Ints
    slot: Ints

    def slots_of(self, p: int) -> tuple[Longs, Ints]:
        """Where the slots of each order in part p begin, and the slots."""
        order = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        chosen = self.part == p
        counts = np.bincount(order[chosen], minlength=len(self.offsets) - 1)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), self.slot[chosen]


LimitArrays = tuple[Longs, Ints, Ints, Longs, Longs, Floats, Longs, Ints, Ints]


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
        return (
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
    def class_count(self) -> int:
        """How many classes of pairs there are; the last is that of return placements, which only orders limit."""
        return self.key_of_class.shape[1]

    def classes(self, worker: Ints, order: Ints) -> Ints:
        """The class of each pair."""
        found = self.base_class[worker].astype(np.int32) << len(self.features)
        for bit, feature in enumerate(self.features):
            found |= self._flag(feature, worker, order).astype(np.int32) << bit
        home = self.register.agreement[self.register.origin[worker], order] == AT_HOME
        return np.where(home, self.class_count - 1, found).astype(np.int32)

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
        """Which rows are shares: they hold parts of both signs against 0."""
        found = np.zeros(self.row_count, bool)
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
    bed_rows, bed_capacity, bed_entries = _beds(register)
    blocks = _named_blocks(register, register.order_count + len(bed_rows))
    placed = [(named, part) for named in blocks for part in named.block.parts]
    narrow, wide = _split(register, placed)
    features = _features([part for _, part in narrow])
    base_class, key_of_base = _base_classes(register, [part for _, part in narrow])
    order_offsets, order_rows = slots_from_entries(
        np.concatenate([np.arange(register.order_count), bed_entries[0]]),
        np.concatenate([np.arange(register.order_count), register.order_count + bed_entries[1]]),
        register.order_count,
    )
    capacity = [register.headcount.astype(np.float64), bed_capacity, *(named.block.capacity for named in blocks)]
    return Limits(
        register,
        np.concatenate(capacity),
        order_offsets,
        order_rows,
        _packed(narrow, register.order_count),
        _key_of_class([part for _, part in narrow], key_of_base, features),
        base_class,
        features,
        _packed(wide, register.order_count),
        tuple(part for _, part in wide),
        tuple(blocks),
        bed_rows,
    )


def _named_blocks(register: Register, first: int) -> list[NamedBlock]:
    """The blocks of all counting clauses; equal worker keys, of which there are few, are kept once."""
    keys: dict[tuple[int, bytes], list[Ints]] = {}
    blocks: list[NamedBlock] = []
    for clause, season in _counting(register):
        assert isinstance(clause.rule, Count)
        for block in clause.rule.limits(season, clause.where, register.programme.siblings(clause)):
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


def _beds(register: Register) -> tuple[tuple[tuple[int, int], ...], Floats, tuple[Ints, Ints]]:
    """(site, day) of each row of beds, its capacity, and the (order, row) entries; rows that can't bind left out."""
    beds = register.site_column("beds")
    site = register.programme.orders.values("site_id")
    rows: list[tuple[int, int]] = []
    capacity: list[float] = []
    orders, slots = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    limited = np.flatnonzero(~np.isnan(beds) & register.orders_open)
    limited = limited[np.argsort(site[limited], kind="stable")]
    for members in np.split(limited, np.flatnonzero(np.diff(site[limited])) + 1):
        if not len(members) or register.headcount[members].sum() <= beds[members[0]]:
            continue
        starts, ends = register.starts[members], register.ends[members]
        everyone = np.ones(len(members), bool)
        days = busiest_days(starts, ends, everyone, int(starts.min()), int(ends.max()))
        own_orders, own_slots = day_slots(starts, ends, everyone, days, 0)
        load = np.bincount(own_slots, register.headcount[members[own_orders]], len(days))
        binding = load > beds[members[0]]
        number = np.cumsum(binding) - 1 + len(rows)
        kept = binding[own_slots]
        orders.append(members[own_orders[kept]].astype(np.int32))
        slots.append(number[own_slots[kept]].astype(np.int32))
        rows += [(int(site[members[0]]), int(day)) for day in days[binding]]
        capacity += [float(beds[members[0]])] * int(binding.sum())
    return tuple(rows), np.array(capacity), (np.concatenate(orders), np.concatenate(slots))


class _UnderAgreement:
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


def _counting(register: Register) -> Iterator[tuple[Clause, _UnderAgreement]]:
    for position, agreement in enumerate(register.programme.agreements):
        season = _UnderAgreement(register, position)
        yield from ((clause, season) for clause in agreement.clauses if isinstance(clause.rule, Count))
    season = _UnderAgreement(register, None)
    yield from ((clause, season) for clause in register.programme.clauses if isinstance(clause.rule, Count))


Placed = tuple[NamedBlock, LimitPart]


def _split(register: Register, placed: list[Placed]) -> tuple[list[Placed], list[Placed]]:
    """Parts that fold into classes, and the wide ones that would make too many cells."""
    narrow: list[Placed] = []
    wide: list[Placed] = []
    classes = np.zeros(register.worker_count, np.int64)
    seen: set[int] = set()
    features: set[tuple[str, int]] = set()
    for entry in sorted(placed, key=lambda entry: entry[1].key_of.shape[0]):
        part = entry[1]
        finer = classes if id(part.worker_key) in seen else _refined(classes, part)
        class_count = int(finer.max(initial=0)) + 1
        with_part = features | _features_of(part)
        cells = (class_count << len(with_part)) * register.order_count
        if part.key_of.shape[0] > UNLIMITED_KEYS or cells > MOST_CELLS:
            wide.append(entry)
            continue
        narrow.append(entry)
        classes, features = finer, with_part
        seen.add(id(part.worker_key))
    return narrow, wide


def _refined(classes: Longs, part: LimitPart) -> Longs:
    """The classes told apart further by the keys of a part."""
    refined: Longs = np.unique(classes * part.key_of.shape[0] + part.worker_key, return_inverse=True)[1]
    return refined


def _features(parts: list[LimitPart]) -> tuple[tuple[str, int], ...]:
    """What of a pair, beside its worker, the parts look at."""
    return tuple(sorted(set().union(*map(_features_of, parts))))


def _features_of(part: LimitPart) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    if (part.key_of[:, [0, 2]] != part.key_of[:, [1, 3]]).any():
        found.add(("returning", part.returning_years))
    if (part.key_of[:, [0, 1]] != part.key_of[:, [2, 3]]).any():
        found.add(("recalled", 0))
    return found


def _base_classes(register: Register, parts: list[LimitPart]) -> tuple[Ints, list[Ints]]:
    """The class of each worker, and for each part the worker_key of each class."""
    classes = np.zeros(register.worker_count, np.int64)
    for part in {id(part.worker_key): part for part in parts}.values():
        classes = _refined(classes, part)
    _, first = np.unique(classes, return_index=True)
    return classes.astype(np.int32), [part.worker_key[first] for part in parts] or [first.astype(np.int32)]


def _key_of_class(parts: list[LimitPart], key_of_base: list[Ints], features: tuple[tuple[str, int], ...]) -> Ints:
    """The key of every class in every part, with -1 in the last class, that of return placements."""
    flag_count = 1 << len(features)
    table = np.full((len(parts), len(key_of_base[0]) * flag_count + 1), -1, np.int32)
    bits = np.arange(flag_count)
    for row, (part, keys) in enumerate(zip(parts, key_of_base, strict=False)):
        flags = np.zeros(flag_count, np.int64)
        if ("returning", part.returning_years) in features:
            flags += bits >> features.index(("returning", part.returning_years)) & 1
        if ("recalled", 0) in features:
            flags += 2 * (bits >> features.index(("recalled", 0)) & 1)
        table[row, :-1] = part.key_of[keys][:, flags].ravel()
    return table


def _packed(placed: list[Placed], order_count: int) -> PackedParts:
    counts = [np.diff(part.slot_offsets) for _, part in placed]
    orders = [np.repeat(np.arange(order_count), count) for count in counts]
    order = np.concatenate([np.empty(0, np.int64), *orders])
    number = np.repeat(np.arange(len(placed), dtype=np.int32), [len(part.slots) for _, part in placed])
    by_order = np.argsort(order, kind="stable")
    slot = np.concatenate([np.empty(0, np.int32), *(part.slots for _, part in placed)]).astype(np.int32)
    return PackedParts(
        np.array([named.first_row for named, _ in placed], np.int64),
        np.array([len(named.block.slot_names) for named, _ in placed], np.int64),
        np.array([part.coefficient for _, part in placed], np.float64),
        np.array([named.block.distinct_workers for named, _ in placed], bool),
        np.concatenate([[0], np.cumsum(np.bincount(order, minlength=order_count))]).astype(np.int64),
        number[by_order],
        slot[by_order],
    )
