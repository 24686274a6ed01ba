"""Workers and orders as the problem asks of them: past stays, recalls, refusals, and whom a `where` means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.clauses.base import Join
from engine.clauses.views import Bools, Ints
from engine.clauses.where import ORDER_KEYS, PREFIX_KEYS, Where
from engine.days import calendar_year, day_number, month_day, years_before
from engine.problem.register_columns import Longs, RegisterColumns, code_of
from engine.programme.cells import is_label
from engine.programme.programme import InForce


@dataclass(frozen=True, slots=True)
class PastStays:
    """All stays of the past, sorted by worker and start: worker w has rows ``offsets[w]:offsets[w + 1]``."""

    offsets: Longs
    destination: Ints
    start: Ints
    end: Ints
    reason: Ints
    reason_names: tuple[str, ...]


@dataclass(frozen=True)
class Register(RegisterColumns):
    """Columns of workers and orders, and what is asked of a pair, an order or a worker."""

    @cached_property
    def past(self) -> PastStays:
        history = self.programme["history"]
        order = np.lexsort((history.values("start_date"), history.values("worker_id")))
        offsets = np.zeros(self.worker_count + 1, np.int64)
        np.cumsum(np.bincount(history.values("worker_id"), minlength=self.worker_count), out=offsets[1:])
        reason = history.labels("exit_reason")
        return PastStays(
            offsets,
            history.labels("destination_country").codes[order],
            history.values("start_date")[order].astype(np.int32),
            history.values("end_date")[order].astype(np.int32),
            reason.codes[order],
            reason.names,
        )

    def _starts_years_before(self, years: int) -> Ints:
        """The day ``years`` before each order's start, worked out once."""
        if years not in self._starts_before:
            self._starts_before[years] = years_before(self.starts, years)
        return self._starts_before[years]

    @cached_property
    def _starts_before(self) -> dict[int, Ints]:
        return {}

    @cached_property
    def birthdays(self) -> tuple[Ints, Ints]:
        """Year and month-and-day of each worker's birth."""
        birth = self.programme.workers.values("birth_date")
        return calendar_year(birth), month_day(birth)

    @cached_property
    def start_days(self) -> tuple[Ints, Ints]:
        """Year and month-and-day of each order's start."""
        return calendar_year(self.starts), month_day(self.starts)

    def ended_a_stay(self, worker: Any, order: Any, years: int, reasons: Sequence[str] = ()) -> Bools:
        """Whether a stay at the order's destination ended (for one of ``reasons``) within ``years`` before its start.

        ``worker`` and ``order`` are row numbers that broadcast against each other.
        """
        past = self.past
        begin = past.offsets[worker]
        count = past.offsets[np.asarray(worker) + 1] - begin
        earliest, start = self._starts_years_before(years)[order], self.starts[order]
        destination = self.destination[order]
        barred = np.array([name in reasons for name in past.reason_names] + [False], bool)
        found = np.zeros(np.broadcast_shapes(np.shape(worker), np.shape(order)), bool)
        last_row = len(past.end) - 1
        for step in range(int(count.max(initial=0))):
            row = np.minimum(begin + step, last_row)
            counts = (count > step) & (barred[past.reason[row]] if reasons else True)
            end = past.end[row]
            found |= counts & (past.destination[row] == destination) & (end >= earliest) & (end < start)
        return found

    def past_seasons(self, worker: Any, order: Any) -> Longs:
        """In how many calendar years before the order's start stays at its destination began.

        ``worker`` and ``order`` are row numbers that broadcast against each other.
        """
        begin = self.past.offsets[worker]
        count = self.past.offsets[np.asarray(worker) + 1] - begin
        year, new = self._past_years
        start_year, destination = self.start_days[0][order], self.destination[order]
        seasons = np.zeros(np.broadcast_shapes(np.shape(worker), np.shape(order)), np.int64)
        last_row = len(year) - 1
        for step in range(int(count.max(initial=0))):
            row = np.minimum(begin + step, last_row)
            there = new[row] & (self.past.destination[row] == destination)
            seasons += (count > step) & there & (year[row] < start_year)
        return seasons

    @cached_property
    def _past_years(self) -> tuple[Ints, Bools]:
        """The year in which each past stay began, and whether it is the first of that worker, place and year."""
        past = self.past
        year = calendar_year(past.start)
        worker = np.repeat(np.arange(self.worker_count), np.diff(past.offsets))
        keys = np.stack([worker, past.destination, year], axis=1)
        new = np.zeros(len(year), bool)
        new[np.unique(keys, axis=0, return_index=True)[1]] = True
        return year, new

    def pair_key(self, worker: Any, order: Any) -> Longs:
        """One number for a pair."""
        return np.asarray(worker, np.int64) * self.order_count + order

    @cached_property
    def recalled_keys(self) -> Longs:
        """The keys of all recalled pairs, sorted."""
        recalls = self.programme["recalls"]
        return np.unique(self.pair_key(recalls.values("worker_id"), recalls.values("order_id")))

    def recalled(self, worker: Any, order: Any) -> Bools:
        """Whether the order recalls the worker by name."""
        key = self.pair_key(worker, order)
        if not len(self.recalled_keys):
            return np.zeros(key.shape, bool)
        position = np.minimum(np.searchsorted(self.recalled_keys, key), len(self.recalled_keys) - 1)
        return self.recalled_keys[position] == key

    def orders_matching(self, where: Where) -> Bools:
        """Orders that match the order keys of a `where`."""
        matched = np.ones(self.order_count, bool)
        for key, values in where.words.items():
            if key in ORDER_KEYS:
                matched &= self._order_matches(key, values)
        if where.start_between is not None:
            first, last = where.start_between
            matched &= (self.starts >= day_number(first)) & (self.starts <= day_number(last))
        return matched

    def _order_matches(self, key: str, values: tuple[str, ...]) -> Bools:
        codes, names = self.order_labels(key)
        if key in PREFIX_KEYS:
            wanted = np.array([name.startswith(values) for name in names] + [False], bool)
        else:
            wanted = np.array([name in values for name in names] + [False], bool)
        return wanted[codes]

    def workers_matching(self, where: Where) -> Bools:
        """Workers that match the worker keys of a `where`."""
        matched = np.ones(self.worker_count, bool)
        for key, values in where.words.items():
            if key not in ORDER_KEYS:
                labels = self.programme.workers.labels(key)
                matched &= np.array([name in values for name in labels.names] + [False], bool)[labels.codes]
        return matched

    def order_labels(self, key: str) -> tuple[Ints, Sequence[str]]:
        """Codes by order and the names of an order key, or of the operator of its employer."""
        if key in ("employer_id", "site_id"):
            table = {"employer_id": "employers", "site_id": "sites"}[key]
            return self.programme.orders.values(key).astype(np.int32), self.programme[table].id_text(key).tolist()
        if key == "operator":
            operator = self.programme["employers"].labels(key)
            return operator.codes[self.programme.orders.values("employer_id")], operator.names
        labels = self.programme.orders.labels(key)
        return labels.codes, labels.names

    def worker_labels(self, key: str) -> tuple[Ints, Sequence[str]]:
        """Codes by worker and the names of a worker key."""
        labels = self.programme.workers.labels(key)
        return labels.codes, labels.names

    def registered(self, key: str) -> Longs:
        """How many registered workers have each name of a worker key."""
        codes, names = self.worker_labels(key)
        return np.bincount(codes[codes >= 0], minlength=len(names))

    @cached_property
    def transfers(self) -> list[InForce[Join]]:
        """Transfer clauses in the order in which they count, each with its agreement."""
        return list(self.programme.in_force(Join))

    @cached_property
    def refusals(self) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """(worker, destination) pairs and (worker, employer) pairs that workers refuse."""
        refuses = self.programme.workers.lists("refuses")
        rows = refuses.rows()
        is_country = np.array([is_label("country", name) for name in refuses.names] + [False], bool)
        country = np.array([code_of(self.countries, name) for name in refuses.names] + [-2], np.int32)
        employers = {name: i for i, name in enumerate(self.programme["employers"].id_text("employer_id"))}
        employer = np.array([employers.get(name, -2) for name in refuses.names] + [-2], np.int32)
        by_country = is_country[refuses.codes] & (country[refuses.codes] >= 0)
        by_employer = ~is_country[refuses.codes]
        return (
            (rows[by_country], country[refuses.codes[by_country]]),
            (rows[by_employer], employer[refuses.codes[by_employer]]),
        )
