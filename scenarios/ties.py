"""Ties between workers and orders: past stays, recalls, preferences, exclusions, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.columns import DAY, Bools, Dates, Ints, Text, blank, frame, picked, text_of
from scenarios.demand import Demand
from scenarios.draws import sorted_runs, weighted
from scenarios.register import Register
from scenarios.trades import Trades

EXITS = ("completed", "early_return", "transferred", "overstay")
EXIT_SHARES = (0.88, 0.07, 0.03, 0.02)
REASONS = ("asked by the worker", "asked by the employer", "documents under review")
LONGEST_STAY = 300
YEAR = 365


@dataclass(frozen=True)
class Chooser:
    """Draws orders that a worker's trades fit and whose corridor is open: orders grouped by trade.

    open: whether each of the register's origins may go to each of the demand's countries, (origins,
    countries).
    """

    demand: Demand
    open: Bools
    order: Ints
    first: Ints
    size: Ints

    @classmethod
    def of(cls, demand: Demand, trades: Trades, open_corridors: Bools) -> "Chooser":
        """Group the orders of a demand by trade."""
        return cls(demand, open_corridors, *sorted_runs(demand.trade, len(trades)))

    def draw(self, rng: np.random.Generator, register: Register, worker: Ints, tries: int = 4) -> tuple[Ints, Bools]:
        """Draw one order for each worker, and say where one was found."""
        order, found = np.zeros(len(worker), np.int64), np.zeros(len(worker), bool)
        for _ in range(tries):
            drawn, fits = self._draw_once(rng, register.own[worker], register.origin[worker])
            order = np.where(found, order, drawn)
            found |= fits
        return order, found

    def _draw_once(self, rng: np.random.Generator, own: Ints, origin: Ints) -> tuple[Ints, Bools]:
        column = (rng.random(len(own)) * (own >= 0).sum(axis=1)).astype(np.int64)
        # Trades are filled from the left, but a repeated one leaves a hole: fall back on the first.
        trade = own[np.arange(len(own)), column]
        trade = np.where(trade >= 0, trade, own[:, 0])
        at = self.first[trade] + (rng.random(len(own)) * self.size[trade]).astype(np.int64)
        order = self.order[np.minimum(at, len(self.order) - 1)]
        return order, (self.size[trade] > 0) & self.open[origin, self.demand.destination[order]]


@dataclass(frozen=True)
class PastStays:
    """Last season's stays as arrays (who, at which order's employer), and the table of all stays."""

    worker: Ints
    order: Ints
    table: pd.DataFrame


def draw_past_stays(
    rng: np.random.Generator,
    register: Register,
    chooser: Chooser,
    as_of: np.datetime64,
    shares: Sequence[float],
) -> PastStays:
    """Give `shares[0]` of the workers a stay last season, `shares[1]` of these one the season before, ...

    A stay repeats an order that fits, some years earlier; a few of last season's are under way on the day
    of the run.
    """
    demand = chooser.demand
    worker = np.flatnonzero(rng.random(len(register)) < shares[0])
    order, found = chooser.draw(rng, register, worker)
    worker, order = worker[found], order[found]
    start, end = _last_season(rng, demand.start[order], demand.end[order], as_of)
    row, back = np.arange(len(worker)), np.zeros(len(worker), np.int64)
    rows, years = [row], [back]
    for share in shares[1:]:
        row = row[rng.random(len(row)) < share]
        rows.append(row)
        years.append(np.full(len(row), len(years)))
    rows_all, years_all = np.concatenate(rows[::-1]), YEAR * np.concatenate(years[::-1]) * DAY
    stay = order[rows_all]
    table = frame(
        worker_id=text_of(register.table, "worker_id", worker[rows_all]),
        employer_id=text_of(demand.orders, "employer_id", stay),
        isco08=text_of(demand.orders, "isco08", stay),
        destination_country=text_of(demand.orders, "destination_country", stay),
        start_date=start[rows_all] - years_all,
        end_date=end[rows_all] - years_all,
        exit_reason=_exits(rng, len(rows_all), last=years_all == 0 * DAY),
    )
    return PastStays(worker, order, table)


def _exits(rng: np.random.Generator, count: int, last: Bools) -> Text:
    """Draw how stays ended; whoever overstayed was not taken again, so only a last stay ends that way."""
    reason = weighted(rng, np.array(EXIT_SHARES), count)
    return picked(EXITS, np.where(~last & (reason == EXITS.index("overstay")), 0, reason))


def _last_season(rng: np.random.Generator, start: Dates, end: Dates, as_of: np.datetime64) -> tuple[Dates, Dates]:
    """Move orders back by whole years, so that the stay began before the run; nearly all are over by then."""
    length = np.minimum((end - start) // DAY, LONGEST_STAY).astype(np.int64)
    begin = start - YEAR * DAY + rng.integers(-20, 21, len(start)) * DAY
    begin = np.where(begin > as_of - 45 * DAY, begin - YEAR * DAY, begin)
    leave = begin + length * DAY
    over = as_of - rng.integers(1, 30, len(start)) * DAY
    return begin, np.where((leave >= as_of) & (rng.random(len(start)) < 0.9), np.maximum(over, begin), leave)


def draw_recalls(
    rng: np.random.Generator, stays: PastStays, demand: Demand, register: Register, share: float
) -> pd.DataFrame:
    """Let employers ask by name for last season's workers, for up to a share of each order's headcount."""
    shuffled = rng.permutation(len(stays.order))
    by_order, first, _ = sorted_runs(stays.order[shuffled], len(demand))
    row = shuffled[by_order]
    place = np.arange(len(row)) - first[stays.order[row]]
    row = row[place < np.ceil(share * demand.headcount[stays.order[row]])]
    row = row[rng.random(len(row)) < 0.9]
    return frame(
        order_id=text_of(demand.orders, "order_id", stays.order[row]),
        worker_id=text_of(register.table, "worker_id", stays.worker[row]),
    )


def draw_preferences(rng: np.random.Generator, register: Register, chooser: Chooser, share: float) -> pd.DataFrame:
    """Let a share of the workers rank up to three orders or employers that fit."""
    demand = chooser.demand
    worker = np.flatnonzero(rng.random(len(register)) < share)
    rows = []
    for rank in (1, 2, 3):
        order, found = chooser.draw(rng, register, worker)
        rows.append(np.column_stack([worker, order, np.full(len(worker), rank)])[found])
        worker = worker[rng.random(len(worker)) < 0.7]
    ranked = np.concatenate(rows)
    by_employer = rng.random(len(ranked)) < 0.4
    target = np.where(by_employer, -1 - demand.employer[ranked[:, 1]], ranked[:, 1])
    _, unique = np.unique(np.column_stack([ranked[:, 0], target]), axis=0, return_index=True)
    ranked, by_employer = ranked[unique], by_employer[unique]
    return frame(
        worker_id=text_of(register.table, "worker_id", ranked[:, 0]),
        order_id=blank(text_of(demand.orders, "order_id", ranked[:, 1]), ~by_employer),
        employer_id=blank(text_of(demand.orders, "employer_id", ranked[:, 1]), by_employer),
        rank=ranked[:, 2],
    )


def draw_exclusions(rng: np.random.Generator, register: Register, chooser: Chooser, share: float) -> pd.DataFrame:
    """Rule out one order that would fit for a small share of the workers."""
    worker = np.flatnonzero(rng.random(len(register)) < share)
    order, found = chooser.draw(rng, register, worker)
    return frame(
        worker_id=text_of(register.table, "worker_id", worker[found]),
        order_id=text_of(chooser.demand.orders, "order_id", order[found]),
        reason=picked(REASONS, rng.integers(0, len(REASONS), int(found.sum()))),
    )
