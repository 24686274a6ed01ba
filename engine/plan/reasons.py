"""Why a worker has no placement and an order open places: each with the rule, the limit or the amount."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of
from engine.clauses.views import Array
from engine.kernel import kernel
from engine.plan.exchange import Exchanges
from engine.plan.reason import Reason, reason
from engine.plan.refusals import refusals, why_no_crew
from engine.problem.column_rows import Scratch, net_rows, scratch_for, use_of
from engine.problem.offers import NOTHING, ColumnArrays, Offers
from engine.problem.packed_parts import LimitArrays
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.bound import at_prices
from engine.solve.result import Knowledge, Result

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
ROUNDING = 1e-9


@dataclass(frozen=True)
class Reasons:
    """Reasons by row number: workers without a placement, and orders with open places."""

    unplaced: dict[int, Reason]
    unfilled: dict[int, tuple[int, Reason]]


def find_reasons(result: Result) -> Reasons:
    """The reason for every worker who is not placed and for every order that is not full."""
    state = _State(result.problem, result)
    unplaced = refusals(result.problem.programme, state.without_pairs(), state.impossible_crews())
    unplaced |= state.unplaced_with_offers()
    return Reasons(unplaced, state.unfilled())


class _State:
    """The plan against its prices: what is used, who is free, and what stands in their way.

    For each column of a free party, ``blocking`` is the first full row in its way (`NOTHING` for none) and ``never``
    the first row that could not hold it even if nobody else were there; ``waits`` marks those on an order whose crew
    nobody has begun.
    """

    def __init__(self, problem: MatchingProblem, result: Result) -> None:
        self.problem, self.result = problem, result
        offers, limits = problem.offers, problem.limits
        self.use = use_of(offers, limits, result.columns)
        self.free = np.ones(len(offers.must), bool)
        self.free[offers.party_of(result.columns)] = False
        self.columns = np.flatnonzero(np.repeat(self.free, np.diff(offers.of_party)))
        self.orders = problem.programme.orders.id_text("order_id")
        self.closed = np.zeros(len(self.orders), bool)
        self.closed[problem.crew_orders] = self.use[problem.crew_orders] == 0
        self.blocking, self.never = np.full(offers.count, NOTHING), np.full(offers.count, NOTHING)
        self._look_at_rows()
        self.waits = _on_orders(offers, self.columns, self.closed)
        self.wasting = {one.order: one for one in result.wasted}
        self.exchanges = Exchanges(problem, result.columns, self.use)

    def _look_at_rows(self) -> None:
        offers, limits = self.problem.offers, self.problem.limits
        allowed, wanted = limits.capacity + ROUNDING, np.ones(limits.row_count, np.int8)
        _first_rows(
            self.columns,
            offers.arrays,
            offers.order_count,
            limits.arrays,
            (wanted, allowed, self.use, limits.ratio_rows),
            scratch_for(limits),
            self.blocking,
            self.never,
        )

    def without_pairs(self) -> Longs:
        """Workers without any legal calendar, groups apart."""
        offers = self.problem.offers
        lone = np.flatnonzero(self.problem.programme.workers.labels("travel_group_id").codes < 0)
        return lone[np.diff(offers.of_party)[: len(lone)] == 0]

    def impossible_crews(self) -> Longs:
        """Orders that somebody is admitted to, and that were left out for their crew can't be had."""
        offers, crews = self.problem.offers, self.problem.crew_orders
        reached = np.zeros(len(self.orders), bool)
        reached[offers.cell % offers.order_count] = True
        return crews[~reached[crews] & (self.problem.admitted_by_order[crews] > 0)]

    def _best(self) -> tuple[Longs, Longs]:
        """The best column of each free party at the prices and its reduced value, of those that could ever be; of all
        where none could. `NOTHING` for a party without columns.
        """
        best, worth = np.full(len(self.free), NOTHING), np.zeros(len(self.free), np.int64)
        if len(self.columns):
            reduced = at_prices(self.problem, self.result.prices, self.result.crew).reduced()
            _best_of_free(self.problem.offers.of_party, self.free, reduced, self.never, best, worth)
        return best, worth

    def unplaced_with_offers(self) -> dict[int, Reason]:
        """The reasons of the unplaced who had something to take, and of travel groups."""
        reasons: dict[int, Reason] = {}
        groups = self.problem.programme.workers.labels("travel_group_id").codes
        lone = int((groups < 0).sum())
        best, worth = self._best()
        self.orders_of = self._orders_of(best[best != NOTHING])
        for party in np.flatnonzero(self.free):
            lead = int(self.problem.lead[party])
            column = int(best[party])
            if column == NOTHING:
                if party >= lone:
                    nobody = reason("not_admitted.group")
                    reasons |= dict.fromkeys(np.flatnonzero(groups == groups[lead]).tolist(), nobody)
                continue
            members = np.flatnonzero(groups == groups[lead]).tolist() if party >= lone else [lead]
            reasons |= dict.fromkeys(members, self._reason(column, int(worth[party])))
        return reasons

    def _orders_of(self, columns: Longs) -> dict[int, list[int]]:
        """The orders (rows) of each of the given columns."""
        orders, ends = (
            self.problem.offers.placements(columns)[1].tolist(),
            offsets_of(self.problem.offers.lengths(columns)),
        )
        return {column: orders[ends[i] : ends[i + 1]] for i, column in enumerate(columns.tolist())}

    def _reason(self, column: int, worth: int) -> Reason:
        """Why a column, the best of its party, is not in the plan."""
        rows = self.orders_of[column]
        order = "+".join(dict.fromkeys(self.orders[row] for row in rows))
        value = self.problem.offers.value[column] / SCALE
        if self.never[column] != NOTHING:
            return self._full("limit_full.never", int(self.never[column]), order)
        row = int(self.blocking[column])
        if self.result.by_turns and row != NOTHING:
            return self._full("limit_full.worker", row, order)  # rows only fill up: it was full when the turn came
        if worth < 0 and not self.result.by_turns:
            return reason("outpriced.worker", order=order, value=value, cost=value - worth / SCALE)
        if row == NOTHING:
            if self.waits[column]:
                return reason("limit_full.min_crew", order=order)
            wasting = [self.wasting[row] for row in rows if row in self.wasting]
            if wasting:
                return reason("limit_full.kept_free", limit=self._name(wasting[0].limit), order=order)
            return reason("left_within_gap.worker", order=order, gain=worth / SCALE)
        if worth > 0 and self.result.knowledge is not Knowledge.OPTIMAL:
            if self.result.prices[row] == 0:
                return self._full("limit_full.worker", row, order)
            return reason("left_within_gap.full", order=order, gain=worth / SCALE, limit=self._name(row))
        return self._by_exchange(column, row, order)

    def _by_exchange(self, column: int, row: int, order: str) -> Reason:
        """The reason that single exchanges with those who hold the full row prove."""
        value = self.problem.offers.value[column]
        found = self.exchanges.of(column, row)
        if found.verdict == "tied":
            return reason("tied.worker", order=order, value=value / SCALE, limit=self._name(row))
        if found.verdict == "cheaper":
            gain = (value - found.least) / SCALE
            return reason("left_within_gap.full", order=order, gain=gain, limit=self._name(row))
        if found.verdict == "dearer":
            return reason(
                "outpriced.holders", order=order, value=value / SCALE, least=found.least / SCALE, limit=self._name(row)
            )
        return self._full("limit_full.worker", row, order)

    def _full(self, case: str, row: int, order: str) -> Reason:
        return reason(case, limit=self._name(row), used=float(self.use[row]), order=order)

    def _name(self, row: int) -> str:
        return self.problem.limits.names[row][0]

    def unfilled(self) -> dict[int, tuple[int, Reason]]:
        """Open places by order, with what keeps them open."""
        problem, offers = self.problem, self.problem.offers
        here = self.use[: len(self.orders)].astype(np.int64)
        open_places = problem.register.headcount - here
        lengths = offers.lengths(self.columns)
        order = offers.placements(self.columns)[1]
        waiting = np.bincount(order, minlength=len(self.orders))
        if problem.dense is not None:
            waiting = problem.dense.admitted_by_order(len(self.orders), self.free)
        blocked = np.repeat(self.blocking[self.columns], lengths)
        unblocked = np.bincount(order[blocked == NOTHING], minlength=len(self.orders))
        hindrance = _most_frequent(order, blocked)
        found = {}
        able = self._able(open_places > 0)
        for number in np.flatnonzero(open_places > 0).tolist():
            counts = int(able[number]), int(here[number]), int(waiting[number])
            why = self._why_open(number, counts, int(unblocked[number]), hindrance.get(number, NOTHING))
            found[number] = (int(open_places[number]), why)
        for number in self.impossible_crews().tolist():
            found[number] = (int(open_places[number]), why_no_crew(problem.programme, number))
        return found

    def _able(self, wanted: Bools) -> Longs:
        """How many workers have a legal calendar with each of the wanted orders (by order)."""
        offers, count = self.problem.offers, len(self.orders)
        if self.problem.dense is not None:
            return self.problem.admitted_by_order
        order = offers.cell % count
        if (np.diff(offers.cells) == 1).all():
            able = np.bincount(order, minlength=count)
        else:
            kept = wanted[order]
            pairs = np.unique(offers.cell_worker[kept].astype(np.int64) * count + order[kept])
            able = np.bincount(pairs % count, minlength=count)
        return able

    def _why_open(self, order: int, counts: tuple[int, int, int], unblocked: int, row: int) -> Reason:
        """``counts``: who is admitted, who is on it, who of the others has no placement."""
        admitted, here, waiting = counts
        if not admitted:
            pairs = int(self.problem.admitted_by_order[order])
            return reason("not_admitted.calendar", pairs=pairs) if pairs else reason("not_admitted.nobody")
        if admitted <= here:
            return reason("not_admitted.nobody_else", here=here)
        if order in self.wasting:
            wasted = self.wasting[order]
            return reason("limit_full.kept_free_order", limit=self._name(wasted.limit), people=wasted.people)
        least = int(self.problem.register.min_crew[order])
        if self.closed[order] and admitted < least:
            return reason("limit_full.crew", least=least, admitted=admitted)
        if not waiting and self.result.by_turns:
            return reason("not_admitted.elsewhere", admitted=admitted, here=here, elsewhere=admitted - here)
        if not waiting:
            return reason("outpriced.order", admitted=admitted, here=here, elsewhere=admitted - here)
        if row != NOTHING and unblocked < (least if self.closed[order] else 1):
            return reason("limit_full.order", limit=self._name(row), waiting=waiting)
        if self.closed[order] and unblocked < least:
            return reason("limit_full.crew_elsewhere", least=least, waiting=waiting, elsewhere=admitted - waiting)
        return reason("left_within_gap.order", waiting=waiting, admitted=admitted)


