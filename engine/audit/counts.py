"""The checks that count: headcount, crews, beds, groups, commitments, caps, set-asides and shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Count, Ratio, Tally
from engine.clauses.vocabulary import share_limits
from engine.words import Message, message

Rows = npt.NDArray[np.int64]


class ShareFound(NamedTuple):
    """Of ``total`` placements ``inside`` are of a class whose share has to lie between two (None: is free)."""

    inside: int
    total: int
    least: Decimal | None
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class Excess:
    """One count that doesn't hold: of what, how many there are, how many may be, and the placements it counts.

    For a share ``share`` holds its numbers, and ``allowed`` is empty.
    """

    rule: str | Clause
    scope: str
    used: float
    allowed: str
    placements: Rows
    share: ShareFound | None = None

    @property
    def use_in_words(self) -> Message:
        """How many there are and how many may be."""
        if self.share is None:
            return message("{used:g}, allowed {allowed}", used=self.used, allowed=self.allowed)
        return message(
            "{inside:,} of {total:,} ({share:.2%}), allowed {limits}",
            inside=self.share.inside,
            total=self.share.total,
            share=self.used,
            limits=share_limits(self.share.least, self.share.most),
        )


def count_breaches(placements: PlacementTable) -> Iterator[tuple[str | Clause, int, list[Excess]]]:
    """For each rule that counts: itself, how many counts it made, and those that don't hold."""
    yield "duplicate", placements.size, _duplicates(placements)
    yield "headcount", placements.programme.orders.size, _headcounts(placements)
    yield "min_crew", placements.programme.orders.size, _crews(placements)
    yield "beds", placements.programme["sites"].size, _beds(placements)
    yield "travel group", placements.size, _groups(placements)
    yield "commitment", placements.programme["commitments"].size, _commitments(placements)
    for clause, count, position in placements.programme.in_force(Count):
        counted, own = placements.under_agreement(position)
        siblings = placements.programme.siblings(clause)
        made, found = 0, []
        for tally in count.tallies(own, clause.where, siblings):
            if isinstance(tally, Ratio):
                made += 1
                excesses = _ratio_excess(clause, tally)
            else:
                made += tally.capacity.size
                excesses = _tally_excess(clause, own, tally)
            found += [_moved(excess, counted) for excess in excesses]
        yield clause, made, found


def _moved(excess: Excess, counted: Rows) -> Excess:
    return replace(excess, placements=counted[excess.placements])


def _duplicates(placements: PlacementTable) -> list[Excess]:
    key = placements.worker * placements.programme.orders.size + placements.order
    by_key = np.argsort(key, kind="stable")
    twice = by_key[1:][np.diff(key[by_key]) == 0]
    return [Excess("duplicate", "", 2, "1", np.array([row])) for row in twice]


def _placed(placements: PlacementTable) -> Rows:
    return np.bincount(placements.order, minlength=placements.programme.orders.size)


def _by_order(placements: PlacementTable, rule: str, wrong: Rows, allowed: npt.NDArray[np.float64]) -> list[Excess]:
    names, used = placements.programme.orders.id_text("order_id"), _placed(placements)
    return [
        Excess(rule, names[o], float(used[o]), f"{allowed[o]:g}", np.flatnonzero(placements.order == o)) for o in wrong
    ]


def _headcounts(placements: PlacementTable) -> list[Excess]:
    headcount = placements.programme.orders.values("headcount")
    return _by_order(placements, "headcount", np.flatnonzero(_placed(placements) > headcount), headcount)


def _crews(placements: PlacementTable) -> list[Excess]:
    crew, placed = placements.programme.orders.values("min_crew"), _placed(placements)
    return _by_order(placements, "min_crew", np.flatnonzero((placed > 0) & (placed < crew)), crew)


def _beds(placements: PlacementTable) -> list[Excess]:
    beds = placements.programme["sites"].values("beds")
    site = placements.rows("sites")
    group = np.where(np.isnan(beds[site]), -1, site)
    names = placements.programme["sites"].id_text("site_id")
    found = []
    for where, most, row in _most_present(placements, group, beds, None):
        found.append(Excess("beds", names[where], most, f"{beds[where]:g}", row))
    return found


def _most_present(
    placements: PlacementTable,
    group: Rows,
    capacity: npt.NDArray[np.float64],
    period: tuple[object, object] | None,
) -> Iterator[tuple[int, float, Rows]]:
    """Groups in which more are present on some day (of the period) than may be: group, how many, who that day."""
    first = placements.date("orders", "start_date")
    last = placements.date("orders", "end_date")
    counted = group >= 0
    if period is not None:
        opens, closes = (np.datetime64(str(day), "D") for day in period)
        counted &= (first <= closes) & (last >= opens)
        first = np.maximum(first, opens)
    rows = np.flatnonzero(counted)
    day = np.concatenate([first[rows], last[rows] + np.timedelta64(1, "D")]).astype("datetime64[D]").astype(np.int64)
    change = np.concatenate([np.ones(len(rows)), -np.ones(len(rows))])
    groups = np.concatenate([group[rows], group[rows]])
    order = np.lexsort((change, day, groups))
    present = np.cumsum(change[order])
    over = np.flatnonzero(present > capacity[groups[order]])
    for where in np.unique(groups[order][over]):
        worst = over[groups[order][over] == where]
        peak = worst[np.argmax(present[worst])]
        at = np.datetime64(int(day[order][peak]), "D")
        there = rows[(group[rows] == where) & (first[rows] <= at) & (last[rows] >= at)]
        yield int(where), float(present[peak]), there


