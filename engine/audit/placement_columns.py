"""The columns of a flat table of placements: each joined to the raw rows of a programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from engine.days import OPEN_END, OPEN_START
from engine.programme.programme import Programme
from engine.programme.table import Labels

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Sought:
    """Keys in ascending order, with the row of each."""

    keys: Rows
    row: Rows

    @staticmethod
    def of(keys: Rows) -> Sought:
        """The keys of the rows 0, 1, ..."""
        by_key = np.argsort(keys, kind="stable")
        return Sought(keys[by_key], by_key)

    def rows(self, wanted: Rows) -> Rows:
        """The first row with each wanted key, -1 where there is none."""
        if not len(self.keys):
            return np.full(len(wanted), -1)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.row[place], -1)


@dataclass(frozen=True)
class PlacementColumns:
    """Placements as row numbers: placement i puts worker ``worker[i]`` on order ``order[i]``.

    All placements of a worker are one calendar, unless ``calendar_of`` numbers the calendars: then several calendars of
    one worker can be checked side by side. What is worked out of the programme's tables alone is shared by subsets.
    """

    programme: Programme
    worker: Rows
    order: Rows
    calendar_of: Rows | None = None
    _cache: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _of_tables: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many placements there are."""
        return len(self.worker)

    def subset(self, mask: npt.NDArray[Any]) -> Self:
        """The placements that ``mask`` marks or numbers."""
        calendar = None if self.calendar_of is None else self.calendar_of[mask]
        return type(self)(self.programme, self.worker[mask], self.order[mask], calendar, {}, self._of_tables)

    def of_tables(self, key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
        """What ``make`` works out of the programme's tables, which ``key`` names; once for all subsets."""
        if key not in self._of_tables:
            self._of_tables[key] = make()
        found: Made = self._of_tables[key]
        return found

    @property
    def calendar(self) -> Rows:
        """The number of the calendar that each placement belongs to."""
        return self.worker if self.calendar_of is None else self.calendar_of

    @property
    def as_of(self) -> date:
        """The day of the run."""
        return self.programme.settings.as_of

    def rows(self, table: str) -> Rows:
        """The row of ``table`` (workers, orders, employers, sites) that belongs to each placement."""
        if table == "workers":
            return self.worker
        if table == "orders":
            return self.order
        column = {"employers": "employer_id", "sites": "site_id"}[table]
        return self.programme.orders.values(column)[self.order].astype(np.int64)

    def number(self, table: str, column: str) -> npt.NDArray[np.float64]:
        """A column of numbers; NaN where empty and no default applies."""
        return self.programme[table].values(column)[self.rows(table)].astype(np.float64)

    def date(self, table: str, column: str) -> Dates:
        """A column of dates; NaT where empty."""
        days = self.programme[table].values(column)[self.rows(table)].astype(np.int64)
        open_ended = (days <= OPEN_START) | (days >= OPEN_END)
        return np.where(open_ended, np.datetime64("NaT", "D"), days.astype("datetime64[D]"))

    def label(self, table: str, column: str) -> Labels:
        """A column of codes by placement."""
        labels = self.programme[table].labels(column)
        return Labels(labels.codes[self.rows(table)], labels.names)

    def text(self, table: str, column: str) -> npt.NDArray[np.object_]:
        """A column of labels or ids as text."""
        if column in ("employer_id", "site_id"):
            target = {"employer_id": "employers", "site_id": "sites"}[column]
            return self.programme[target].id_text(column)[self.rows(target)]
        if isinstance(self.programme[table].columns[column], Labels):
            return self.label(table, column).text()
        return self.programme[table].id_text(column)[self.rows(table)]

    @cached_property
    def days(self) -> npt.NDArray[np.int64]:
        """Length of each order in days, both ends counted."""
        start, end = self.date("orders", "start_date"), self.date("orders", "end_date")
        return ((end - start) / np.timedelta64(1, "D")).astype(np.int64) + 1

    def months_in_occupation(self) -> npt.NDArray[np.float64]:
        """Months of experience in the order's occupation; -1 where the worker doesn't have it."""
        occupations = self.programme.workers.lists("occupations")
        isco = self.label("orders", "isco08").codes
        found = self._find("occupations", self.worker, isco.astype(np.int64))
        months = np.append(occupations.amounts, -1).astype(np.float64)
        return months[found]

    def level_of(self, language: str) -> npt.NDArray[np.int64]:
        """The worker's CEFR level 1 to 6 in ``language``; 0 without it."""
        languages = self.programme.workers.lists("languages")
        if language not in languages.names:
            return np.zeros(self.size, np.int64)
        code = np.full(self.size, languages.names.index(language), np.int64)
        return np.append(languages.amounts, 0)[self._find("languages", self.worker, code)].astype(np.int64)

    def lacks_any(self, worker_column: str, order_column: str) -> Bools:
        """Whether the worker's list lacks an entry of the order's list, or holds it at a lower level."""
        owner, _, held, needed = self._beside(worker_column, order_column)
        lacking = np.zeros(self.size, bool)
        lacking[owner[held < needed]] = True
        return lacking

    def lacking(self, worker_column: str, order_column: str) -> list[tuple[int, int, int, int]]:
        """Each entry that makes `lacks_any` true: (placement, code in the order's list, level held, level needed);
        a level of -1 is held where the worker has no such entry.
        """
        owner, code, held, needed = self._beside(worker_column, order_column)
        short = held < needed
        columns = (owner[short], code[short], held[short], needed[short])
        return list(zip(*(column.astype(int).tolist() for column in columns), strict=True))

    def _beside(self, worker_column: str, order_column: str) -> tuple[Rows, Rows, npt.NDArray[Any], npt.NDArray[Any]]:
        """Each entry of the orders' lists: placement, code, the level that the worker holds (-1: none) and it needs."""
        needed = self.programme.orders.lists(order_column).take(self.order)
        owned = self.programme.workers.lists(worker_column)
        owner = needed.rows().astype(np.int64)
        found = self._find(worker_column, self.worker[owner], needed.codes.astype(np.int64))
        return owner, needed.codes.astype(np.int64), np.append(owned.amounts, -1)[found], needed.amounts

    def held_share(self, worker_column: str, order_column: str) -> npt.NDArray[np.float64]:
        """The share of the order's entries that the worker's list holds; 1 where the order names none."""
        wanted = self.programme.orders.lists(order_column).take(self.order)
        owner = wanted.rows()
        held = self._find(worker_column, self.worker[owner], wanted.codes.astype(np.int64)) >= 0
        count = np.diff(wanted.offsets)
        return np.where(count > 0, np.bincount(owner, held, self.size) / np.maximum(count, 1), 1.0)

    def corridor(self, column: str) -> npt.NDArray[np.float64]:
        """A column of the corridor from the worker's origin to the order's destination; 0 where unknown."""
        corridors = self.programme["corridors"]
        names = self.programme.workers.labels("origin_country").names
        ends = corridors.labels("origin_country").codes, corridors.labels("destination_country").codes
        known = self.of_tables(("corridors",), lambda: Sought.of(_pair_key(*ends, names)))
        wanted = _pair_key(
            self.label("workers", "origin_country").codes, self.label("orders", "destination_country").codes, names
        )
        return np.append(corridors.values(column), 0.0)[known.rows(wanted)]

    def net_weekly_income(self) -> npt.NDArray[np.float64]:
        """``hours * wage - deductions - (travel cost + worker cost) / weeks``."""
        gross = self.number("orders", "weekly_hours") * self.number("orders", "hourly_wage")
        costs = self.corridor("travel_cost_to_worker") + self.number("orders", "worker_cost")
        return gross - self.number("orders", "weekly_deductions") - 7 * costs / self.days

    def row_of_pair(self, table: str) -> Rows:
        """The row of a table of worker and order (recalls, scores, ...) for each placement, -1 where it has none."""
        rows, orders = self.programme[table], self.programme.orders.size
        known = self.of_tables(
            ("pairs", table),
            lambda: Sought.of(rows.values("worker_id").astype(np.int64) * orders + rows.values("order_id")),
        )
        return known.rows(self.worker * orders + self.order)

    def _find(self, worker_column: str, rows: Rows, codes: Rows) -> Rows:
        """The entry of a column of lists in each row of workers that has the wanted code, -1 where there is none."""
        lists = self.programme.workers.lists(worker_column)
        width = len(lists.names) + 1
        known = self.of_tables(
            ("entries", worker_column), lambda: Sought.of(lists.rows().astype(np.int64) * width + lists.codes)
        )
        return known.rows(rows * width + codes)

    def decided_on(self) -> Dates:
        """The day of the run, or the day on which a commitment was agreed."""
        decided = np.full(self.size, np.datetime64(self.programme.settings.as_of, "D"))
        row = self.row_of_pair("commitments")
        if self.programme["commitments"].size:
            agreed = self.programme["commitments"].values("agreed_on")[np.maximum(row, 0)].astype(np.int64)
            dates = np.where(agreed <= OPEN_START, np.datetime64("NaT", "D"), agreed.astype("datetime64[D]"))
            decided = np.where((row >= 0) & ~np.isnat(dates), dates, decided)
        return decided


def _pair_key(origin: npt.NDArray[Any], destination: npt.NDArray[Any], names: Sequence[str]) -> Rows:
    return origin.astype(np.int64) * (len(names) + 1) + destination
