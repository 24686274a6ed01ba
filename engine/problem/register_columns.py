"""The columns of a programme as the problem reads them: by order, by worker, and by origin and order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Bools, Ints
from engine.days import NO_DATE, OPEN_END, OPEN_START, day_number
from engine.programme.programme import Programme
from engine.programme.table import Labels, Lists

AT_HOME, UNCOVERED = -1, -2
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RegisterColumns:
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
            covered = self.destination == code_of(self.countries, agreement.destination)
            covered &= self.starts >= day_number(agreement.effective_from)
            covered &= self.starts <= day_number(agreement.effective_to)
            if agreement.sectors:
                covered &= any_prefix(sectors, agreement.sectors)
            for origin in agreement.origins:
                if origin in self.countries:
                    table[code_of(self.countries, origin), covered] = position
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


def code_of(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else -2


def any_prefix(labels: Labels, prefixes: tuple[str, ...]) -> Bools:
    wanted = np.array([name.startswith(prefixes) for name in labels.names] + [False], bool)
    return wanted[labels.codes]
