"""Why a worker has no placement and an order open places: each with the rule, the limit or the amount."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.plan.exchange import Exchanges
from engine.plan.reason import Reason, reason
from engine.plan.refusals import refusals, why_no_crew
from engine.problem.column_rows import entries_of, use_of
from engine.problem.offers import NOTHING, Offers
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.dual.bound import at_prices
from engine.solve.result import Knowledge, Result

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
COLUMNS_PER_BLOCK = 400_000
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
        limits = self.problem.limits
        for begin in range(0, len(self.columns), COLUMNS_PER_BLOCK):
            block = self.columns[begin : begin + COLUMNS_PER_BLOCK]
            entries = entries_of(self.problem.offers, limits, block)
            owner, capacity = row_of_each(np.diff(entries.offsets)), limits.capacity[entries.row]
            for found, used in ((self.blocking, self.use[entries.row]), (self.never, 0.0)):
                # the last written is the first: rows are gone through from the end
                hits = np.flatnonzero(used + entries.coefficient > capacity + ROUNDING)[::-1]
                found[block[owner[hits]]] = entries.row[hits]
        self.never[self.never != NOTHING] = np.where(
            limits.ratio_rows[self.never[self.never != NOTHING]], NOTHING, self.never[self.never != NOTHING]
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
        offers = self.problem.offers
        best, worth = np.full(len(self.free), NOTHING), np.zeros(len(self.free), np.int64)
        if not len(self.columns):
            return best, worth
        reduced = at_prices(self.problem, self.result.prices, self.result.crew).reduced()[self.columns]
        party = offers.party_of_each()[self.columns]
        ranked = np.lexsort((self.columns, -reduced, self.never[self.columns] != NOTHING, party))
        first = ranked[np.flatnonzero(np.diff(party[ranked], prepend=-1))]
        best[party[first]], worth[party[first]] = self.columns[first], reduced[first]
        return best, worth

    def unplaced_with_offers(self) -> dict[int, Reason]:
        """The reasons of the unplaced who had something to take, and of travel groups."""
        reasons: dict[int, Reason] = {}
        groups = self.problem.programme.workers.labels("travel_group_id").codes
        lone = int((groups < 0).sum())
        best, worth = self._best()
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

    def _reason(self, column: int, worth: int) -> Reason:
        """Why a column, the best of its party, is not in the plan."""
        offers = self.problem.offers
        order = "+".join(dict.fromkeys(self.orders[offers.placements(np.array([column]))[1]]))
        value = offers.value[column] / SCALE
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
            wasting = [self.wasting[row] for row in offers.placements(np.array([column]))[1] if row in self.wasting]
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
    pairs, counts = np.unique(np.stack([key[kept], row[kept]], 1), axis=0, return_counts=True)
    ranked = np.lexsort((-pairs[:, 1], counts, pairs[:, 0]))
    return {int(k): int(r) for k, r in pairs[ranked]}
