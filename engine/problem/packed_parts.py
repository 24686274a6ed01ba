"""Parts of limits side by side, and the classes of workers that they tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_by_row, offsets_of, row_of_each
from engine.clauses.base import Clause, LimitBlock, LimitPart
from engine.clauses.views import Bools, Ints
from engine.problem.register import Register

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MOST_CELLS = 2**25
UNLIMITED_KEYS = 2**12


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
        order = row_of_each(np.diff(self.offsets))
        chosen = self.part == p
        counts = np.bincount(order[chosen], minlength=len(self.offsets) - 1)
        return offsets_of(counts), self.slot[chosen]


class LimitArrays(NamedTuple):
    """What a kernel needs to walk the rows of a cell (class c, order o).

    The cell uses the rows ``order_rows[order_offsets[o]:order_offsets[o + 1]]`` once each; and for each entry e in
    ``offsets[o]:offsets[o + 1]``, with p = ``part[e]`` and k = ``key_of_class[p, c]``, where k isn't negative, the row
    ``base[p] + k * width[p] + slot[e]``, ``coefficient[p]`` times. Shapes: ``order_offsets`` and ``offsets`` (orders +
    1,), ``key_of_class`` (parts, classes), ``base``, ``width`` and ``coefficient`` (parts,).
    """

    order_offsets: Longs
    order_rows: Ints
    key_of_class: Ints
    base: Longs
    width: Longs
    coefficient: Floats
    offsets: Longs
    part: Ints
    slot: Ints


Placed = tuple[NamedBlock, LimitPart]


def split_parts(register: Register, placed: list[Placed]) -> tuple[list[Placed], list[Placed]]:
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
        with_part = features | _looks_at(part)
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


def features_of(parts: list[LimitPart]) -> tuple[tuple[str, int], ...]:
    """What of a pair, beside its worker, the parts look at."""
    return tuple(sorted(set().union(*map(_looks_at, parts))))


def _looks_at(part: LimitPart) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    if (part.key_of[:, [0, 2]] != part.key_of[:, [1, 3]]).any():
        found.add(("returning", part.returning_years))
    if (part.key_of[:, [0, 1]] != part.key_of[:, [2, 3]]).any():
        found.add(("recalled", 0))
    return found


def base_classes(register: Register, parts: list[LimitPart]) -> tuple[Ints, list[Ints]]:
    """The class of each worker, and for each part the worker_key of each class."""
    classes = np.zeros(register.worker_count, np.int64)
    for part in {id(part.worker_key): part for part in parts}.values():
        classes = _refined(classes, part)
    _, first = np.unique(classes, return_index=True)
    return classes.astype(np.int32), [part.worker_key[first] for part in parts] or [first.astype(np.int32)]


def class_keys(parts: list[LimitPart], key_of_base: list[Ints], features: tuple[tuple[str, int], ...]) -> Ints:
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


def packed(placed: list[Placed], order_count: int) -> PackedParts:
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
        offsets_by_row(order, order_count),
        number[by_order],
        slot[by_order],
    )
