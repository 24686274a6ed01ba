"""The columns of a programme as the problem reads them: joined, aligned and expanded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.clauses.base import Join
from engine.clauses.views import Bools, Ints
from engine.clauses.where import ORDER_KEYS, PREFIX_KEYS, Where
from engine.days import NO_DATE, OPEN_END, OPEN_START, calendar_year, day_number, month_day, years_before
from engine.programme.cells import is_label
from engine.programme.programme import InForce, Programme
from engine.programme.table import Labels, Lists

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
AT_HOME, UNCOVERED = -1, -2


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
class Register:
    """Workers and orders of a programme with what belongs to them, by row number.

    Tables by origin have one row for each code of the country vocabulary and one column for each order.
    """

    programme: Programme

    @cached_property
    def worker_count(self) -> int:
        return self.programme.workers.size

    @cached_property
    def order_count(self) -> int:
        return self.programme.orders.size

    @property
    def as_of(self) -> date:
        return self.programme.settings.as_of

    @cached_property
    def horizon(self) -> tuple[int, int]:
        settings = self.programme.settings
        return day_number(settings.horizon_start), day_number(settings.horizon_end)

    @cached_property
    def origin(self) -> Ints:
        return self.programme.workers.labels("origin_country").codes

    @cached_property
    def origins(self) -> Ints:
        """The country codes that occur as origins."""
        return np.unique(self.origin)

    @cached_property
    def destination(self) -> Ints:
        return self.programme.orders.labels("destination_country").codes

    @cached_property
    def countries(self) -> tuple[str, ...]:
        return self.programme.orders.labels("destination_country").names

    @cached_property
    def starts(self) -> Ints:
        return self.programme.orders.values("start_date").astype(np.int32)

    @cached_property
    def ends(self) -> Ints:
        return self.programme.orders.values("end_date").astype(np.int32)

    @cached_property
    def weeks(self) -> Floats:
        return (self.ends - self.starts + 1) / 7

    @cached_property
    def headcount(self) -> Longs:
        return self.programme.orders.values("headcount").astype(np.int64)

    @cached_property
    def min_crew(self) -> Longs:
        return self.programme.orders.values("min_crew").astype(np.int64)

    @cached_property
    def isco08(self) -> Ints:
        return self.programme.orders.labels("isco08").codes

    def employer_column(self, name: str) -> npt.NDArray[Any]:
        """A column of the employers by order."""
        return self.programme["employers"].values(name)[self.programme.orders.values("employer_id")]

    def site_column(self, name: str) -> npt.NDArray[Any]:
        """A column of the sites by order."""
        return self.programme["sites"].values(name)[self.programme.orders.values("site_id")]

    def _by_corridor(self, column: str) -> Floats:
        table = np.zeros((len(self.countries), self.order_count))
        corridors = self.programme["corridors"]
        origin = corridors.labels("origin_country").codes
        destination = corridors.labels("destination_country").codes
        for row in range(corridors.size):
            table[origin[row], self.destination == destination[row]] = corridors.values(column)[row]
        return table

    @cached_property
    def lead_time_days(self) -> Floats:
        """By origin and order."""
        return self._by_corridor("lead_time_days")

    @cached_property
    def trip_days(self) -> Ints:
        """Days of travel between home and the order, by origin and order; 0 for a return placement."""
        trip = self._by_corridor("travel_days").astype(np.int32)
        trip[self.agreement == AT_HOME] = 0
        return trip

    @cached_property
    def net_weekly_income(self) -> Floats:
        """By origin and order."""
        orders = self.programme.orders
        gross = orders.values("weekly_hours") * orders.values("hourly_wage") - orders.values("weekly_deductions")
        return gross - (self._by_corridor("travel_cost_to_worker") + orders.values("worker_cost")) / self.weeks

    @cached_property
    def agreement(self) -> Ints:
        """Position of the agreement in force by origin and order, `AT_HOME` or `UNCOVERED`."""
        table = np.full((len(self.countries), self.order_count), UNCOVERED, np.int32)
        sectors = self.programme.orders.labels("sector")
        for position, agreement in enumerate(self.programme.agreements):
            covered = self.destination == _code(self.countries, agreement.destination)
            covered &= self.starts >= day_number(agreement.effective_from)
            covered &= self.starts <= day_number(agreement.effective_to)
            if agreement.sectors:
                covered &= _any_prefix(sectors, agreement.sectors)
            for origin in agreement.origins:
                if origin in self.countries:
                    table[_code(self.countries, origin), covered] = position
        for country in range(len(self.countries)):
            table[country, self.destination == country] = AT_HOME
        return table

    @cached_property
    def orders_open(self) -> Bools:
        """Orders within the horizon, not cancelled, whose employer is not debarred on any of their days."""
        first, last = self.horizon
        begin = self.employer_column("debarred_from").astype(np.int64)
        end = self.employer_column("debarred_until").astype(np.int64)
        barred = (begin != NO_DATE) | (end != NO_DATE)
        begin, end = np.where(begin == NO_DATE, OPEN_START, begin), np.where(end == NO_DATE, OPEN_END, end)
        free = ~barred | (self.ends < begin) | (self.starts > end)
        return free & (self.starts >= first) & (self.ends <= last) & (self.headcount > 0)

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
        """Codes by order and the names of an order key."""
        if key in ("employer_id", "site_id"):
            table = {"employer_id": "employers", "site_id": "sites"}[key]
            return self.programme.orders.values(key).astype(np.int32), self.programme[table].id_text(key).tolist()
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

    def language_levels(self, language: str) -> npt.NDArray[np.int8]:
        """CEFR level 1 to 6 by worker, 0 without the language."""
        if language not in self._levels:
            languages = self.programme.workers.lists("languages")
            levels = np.zeros(self.worker_count, np.int8)
            if language in languages.names:
                entries = languages.codes == languages.names.index(language)
                levels[languages.rows()[entries]] = languages.amounts[entries]
            self._levels[language] = levels
        return self._levels[language]

    @cached_property
    def _levels(self) -> dict[str, npt.NDArray[np.int8]]:
        return {}

    def order_sets(self, column: str) -> tuple[Ints, Lists]:
        """Which distinct list of a list column each order has, and those lists."""
        if column not in self._order_sets:
            lists = self.programme.orders.lists(column)
            first: dict[bytes, int] = {}
            which = np.empty(self.order_count, np.int32)
            for row in range(self.order_count):
                part = slice(lists.offsets[row], lists.offsets[row + 1])
                key = np.sort(lists.codes[part].astype(np.int64) * 8 + lists.amounts[part] % 8).tobytes()
                which[row] = first.setdefault(key, row)
            distinct, position = np.unique(which, return_inverse=True)
            self._order_sets[column] = position.astype(np.int32), lists.take(distinct)
        return self._order_sets[column]

    @cached_property
    def _order_sets(self) -> dict[str, tuple[Ints, Lists]]:
        return {}

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
        country = np.array([_code(self.countries, name) for name in refuses.names] + [-2], np.int32)
        employers = {name: i for i, name in enumerate(self.programme["employers"].id_text("employer_id"))}
        employer = np.array([employers.get(name, -2) for name in refuses.names] + [-2], np.int32)
        by_country = is_country[refuses.codes] & (country[refuses.codes] >= 0)
        by_employer = ~is_country[refuses.codes]
        return (
            (rows[by_country], country[refuses.codes[by_country]]),
            (rows[by_employer], employer[refuses.codes[by_employer]]),
        )


def _code(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else -2


def _any_prefix(labels: Labels, prefixes: tuple[str, ...]) -> Bools:
    wanted = np.array([name.startswith(prefixes) for name in labels.names] + [False], bool)
    return wanted[labels.codes]
