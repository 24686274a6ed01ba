"""A programme as events leave it: who dropped out, what was cancelled, late, held or ruled out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.days import NO_DATE, day_number
from engine.programme.events import Events
from engine.programme.programme import Programme
from engine.programme.reorder import taken_rows
from engine.programme.row_edits.removal import without_orders
from engine.programme.table import Labels, Table

Longs = npt.NDArray[np.int64]
# From when who dropped out is available: a day that is written as any other, so that every reader sees it.
_NEVER = day_number(date(2199, 12, 31))


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
    start[gone] = _NEVER
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
