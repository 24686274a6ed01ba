"""Why a worker has no placement and an order open places: each with the rule, the limit or the amount."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.audit.calendars import calendar_breaches
from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.plan.reason import Reason, reason
from engine.problem.column_rows import entries_of, use_of
from engine.problem.offers import NOTHING, Offers
from engine.problem.priced_columns import least_bad_offers
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.programme.programme import Programme
from engine.ranks import rank_within
from engine.solve.prices import at_prices
from engine.solve.result import Result

Longs = npt.NDArray[np.int64]
ORDERS_LOOKED_AT = 5
COLUMNS_PER_BLOCK = 400_000


@dataclass(frozen=True)
class Reasons:
    """Reasons by row number: workers without a placement, and orders with open places."""

    unplaced: dict[int, Reason]
    unfilled: dict[int, tuple[int, Reason]]


def find_reasons(result: Result) -> Reasons:
    """The reason for every worker who is not placed and for every order that is not full."""
    state = _State(result.problem, result)
    unplaced = _refusals(result.problem.programme, state.without_pairs())
    unplaced |= state.unplaced_with_offers()
    return Reasons(unplaced, state.unfilled())


class _State:
    """The plan against its prices: what is used, who is free, and what stands in their way."""

    def __init__(self, problem: MatchingProblem, result: Result) -> None:
        self.problem, self.result = problem, result
        offers, limits = problem.offers, problem.limits
        self.use = use_of(offers, limits, result.columns)
        self.placed = np.zeros(problem.programme.workers.size, bool)
        self.placed[result.worker] = True
        self.free = np.ones(len(offers.must), bool)
        self.free[offers.party_of(result.columns)] = False
        priced = at_prices(problem, result.prices, result.crew)
        self.best, self.worth = least_bad_offers(priced.offers, priced.table, priced.prices)
        self.orders = problem.programme.orders.id_text("order_id")
        self.closed = np.zeros(len(self.orders), bool)
        self.closed[problem.crew_orders] = self.use[problem.crew_orders] == 0
        self.blocking = self._blocking()

    def _blocking(self) -> Longs:
        """For each column of a free party: the first full row in its way, -1 for none, -2 - o for a closed crew o."""
        offers, limits = self.problem.offers, self.problem.limits
        found = np.full(offers.count, -1, np.int64)
        columns = np.flatnonzero(np.repeat(self.free, np.diff(offers.of_party)))
        for begin in range(0, len(columns), COLUMNS_PER_BLOCK):
            block = columns[begin : begin + COLUMNS_PER_BLOCK]
            entries = entries_of(offers, limits, block)
            full = self.use[entries.row] + entries.coefficient > limits.capacity[entries.row] + 1e-9
            owner = row_of_each(np.diff(entries.offsets))
            hits = np.flatnonzero(full)[::-1]
            found[block[owner[hits]]] = entries.row[hits]
        _mark_closed(offers, columns, self.closed, found)
        return found

    def without_pairs(self) -> Longs:
        """Workers without any legal calendar, groups apart."""
        offers = self.problem.offers
        lone = np.flatnonzero(self.problem.programme.workers.labels("travel_group_id").codes < 0)
        return lone[np.diff(offers.of_party)[: len(lone)] == 0]

    def unplaced_with_offers(self) -> dict[int, Reason]:
        """The reasons of the unplaced who had something to take, and of travel groups."""
        reasons: dict[int, Reason] = {}
        groups = self.problem.programme.workers.labels("travel_group_id").codes
        lone = int((groups < 0).sum())
        for party in np.flatnonzero(self.free):
            lead = int(self.problem.lead[party])
            column = int(self.best[party])
            if column == NOTHING:
                if party >= lone:
                    nobody = reason("not_admitted.group")
                    reasons |= dict.fromkeys(np.flatnonzero(groups == groups[lead]).tolist(), nobody)
                continue
            found = self._reason(column, int(self.worth[party]))
            members = np.flatnonzero(groups == groups[lead]).tolist() if party >= lone else [lead]
            reasons |= dict.fromkeys(members, found)
        return reasons

    def _reason(self, column: int, worth: int) -> Reason:
        offers = self.problem.offers
        _, orders = offers.placements(np.array([column]))
        order = "+".join(dict.fromkeys(self.orders[orders]))
        value = offers.value[column] / SCALE
        if worth < 0:
            return reason("outpriced.worker", order=order, value=value, cost=value - worth / SCALE)
        if worth == 0:
            return reason("tied.worker", order=order, value=value)
        row = int(self.blocking[column])
        if row < -1:
            return reason("limit_full.min_crew", order=str(self.orders[-2 - row]))
        if row >= 0 and self.result.prices[row] == 0:
            limit = self.problem.limits.names[row][0]
            return reason("limit_full.worker", limit=limit, used=float(self.use[row]), order=order)
        if row >= 0:
            limit = self.problem.limits.names[row][0]
            return reason("left_within_gap.full", order=order, gain=worth / SCALE, limit=limit)
        return reason("left_within_gap.worker", order=order, gain=worth / SCALE)

    def unfilled(self) -> dict[int, tuple[int, Reason]]:
        """Open places by order, with what keeps them open."""
        problem, offers = self.problem, self.problem.offers
        open_places = (problem.register.headcount - self.use[: len(self.orders)]).astype(np.int64)
        admitted = problem.admitted_by_order
        lengths = np.diff(offers.cells)
        free = np.repeat(np.repeat(self.free, np.diff(offers.of_party)), lengths)
        order_of_cell = offers.cell % offers.order_count
        waiting = np.bincount(order_of_cell[free], minlength=len(self.orders))
        if problem.dense is not None:
            waiting = problem.dense.admitted_by_order(len(self.orders), self.free)
        hindrance = _most_frequent(order_of_cell[free], np.repeat(self.blocking, lengths)[free])
        found = {}
        for order in np.flatnonzero(open_places > 0):
            found[int(order)] = (
                int(open_places[order]),
                self._why_open(int(order), int(admitted[order]), int(waiting[order]), hindrance.get(int(order), -1)),
            )
        return found

    def _why_open(self, order: int, admitted: int, waiting: int, row: int) -> Reason:
        if not admitted:
            return reason("not_admitted.nobody")
        if self.closed[order]:
            least = self.problem.register.min_crew[order]
            return reason("limit_full.crew", least=int(least), admitted=admitted)
        if not waiting:
            return reason("outpriced.order", admitted=admitted)
        if row >= 0:
            return reason("limit_full.order", limit=self.problem.limits.names[row][0], waiting=waiting)
        return reason("left_within_gap.order", waiting=waiting, admitted=admitted)


def _mark_closed(offers: Offers, columns: Longs, closed: npt.NDArray[np.bool_], found: Longs) -> None:
    if not closed.any():
        return
    lengths = offers.lengths(columns)
    owner = np.repeat(columns, lengths)
    _, order = offers.placements(columns)
    shut = closed[order]
    found[owner[shut]] = np.where(found[owner[shut]] == -1, -2 - order[shut], found[owner[shut]])


def _most_frequent(key: npt.NDArray[np.int32], row: Longs) -> dict[int, int]:
    """For each key the row, other than -1, that occurs most often (the lowest on a tie)."""
    kept = row >= 0
    pairs, counts = np.unique(np.stack([key[kept].astype(np.int64), row[kept]], 1), axis=0, return_counts=True)
    order = np.lexsort((-pairs[:, 1], counts, pairs[:, 0]))
    return {int(k): int(r) for k, r in pairs[order]}


def _refusals(programme: Programme, workers: Longs) -> dict[int, Reason]:
    """For workers without an offer: the rule that refuses most of the orders looked at in their occupations."""
    worker, order = _candidates(programme, workers)
    reasons = dict.fromkeys(workers.tolist(), reason("not_admitted.occupation"))
    if not len(worker):
        return reasons
    pairs = PlacementTable(programme, worker, order)
    votes: dict[str, npt.NDArray[np.float64]] = {}
    for rule, _, broken in pair_breaches(pairs):
        refused = np.bincount(worker, broken, programme.workers.size)
        votes[_rule_text(rule)] = refused  # type: ignore[assignment]  # the stubs forget that weights make it float
    looked_at = np.bincount(worker, minlength=programme.workers.size)
    for rule, tally in _calendar_votes(programme, pairs).items():
        votes[rule] = tally
    names = list(votes)
    table = np.array([votes[name] for name in names])[:, workers]
    most = table.argmax(0)
    for position, number in enumerate(workers.tolist()):
        if looked_at[number]:
            count = int(table[most[position], position])
            rule = names[most[position]]
            seen = int(looked_at[number])
            reasons[number] = reason("not_admitted.rule", rule=rule, count=count, looked_at=seen)
    return reasons


def _calendar_votes(programme: Programme, pairs: PlacementTable) -> dict[str, npt.NDArray[np.float64]]:
    """Ledgers' refusals: each round puts one order to each worker, so that no two share a calendar."""
    votes: dict[str, npt.NDArray[np.float64]] = {}
    turn = rank_within(pairs.worker)
    for number in range(ORDERS_LOOKED_AT):
        alone = pairs.subset(turn == number)
        if alone.size:
            for rule, _, broken in calendar_breaches(alone, alone.agreement()):
                tally = np.bincount(alone.worker, broken, programme.workers.size)
                votes[_rule_text(rule)] = votes.get(_rule_text(rule), np.zeros(programme.workers.size)) + tally
    return votes


def _rule_text(rule: str | Clause) -> str:
    if isinstance(rule, str):
        return rule
    return f"{rule.name} ({rule.source})" if rule.source else rule.name


def _candidates(programme: Programme, workers: Longs) -> tuple[Longs, Longs]:
    """Up to `ORDERS_LOOKED_AT` orders in the occupations of each worker, spread over them; sorted by worker."""
    pairs = CandidatePairs(programme)
    count = np.diff(pairs.first)[workers]
    looked = np.minimum(count, ORDERS_LOOKED_AT)
    numbers = [
        (pairs.first[workers] + turn * count // np.maximum(looked, 1))[looked > turn]
        for turn in range(ORDERS_LOOKED_AT)
    ]
    return pairs.at(np.sort(np.concatenate(numbers)))
