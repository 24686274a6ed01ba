"""Orders whose crew can never be had: fewer than ``min_crew`` are admitted, or a single limit lets fewer through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of
from engine.problem.admitted_pairs import AdmittedPairs
from engine.problem.eligibility import Rectangle
from engine.problem.limits import Limits
from engine.problem.register import Register

Longs = npt.NDArray[np.int64]


def without_impossible_crews(register: Register, admitted: AdmittedPairs, limits: Limits) -> AdmittedPairs:
    """The admitted pairs less those on orders that can never reach ``min_crew``."""
    worker = admitted.workers()
    crew = (register.min_crew > 1)[admitted.order]
    at_most = np.full(register.order_count, np.inf)
    at_most[register.min_crew > 1] = 0
    np.add.at(at_most, admitted.order[crew], 1)
    for order in np.flatnonzero(register.min_crew > 1):
        rows = limits.order_rows[limits.order_offsets[order] : limits.order_offsets[order + 1]]
        at_most[order] = min(at_most[order], limits.capacity[rows].min())
    pairs = np.flatnonzero(crew)
    crew_order = admitted.order[pairs]
    classes = limits.classes(worker[pairs], crew_order)
    for part in range(len(limits.parts.base)):
        if limits.parts.coefficient[part] == 1.0 and not limits.ratio_rows[limits.parts.base[part]]:
            reach = _reach(limits, part, crew_order, limits.key_of_class[part, classes], register.order_count)
            at_most = np.minimum(at_most, reach)
    possible = at_most >= register.min_crew
    keep = possible[admitted.order]
    if keep.all():
        return admitted
    counts = np.bincount(worker[keep], minlength=register.worker_count)
    offsets = offsets_of(counts)
    return AdmittedPairs(offsets, admitted.order[keep], admitted.value[keep])


def strike_impossible_crews(register: Register, rectangles: list[Rectangle], limits: Limits) -> list[Rectangle]:
    """The rectangles less the orders that admit too few, or whose own limits let too few through, for their crew."""
    at_most = np.zeros(register.order_count)
    for rectangle in rectangles:
        at_most[rectangle.orders] += rectangle.admitted.sum(0)
    for order in np.flatnonzero(register.min_crew > 1):
        rows = limits.order_rows[limits.order_offsets[order] : limits.order_offsets[order + 1]]
        at_most[order] = min(at_most[order], limits.capacity[rows].min())
    possible = (at_most >= register.min_crew) | (register.min_crew <= 1)
    if possible.all():
        return rectangles
    return [replace(r, bits=r.bits & np.packbits(possible[r.orders])) for r in rectangles]


def _reach(
    limits: Limits, part: int, order: npt.NDArray[np.int32], key: npt.NDArray[np.int32], order_count: int
) -> npt.NDArray[np.float64]:
    """How many the rows of a part let through on each order: all that it doesn't count, and no more than capacity."""
    pairs, counts = np.unique(np.stack([order, key], 1), axis=0, return_counts=True)
    through = counts.astype(np.float64)
    parts = limits.parts
    offsets, slots = parts.slots_of(part)
    for position in np.flatnonzero((pairs[:, 1] >= 0) & (np.diff(offsets)[pairs[:, 0]] > 0)):
        o, k = pairs[position]
        rows = parts.base[part] + k * parts.width[part] + slots[offsets[o] : offsets[o + 1]]
        through[position] = min(through[position], limits.capacity[rows].min())
    total = np.bincount(pairs[:, 0], through, order_count)
    reached = np.bincount(pairs[:, 0], minlength=order_count) > 0
    return np.where(reached, total, np.inf)
