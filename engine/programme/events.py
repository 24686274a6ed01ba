"""What has happened since a plan was made: drop-outs, no-shows, cancelled and late orders, holds and exclusions.

Events are read in their order, and a repaired plan carries all of them since the first plan. Days late add up. What
ends something (who drops out, a cancelled order, a debarred employer, a pair ruled out) voids what was promised before
it and can't be promised after it: a hold on it, and a delay of a cancelled order, is a fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.errors import CallError, Fault, InputError
from engine.programme.programme import Programme
from engine.programme.raw_table import RawTable
from engine.programme.table_file import read_table_file
from engine.spreadsheet_text import neutral
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
MOST_DAYS = 3_660
# What each event ends, and how a later event on it is refused.
_ENDS = {
    "drop_out": (("worker",), message("names a worker who dropped out before")),
    "cancel": (("order",), message("names an order that was cancelled before")),
    "debar": (("employer",), message("names an order of an employer who was debarred before")),
    "no_show": (("worker", "order"), message("names a worker who was a no-show on this order before")),
    "exclude": (("worker", "order"), message("names a pair that was ruled out before")),
}
_CONTRADICTED = {"hold": tuple(_ENDS), "late": ("cancel",)}


@dataclass(frozen=True)
class Events:
    """Events by column: ``kind``, rows of workers, orders and employers (-1: none), days, and reasons as text."""

    kind: npt.NDArray[np.object_]
    worker: Longs
    order: Longs
    employer: Longs
    days: Longs
    reason: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many events there are."""
        return len(self.kind)

    def of(self, kind: str) -> Longs:
        """The numbers of the events of a kind."""
        return np.flatnonzero(self.kind == kind)

    @property
    def barred(self) -> Longs:
        """The numbers of the events that rule out a pair."""
        return np.concatenate([self.of("no_show"), self.of("exclude")])

    def then(self, later: Events) -> Events:
        """These events and the ``later`` ones after them."""
        return Events(
            np.concatenate([self.kind, later.kind]),
            np.concatenate([self.worker, later.worker]),
            np.concatenate([self.order, later.order]),
            np.concatenate([self.employer, later.employer]),
            np.concatenate([self.days, later.days]),
            (*self.reason, *later.reason),
        )

    def since(self, number: int) -> Events:
        """The events from a number on."""
        return Events(
            self.kind[number:],
            self.worker[number:],
            self.order[number:],
            self.employer[number:],
            self.days[number:],
            self.reason[number:],
        )

    def last_of(self, kind: str, column: str) -> dict[int, str]:
        """The reason last given for each row of ``column`` (worker, order or employer) that a kind of event names."""
        rows = getattr(self, column)
        return {int(rows[number]): self.reason[number] for number in self.of(kind)}


_NO_ROWS = np.empty(0, np.int64)
NO_EVENTS = Events(np.empty(0, object), _NO_ROWS, _NO_ROWS, _NO_ROWS, _NO_ROWS, ())


def read_events(programme: Programme, path: Path, earlier: Events = NO_EVENTS) -> Events:
    """Read events.csv, or a workbook with such a sheet, whose events come after the ``earlier`` ones.

    Columns: event, worker_id, order_id, employer_id, days, reason; those that no event needs may be missing.
    Raises `CallError` where there is no file and `InputError` with every fault of it, contradictions included.
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
    if not faults:
        _refuse_contradictions(programme, earlier, events, raw, faults.append)
    if faults:
        raise InputError(faults)
    return events


def events_csv(programme: Programme, events: Events) -> bytes:
    """Events as the bytes of events.csv: always the same for the same events."""
    names = [
        np.append(programme[table].id_text(column), "")[rows]
        for table, column, rows in (
            ("workers", "worker_id", events.worker),
            ("orders", "order_id", events.order),
            ("employers", "employer_id", events.employer),
        )
    ]
    days = [str(number) if kind == "late" else "" for kind, number in zip(events.kind, events.days, strict=True)]
    columns = [pa.array(list(events.kind), pa.string()), *(pa.array(list(one), pa.string()) for one in names)]
    columns += [pa.array(days, pa.string()), pa.array([neutral(reason) for reason in events.reason], pa.string())]
    sink = pa.BufferOutputStream()
    pa_csv.write_csv(pa.table(columns, names=list(COLUMNS)), sink, pa_csv.WriteOptions(quoting_style="needed"))
    return bytes(sink.getvalue())


def events_sha256(programme: Programme, events: Events) -> str:
    """The fingerprint of events, whatever program wrote their file."""
    return hashlib.sha256(events_csv(programme, events)).hexdigest()


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
    return Events(
        np.array(texts["event"], object),
        rows["worker_id"],
        rows["order_id"],
        rows["employer_id"],
        _days(texts, refuse),
        tuple(texts["reason"]),
    )


def _days(texts: dict[str, list[str]], refuse: Callable[[int, str, str, str], None]) -> Longs:
    """The days of each event; 0 where none are said."""
    days = np.zeros(len(texts["days"]), np.int64)
    for row, (kind, text) in enumerate(zip(texts["event"], texts["days"], strict=True)):
        digits = text.removeprefix("-")
        if text and not (digits.isascii() and digits.isdigit()):
            refuse(row, "days", message("is not a number of days"), message("whole days, as 14"))
        elif text and abs(int(text)) > MOST_DAYS:
            refuse(row, "days", message("is too many days"), message("{most:,} at most", most=MOST_DAYS))
        elif kind == "late" and text and not int(text):
            refuse(row, "days", message("is no delay"), message("whole days, as 14"))
        else:
            days[row] = int(text or 0)
    return days


def _refuse_contradictions(
    programme: Programme, earlier: Events, events: Events, raw: RawTable, report: Callable[[Fault], None]
) -> None:
    """Report each of the ``events`` that can't be after what came before it."""
    every = earlier.then(events)
    employer = programme.orders.values("employer_id")[every.order] if programme.orders.size else every.employer
    rows = {"worker": every.worker, "order": every.order, "employer": np.where(every.order < 0, -1, employer)}
    ended: set[tuple[str, tuple[int, ...]]] = set()
    for number, kind in enumerate(every.kind):
        for end in _CONTRADICTED.get(kind, ()):
            columns, why = _ENDS[end]
            key = end, tuple(int(rows[column][number]) for column in columns)
            if key in ended and number >= earlier.size:
                row = raw.row(number - earlier.size)
                expected = message("no {kind} after that; rows stand in the order in which things happened", kind=kind)
                report(Fault(raw.file, row, "event", kind, why, expected, "value"))
        if kind == "debar":
            ended.add((kind, (int(every.employer[number]),)))
        elif kind in _ENDS:
            ended.add((kind, tuple(int(rows[column][number]) for column in _ENDS[kind][0])))
