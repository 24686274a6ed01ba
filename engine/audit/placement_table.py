"""A flat table of placements, which every check reads: past stays, the agreement in force, what a clause is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of, place_in_row
from engine.audit.placement_columns import Bools, Dates, PlacementColumns, Rows
from engine.clauses.where import ORDER_KEYS, PREFIX_KEYS, Where
from engine.programme.table import Labels

HOME, UNCOVERED = -1, -2


def under(agreement: Rows, position: int | None) -> Bools:
    """Which placements stand under the agreement at ``position``, or, for None, abroad at all."""
    return agreement != HOME if position is None else agreement == position


@dataclass(frozen=True)
class PlacementTable(PlacementColumns):
    """Placements with their past stays, their agreements, and which of them a `where` means."""

    def past_exit(self, years: int, reasons: Sequence[str] = ()) -> Bools:
        """Whether a stay at the destination ended (for one of ``reasons``) within ``years`` years before the start."""
        marked = np.zeros(self.size, bool)
        marked[self._exits(years, reasons)[0]] = True
        return marked

    def last_exit(self, years: int, reasons: Sequence[str] = ()) -> tuple[Dates, npt.NDArray[np.object_]]:
        """The last day of the latest stay that `past_exit` finds, and how it ended; no day where there is none."""
        owner, row = self._exits(years, reasons)
        history = self.programme["history"]
        ended = history.values("end_date")[row]
        latest = np.lexsort((ended, owner))
        day, way = np.full(self.size, np.datetime64("NaT", "D")), np.full(self.size, "", object)
        day[owner[latest]] = ended[latest].astype(np.int64).astype("datetime64[D]")
        label = history.labels("exit_reason")
        way[owner[latest]] = np.array([*label.names, ""], dtype=object)[label.codes[row[latest]]]
        return day, way

    def _exits(self, years: int, reasons: Sequence[str]) -> tuple[Rows, Rows]:
        """Each (placement, row of history) of a stay that `past_exit` finds."""
        owner, row = self.past_stays()
        history = self.programme["history"]
        end = history.values("end_date")[row].astype(np.int64).astype("datetime64[D]")
        start = self.date("orders", "start_date")
        counts = (end < start[owner]) & (end >= years_earlier(start, years)[owner])
        if reasons:
            label = history.labels("exit_reason")
            counts &= np.isin(np.array([*label.names, ""], dtype=object), reasons)[label.codes[row]]
        return owner[counts], row[counts]

    def past_seasons(self) -> Rows:
        """In how many calendar years before that of the start a stay at the destination began."""
        owner, row = self.past_stays()
        begun = _year(self.programme["history"].values("start_date")[row].astype(np.int64).astype("datetime64[D]"))
        earlier = begun < _year(self.date("orders", "start_date"))[owner]
        seasons = {*zip(owner[earlier].tolist(), begun[earlier].tolist(), strict=True)}
        return np.bincount(np.array([placement for placement, _ in seasons], np.int64), minlength=self.size)

    def past_stays(self) -> tuple[Rows, Rows]:
        """Every (placement, row of history) of the same worker and destination, as two parallel arrays."""
        if ("past",) not in self._cache:
            self._cache[("past",)] = self._past_stays()
        return self._cache[("past",)]

    def _past_stays(self) -> tuple[Rows, Rows]:
        history = self.programme["history"]
        by_worker, offsets = self.of_tables(("history",), self._history_by_worker)
        begin = offsets[self.worker]
        count = offsets[self.worker + 1] - begin
        owner = np.repeat(np.arange(self.size), count)
        within = place_in_row(count)
        row = by_worker[begin[owner] + within]
        there = history.labels("destination_country").codes[row]
        same = there == self.label("orders", "destination_country").codes[owner]
        return owner[same], row[same]

    def _history_by_worker(self) -> tuple[Rows, Rows]:
        """The rows of history by worker, and where those of each worker begin and end."""
        workers = self.programme["history"].values("worker_id")
        return np.argsort(workers, kind="stable"), offsets_of(
            np.bincount(workers, minlength=self.programme.workers.size)
        )

    def at_home(self) -> Bools:
        """Whether the order is in the worker's own country."""
        return self.label("workers", "origin_country").codes == self.label("orders", "destination_country").codes

    def agreement(self) -> Rows:
        """The position of the agreement in force for each placement, `HOME` for a return placement, `UNCOVERED`."""
        if ("agreement",) not in self._cache:
            self._cache[("agreement",)] = self._agreement_by_pair()
        found: Rows = self._cache[("agreement",)]
        return found

    def under_agreement(self, position: int | None) -> tuple[Rows, PlacementTable]:
        """The numbers of the placements under the agreement at ``position`` or, for None, abroad at all; and a table of
        them, the same for every clause.
        """
        key = ("under", position)
        if key not in self._cache:
            rows = np.flatnonzero(under(self.agreement(), position))
            self._cache[key] = rows, self.subset(rows)
        found: tuple[Rows, PlacementTable] = self._cache[key]
        return found

    def _agreement_by_pair(self) -> Rows:
        origin = self.programme.workers.labels("origin_country").codes
        origins, of_origin = np.unique(origin, return_inverse=True)
        width = self.programme.orders.size
        if self.size <= len(origins) * width:
            return self._agreement()
        someone = np.unique(of_origin, return_index=True)[1]
        every = PlacementTable(
            self.programme, np.repeat(someone, width), np.tile(np.arange(width, dtype=np.int64), len(origins))
        )
        return every._agreement()[of_origin[self.worker] * width + self.order]

    def _agreement(self) -> Rows:
        found = np.where(self.at_home(), HOME, UNCOVERED)
        start = self.date("orders", "start_date")
        sector = self.label("orders", "sector")
        for position, agreement in enumerate(self.programme.agreements):
            covered = self.matches(
                Where({"origin_country": agreement.origins, "destination_country": (agreement.destination,)})
            )
            covered &= start >= np.datetime64(agreement.effective_from, "D")
            covered &= start <= np.datetime64(agreement.effective_to, "D")
            if agreement.sectors:
                covered &= _wanted(sector.names, "sector", agreement.sectors)[sector.codes]
            found[covered & (found != HOME)] = position
        return found

    def key(self, key: str) -> npt.NDArray[np.object_]:
        """The value of a `where` key (or household_id, operator) for each placement, as text."""
        if key == "worker_class":
            return np.where(self.past_exit(3), "returning", "new").astype(object)
        if key == "operator":
            return self.text("employers", key)
        return self.text("orders" if key in ORDER_KEYS else "workers", key)

    def matches(self, where: Where) -> Bools:
        """Whether each placement matches every key of ``where``."""
        matched = np.ones(self.size, bool)
        for key, values in where.words.items():
            matched &= self._any_of(key, values)
        if where.worker_class:
            classes = np.where(self.past_exit(where.returning_years), "returning", "new")
            matched &= np.isin(classes, where.worker_class)
        if where.recalled is not None:
            matched &= (self.row_of_pair("recalls") >= 0) == where.recalled
        if where.start_between is not None:
            start = self.date("orders", "start_date")
            first, last = (np.datetime64(day, "D") for day in where.start_between)
            matched &= (start >= first) & (start <= last)
        return matched

    def _any_of(self, key: str, values: Sequence[str]) -> Bools:
        table = "orders" if key in ORDER_KEYS else "workers"
        column = self.programme[table].columns[key]
        if not isinstance(column, Labels):
            target = {"employer_id": "employers", "site_id": "sites"}[key]
            known = self.programme[target].id_text(key)
            return np.isin(known, values)[self.rows(target)]
        wanted = self.of_tables((table, key, tuple(values)), lambda: _wanted(column.names, key, values))
        return wanted[column.codes[self.rows(table)]]

    def registered(self, key: str, values: Sequence[str]) -> npt.NDArray[np.int64]:
        """How many registered workers have each value of a worker column."""
        labels = self.programme.workers.labels(key)
        counts = np.bincount(labels.codes[labels.codes >= 0], minlength=len(labels.names))
        known = dict(zip(labels.names, counts.tolist(), strict=True))
        return np.array([known.get(value, 0) for value in values], np.int64)


def _wanted(names: Sequence[str], key: str, values: Sequence[str]) -> Bools:
    """Which names of a column a `where` key means by ``values``; and, at the end, False for the empty cell."""
    if key in PREFIX_KEYS:
        return np.array([*(name.startswith(tuple(values)) for name in names), False])
    return np.array([*(name in values for name in names), False])


def _year(days: Dates) -> Rows:
    return days.astype("datetime64[Y]").astype(np.int64)


def years_earlier(days: Dates, years: int) -> Dates:
    """The same day ``years`` years earlier, 28 February for the 29th where that year has none."""
    month = days.astype("datetime64[M]") - np.timedelta64(12 * years, "M")
    same = month.astype("datetime64[D]") + (days - days.astype("datetime64[M]").astype("datetime64[D]"))
    overshot = same.astype("datetime64[M]") != month
    return np.where(overshot, same - np.timedelta64(1, "D"), same)