def _groups(placements: PlacementTable) -> list[Excess]:
    """Travel groups whose members don't all have the same placements."""
    labels = placements.programme.workers.labels("travel_group_id")
    size = np.bincount(labels.codes[labels.codes >= 0], minlength=len(labels.names))
    group = labels.codes[placements.worker].astype(np.int64)
    rows = np.flatnonzero(group >= 0)
    width = placements.programme.orders.size
    key = group[rows] * width + placements.order[rows]
    keys, counts = np.unique(key, return_counts=True)
    pairs = np.unique(np.stack([key, placements.worker[rows]], 1), axis=0)
    people = np.unique(pairs[:, 0], return_counts=True)[1]
    found = []
    for name in np.unique(keys[(counts != size[keys // width]) | (people != counts)] // width):
        there = rows[group[rows] == name]
        found.append(Excess("travel group", labels.names[name], float(len(there)), message("the same for all"), there))
    return found


def _commitments(placements: PlacementTable) -> list[Excess]:
    table = placements.programme["commitments"]
    width = placements.programme.orders.size
    wanted = table.values("worker_id").astype(np.int64) * width + table.values("order_id")
    missing = np.flatnonzero(~np.isin(wanted, placements.worker * width + placements.order))
    workers = placements.programme.workers.id_text("worker_id")
    orders = placements.programme.orders.id_text("order_id")
    names = [f"{workers[table.values('worker_id')[row]]} on {orders[table.values('order_id')[row]]}" for row in missing]
    return [Excess("commitment", name, 0, "1", np.empty(0, np.int64)) for name in names]


def _ratio_excess(clause: Clause, ratio: Ratio) -> list[Excess]:
    inside, total = int(ratio.inside.sum()), int(ratio.total.sum())
    if not total:
        return []
    found = Fraction(inside, total)
    low = ratio.least is not None and found < Fraction(ratio.least)
    high = ratio.most is not None and found > Fraction(ratio.most)
    who = np.flatnonzero(ratio.inside if high else ratio.total & ~ratio.inside)
    share = ShareFound(inside, total, ratio.least, ratio.most)
    return [Excess(clause, "", inside / total, "", who, share)] if low or high else []


def _tally_excess(clause: Clause, placements: PlacementTable, tally: Tally) -> list[Excess]:
    periods = tally.periods or (None,)
    found: list[Excess] = []
    left_over = np.zeros(len(tally.group_names), np.int64)
    for number, period in enumerate(periods):
        allowed = tally.capacity[:, number] + left_over
        if tally.basis == "present":
            present = _most_present(placements, tally.group, allowed.astype(np.float64), period)
            found += [_excess(clause, tally, g, period, used, allowed, who) for g, used, who in present]
            continue
        counted = (tally.group >= 0) & _starts_in(placements, period)
        used = _used(placements, tally, counted)
        over = np.flatnonzero(used > allowed)
        found += [
            _excess(clause, tally, g, period, float(used[g]), allowed, np.flatnonzero(counted & (tally.group == g)))
            for g in over.tolist()
        ]
        if tally.rollover:
            left_over = np.maximum(allowed - used, 0)
    return found


def _starts_in(placements: PlacementTable, period: tuple[object, object] | None) -> npt.NDArray[np.bool_]:
    if period is None:
        return np.ones(placements.size, bool)
    start = placements.date("orders", "start_date")
    return (start >= np.datetime64(str(period[0]), "D")) & (start <= np.datetime64(str(period[1]), "D"))


def _used(placements: PlacementTable, tally: Tally, counted: npt.NDArray[np.bool_]) -> Rows:
    groups = tally.group[counted]
    if tally.basis == "workers":
        pairs = np.unique(np.stack([groups, placements.worker[counted]], 1), axis=0)
        groups = pairs[:, 0]
    return np.bincount(groups, minlength=len(tally.group_names))


def _excess(
    clause: Clause,
    tally: Tally,
    group: int,
    period: tuple[object, object] | None,
    used: float,
    allowed: Rows,
    who: Rows,
) -> Excess:
    span = "" if period is None else f"{period[0]}..{period[1]}"
    scope = " ".join(part for part in (tally.group_names[group], span) if part)
    return Excess(clause, scope, used, str(int(allowed[group])), who)
