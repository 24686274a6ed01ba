"""What has happened since a plan was made: drop-outs, no-shows, cancelled and late orders, holds and exclusions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.days import NO_DATE, OPEN_END, day_number
from engine.errors import CallError, Fault, InputError
from engine.programme.programme import Programme
from engine.programme.raw_table import RawTable
from engine.programme.reorder import taken_rows
from engine.programme.row_edits import without_orders
from engine.programme.table import Labels, Table
from engine.programme.table_file import read_table_file
from engine.words import message

Longs = npt.NDArray[np.int64]
COLUMNS = ("event", "worker_id", "order_id", "employer_id", "days", "reason")
# What each event needs, and what it means.
NEEDED = {
    "drop_out": ("worker_id",),
    "no_show": ("worker_id", "order_id"),
    "cancel": ("order_id",),
    "late": ("order_id", "days"),
    "debar": ("employer_id",),
    "hold": ("worker_id", "order_id"),
    "exclude": ("worker_id", "order_id"),
}


@dataclass(frozen=True)
class Events:
    """Events by column: ``kind``, rows of workers, orders and employers (-1: none), days, and reasons as text."""

    kind: npt.NDArray[np.object_]
    worker: Longs
    order: Longs
    employer: Longs
    days: Longs
    reason: tuple[str, ...]
    sha256: str = ""

    def of(self, kind: str) -> Longs:
        """The numbers of the events of a kind."""
        return np.flatnonzero(self.kind == kind)

    @property
    def barred(self) -> Longs:
        """The numbers of the events that rule out a pair."""
        return np.concatenate([self.of("no_show"), self.of("exclude")])


def read_events(programme: Programme, path: Path) -> Events:
    """Read events.csv, or a workbook with such a sheet.

    Columns: event, worker_id, order_id, employer_id, days, reason; those that no event needs may be missing.
    Raises `CallError` where there is no file and `InputError` with every fault of it.
    """
    if not path.is_file():
        raise CallError(
            message("There are no events {path}.", path=path), message("Name a CSV file with a column event.")
        )
    faults: list[Fault] = []
    raw = read_table_file(path, "events", faults.append)
    if raw is None or "event" not in raw.columns:
        faults.append(
            Fault(path.name, 1, "event", "", message("is a missing column"), message("a column event"), "column")
        )
        raise InputError(faults)
    for name in sorted(set(raw.columns) - set(COLUMNS)):
        faults.append(
            Fault(
                path.name,
                1,
                name,
                "",
                message("is no column of events"),
                message("one of {names}", names=tuple(COLUMNS)),
                "column",
            )
        )
    events = _typed(programme, raw, faults.append)
    if faults:
        raise InputError(faults)
    return replace(events, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def _typed(programme: Programme, raw: RawTable, report: Callable[[Fault], None]) -> Events:
    empty = [""] * raw.size
    texts = {n: [t or "" for t in raw.columns[n].to_pylist()] if n in raw.columns else empty for n in COLUMNS}

    def refuse(row: int, column: str, problem: str, expected: str) -> None:
        report(Fault(raw.file, raw.row(row), column, texts[column][row], problem, expected, "value"))

    for row, kind in enumerate(texts["event"]):
        if kind not in NEEDED:
            refuse(row, "event", message("is no event"), message("one of {names}", names=tuple(NEEDED)))
            continue
        for column in NEEDED[kind]:
            if not texts[column][row]:
                refuse(row, column, message("is empty"), message("what {kind} needs", kind=kind))
    rows = {}
    for column, table in (("worker_id", "workers"), ("order_id", "orders"), ("employer_id", "employers")):
        known = {str(name): number for number, name in enumerate(programme[table].id_text(column))}
        rows[column] = np.array([known.get(text, -1) for text in texts[column]], np.int64)
        for number in np.flatnonzero((rows[column] < 0) & np.array([bool(text) for text in texts[column]], bool)):
            refuse(
                int(number), column, message("is not in {table}", table=table), message("an id of {table}", table=table)
            )
    days = np.zeros(raw.size, np.int64)
    for row, text in enumerate(texts["days"]):
        if text and not text.removeprefix("-").isdigit():
            refuse(row, "days", message("is not a number of days"), message("whole days, as 14"))
        else:
            days[row] = int(text or 0)
    return Events(
        np.array(texts["event"], object),
        rows["worker_id"],
        rows["order_id"],
        rows["employer_id"],
        days,
        tuple(texts["reason"]),
    )


def after_events(programme: Programme, events: Events) -> Programme:
    """The programme as the events leave it; who drops out leaves his or her travel group, and what was promised on a
    cancelled order or to who dropped out is void.
    """
    tables = dict(programme.tables)
    tables["workers"] = _without_drop_outs(tables["workers"], events.worker[events.of("drop_out")])
    tables["orders"] = _late(tables["orders"], events)
    tables["employers"] = _debarred(programme, events)
    barred = events.barred
    tables["commitments"] = _with_pairs(tables["commitments"], events, events.of("hold"))
    tables["exclusions"] = _with_pairs(tables["exclusions"], events, barred)
    gone = np.zeros(programme.orders.size, bool)
    gone[events.order[events.of("cancel")]] = True
    tables = without_orders(tables, gone)
    tables["commitments"] = _without_void(tables, programme, events, barred)
    return replace(programme, tables=tables)


def _without_drop_outs(workers: Table, gone: Longs) -> Table:
    columns = dict(workers.columns)
    start = np.asarray(columns["available_from"]).copy()
    start[gone] = OPEN_END
    groups = workers.labels("travel_group_id")
    codes = groups.codes.copy()
    codes[gone] = -1
    return replace(workers, columns=columns | {"available_from": start, "travel_group_id": Labels(codes, groups.names)})


def _late(orders: Table, events: Events) -> Table:
    late = events.of("late")
    columns = dict(orders.columns)
    for name in ("start_date", "end_date"):
        moved = np.asarray(columns[name]).copy()
        np.add.at(moved, events.order[late], events.days[late].astype(moved.dtype))
        columns[name] = moved
    return replace(orders, columns=columns)


def _debarred(programme: Programme, events: Events) -> Table:
    employers, barred = programme["employers"], events.employer[events.of("debar")]
    begin = employers.values("debarred_from").copy()
    end = employers.values("debarred_until").copy()
    begin[barred], end[barred] = day_number(programme.settings.as_of), NO_DATE
    return replace(employers, columns={**employers.columns, "debarred_from": begin, "debarred_until": end})


def _with_pairs(table: Table, events: Events, wanted: Longs) -> Table:
    """The table with a row for each event's pair that it doesn't have."""
    size = int(max(events.order.max(initial=0), np.asarray(table.columns["order_id"]).max(initial=0))) + 1
    known = table.values("worker_id").astype(np.int64) * size + table.values("order_id")
    keys, first = np.unique(events.worker[wanted] * size + events.order[wanted], return_index=True)
    fresh = wanted[first[~np.isin(keys, known)]]
    columns: dict[str, Any] = dict(table.columns)
    for name, values in (("worker_id", events.worker), ("order_id", events.order)):
        columns[name] = np.append(table.values(name), values[fresh]).astype(np.int32)
    if "agreed_on" in columns:
        columns["agreed_on"] = np.append(table.values("agreed_on"), np.full(len(fresh), NO_DATE)).astype(np.int32)
    if "reason" in columns:
        reasons = table.ids("reason").to_pylist() + [events.reason[i] for i in fresh]
        columns["reason"] = pa.array(reasons, pa.string())
    return Table(table.name, table.size + len(fresh), columns)


def _without_void(tables: dict[str, Table], programme: Programme, events: Events, barred: Longs) -> Table:
    """The commitments less those to drop-outs, on orders of debarred employers, and on excluded pairs."""
    table, size = tables["commitments"], programme.orders.size
    worker, order = table.values("worker_id").astype(np.int64), table.values("order_id").astype(np.int64)
    void = np.isin(worker, events.worker[events.of("drop_out")])
    void |= np.isin(programme.orders.values("employer_id")[order], events.employer[events.of("debar")])
    void |= np.isin(worker * size + order, events.worker[barred] * size + events.order[barred])
    return taken_rows(table, np.flatnonzero(~void))