def _on_orders(offers: Offers, columns: Longs, marked: Bools) -> Bools:
    """Which columns hold a placement on a marked order."""
    found = np.zeros(offers.count, bool)
    owner = np.repeat(columns, offers.lengths(columns))
    found[owner[marked[offers.placements(columns)[1]]]] = True
    return found


def _most_frequent(key: Longs, row: Longs) -> dict[int, int]:
    """For each key the row, other than `NOTHING`, that occurs most often (the lowest on a tie)."""
    kept = row != NOTHING
    size = int(row.max(initial=0)) + 1
    pairs, counts = np.unique(key[kept].astype(np.int64) * size + row[kept], return_counts=True)
    ranked = pairs[np.lexsort((-(pairs % size), counts, pairs // size))]
    return dict(zip((ranked // size).tolist(), (ranked % size).tolist(), strict=True))


@kernel
def _first_rows(
    columns: Array,
    held: ColumnArrays,
    orders: int,
    limits: LimitArrays,
    rows: tuple[Array, Array, Array, Array],
    scratch: Scratch,
    blocking: Array,
    never: Array,
) -> None:
    """Write the first row (of least number) in the way of each column, and the first that could never hold it.

    ``rows`` are, by row, which to look at (all), what is allowed, what is used, and which are shares.
    """
    wanted, allowed, use, ratio = rows
    for j in columns:
        for i in range(net_rows(j, held, orders, limits, wanted, scratch)):
            r, amount = scratch.row[i], scratch.amount[i]
            if amount == 0:
                continue
            if use[r] + amount > allowed[r] and (blocking[j] == NOTHING or r < blocking[j]):
                blocking[j] = r
            if amount > allowed[r] and (never[j] == NOTHING or r < never[j]):
                never[j] = r
        if never[j] != NOTHING and ratio[never[j]]:
            never[j] = NOTHING


@kernel
def _best_of_free(of_party: Array, free: Array, reduced: Array, never: Array, best: Array, worth: Array) -> None:
    for p in range(len(free)):
        if not free[p]:
            continue
        at = NOTHING
        for j in range(of_party[p], of_party[p + 1]):
            possible, before = never[j] == NOTHING, at != NOTHING and never[at] == NOTHING
            if at == NOTHING or (possible and not before) or (possible == before and reduced[j] > reduced[at]):
                at = j
        if at != NOTHING:
            best[p], worth[p] = at, reduced[at]
