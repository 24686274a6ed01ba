"""A plan changed by hand: placements held or ruled out, judged by the audit, and what that costs unless others move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.audit.audit import audit
from engine.audit.placement_table import PlacementTable
from engine.planning.explain.reading import refusals, row_of
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
Pair = tuple[str, str]


@dataclass(frozen=True)
class ByHand:
    """A plan with the changes made and nobody else moved: ``breaches`` in words where it isn't legal, what the plan is
    worth ``before`` and ``after``, and the placements that the changes end, as (worker, order). It is ``possible``
    unless a rule refuses a pair that is held by itself: then no plan has it, whoever else is moved.
    """

    breaches: tuple[str, ...]
    before: float
    after: float
    ended: tuple[Pair, ...]
    possible: bool

    @property
    def legal(self) -> bool:
        """Whether no rule is broken."""
        return not self.breaches


def changed_by_hand(
    programme: Programme, worker: Longs, order: Longs, hold: Sequence[Pair], exclude: Sequence[Pair]
) -> ByHand:
    """Judge a plan (rows of workers and orders) with pairs held and pairs ruled out.

    Who is held on an order leaves what overlaps with it, unless that is held too. Raises `CallError` for unknown ids.
    """
    size = programme.orders.size
    held, ruled_out = _keys(programme, hold), _keys(programme, exclude)
    keys = worker * size + order
    comes = np.setdiff1d(held, keys)
    ends = np.isin(keys, ruled_out) | (_overlaps(programme, worker, order, comes) & ~np.isin(keys, held))
    after = np.concatenate([keys[~ends], comes])
    before, changed = audit(programme, worker, order), audit(programme, after // size, after % size)
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    ended = tuple((str(workers[w]), str(orders[o])) for w, o in zip(worker[ends], order[ends], strict=True))
    possible = not refusals(PlacementTable(programme, held // size, held % size))
    breaches = tuple(one.in_words for one in changed.breaches)
    return ByHand(breaches, before.objective, changed.objective, ended, possible)


def _keys(programme: Programme, pairs: Sequence[Pair]) -> Longs:
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    found = [row_of(workers, w, "worker") * programme.orders.size + row_of(orders, o, "order") for w, o in pairs]
    return np.unique(np.array(found, np.int64))


def _overlaps(programme: Programme, worker: Longs, order: Longs, comes: Longs) -> npt.NDArray[np.bool_]:
    """Which placements of a plan overlap with a new one of the same worker."""
    start, end = programme.orders.values("start_date"), programme.orders.values("end_date")
    found = np.zeros(len(worker), bool)
    for key in comes.tolist():
        who, where = divmod(key, programme.orders.size)
        found |= (worker == who) & (start[order] <= end[where]) & (start[where] <= end[order])
    return found
