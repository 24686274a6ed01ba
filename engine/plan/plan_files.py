"""A plan as a folder: placements, reasons, prices and the certificate, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from engine.atomic import written_aside
from engine.audit.placement_table import HOME, PlacementTable
from engine.audit.valuation import placement_values
from engine.days import day_text
from engine.errors import CallError, Fault, InputError
from engine.plan.limit_use import negotiable_first
from engine.plan.plan_workbook import PLAN_WORKBOOK, write_plan_workbook
from engine.plan.reasons import Reasons
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.programme.csv_table import as_joined
from engine.programme.events import Events, events_csv, events_sha256
from engine.programme.programme import Programme
from engine.programme.table_file import read_table_file
from engine.solve.dual.bound import CrewPrices
from engine.words import message, msgid

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
CERTIFICATE, EVENTS = "certificate.json", "events.csv"
_TEXT = pa.string()
# The types of the columns of a plan's tables.
SCHEMAS: Mapping[str, pa.Schema] = {
    "placements": pa.schema(
        [
            *((name, _TEXT) for name in ("worker_id", "order_id", "employer_id", "agreement_id")),
            *((name, _TEXT) for name in ("start_date", "end_date")),
            ("value", pa.float64()),
        ]
    ),
    "unplaced": pa.schema([("worker_id", _TEXT), ("reason", _TEXT)]),
    "unfilled": pa.schema([("order_id", _TEXT), ("open_places", pa.int64()), ("reason", _TEXT)]),
    "prices": pa.schema(
        [
            *((name, _TEXT) for name in ("limit", "clause_id", "scope")),
            ("used", pa.float64()),
            ("count", pa.int64()),
            *((name, pa.float64()) for name in ("price", "price_in_weeks", "price_in_people", "gain_at_most")),
        ]
    ),
}


@dataclass(frozen=True)
class PlanFiles:
    """The content of a plan folder; ``events`` are the bytes of events.csv, of a plan that was repaired."""

    placements: pa.Table
    unplaced: pa.Table
    unfilled: pa.Table
    prices: pa.Table
    certificate: Mapping[str, Any]
    events: bytes | None = None

    @property
    def tables(self) -> dict[str, pa.Table]:
        """The tables by the names of their files."""
        return {name: getattr(self, name) for name in ("placements", "unplaced", "unfilled", "prices")}

    def write(self, folder: Path, programme: Programme | None = None) -> None:
        """Write the folder, with the workbook where the programme is there; it appears whole or not at all."""
        with written_aside(folder) as target:
            self.write_into(target, programme)

    def write_into(self, folder: Path, programme: Programme | None = None) -> None:
        """Write the files into a folder that is there."""
        for name, table in self.tables.items():
            (folder / f"{name}.csv").write_bytes(csv_bytes(table))
        if programme is not None:
            write_plan_workbook(folder / PLAN_WORKBOOK, programme, self.tables)
        (folder / CERTIFICATE).write_text(json.dumps(self.certificate, indent=1) + "\n", "utf-8")
        if self.events is not None:
            (folder / EVENTS).write_bytes(self.events)

    def after(self, programme: Programme, events: Events) -> PlanFiles:
        """The files of a plan of ``programme`` (as its files say) as ``events`` left it: these travel with the plan.

        The certificate says so; who dropped out and what was cancelled has that for a reason.
        """
        if not events.size:
            return self
        told = {"events": events.size, "events_sha256": events_sha256(programme, events)}
        return replace(
            self,
            unplaced=_with_drop_outs(self.unplaced, programme, events),
            unfilled=_with_cancelled(self.unfilled, programme, events),
            certificate={**self.certificate, **told},
            events=events_csv(programme, events),
        )


def _with_drop_outs(unplaced: pa.Table, programme: Programme, events: Events) -> pa.Table:
    """unplaced.csv in which who dropped out has that for a reason."""
    ids, gone = programme.workers.id_text("worker_id"), events.last_of("drop_out", "worker")
    names = pa.array([str(ids[row]) for row in gone], pa.string())
    reasons = pa.array([_because("dropped_out", why) for why in gone.values()], pa.string())
    position = pc.index_in(unplaced["worker_id"], value_set=names)
    reason = pc.coalesce(pc.take(reasons, position), unplaced["reason"])
    return unplaced.set_column(unplaced.schema.get_field_index("reason"), "reason", reason)


def _with_cancelled(unfilled: pa.Table, programme: Programme, events: Events) -> pa.Table:
    """unfilled.csv with the orders that were cancelled and all places that they asked for."""
    ids, headcount = programme.orders.id_text("order_id"), programme.orders.values("headcount")
    gone = events.last_of("cancel", "order")
    names = pa.array([str(ids[row]) for row in gone], pa.string())
    others = unfilled.filter(pc.invert(pc.is_in(unfilled["order_id"], value_set=names)))
    places = pa.array([int(headcount[row]) for row in gone], pa.int64())
    reasons = pa.array([_because("cancelled", why) for why in gone.values()], pa.string())
    rows = pa.table([names, places, reasons], names=unfilled.column_names)
    return pa.concat_tables([others, rows]).sort_by("order_id")


# Files say it in English, whatever is spoken: the same run gives the same bytes.
NO_REASON = msgid("no reason was given")


def _because(reason: str, why: str) -> str:
    return f"{reason}: {why}" if why else f"{reason}: {NO_REASON}"


def csv_bytes(table: pa.Table) -> bytes:
    """A table as the bytes of a CSV file."""
    sink = pa.BufferOutputStream()
    pa_csv.write_csv(table, sink, pa_csv.WriteOptions(quoting_style="needed"))
    return bytes(sink.getvalue())


def placements_table(programme: Programme, worker: Longs, order: Longs) -> pa.Table:
    """placements.csv, sorted by worker id and start."""
    orders = programme.orders
    by_name = np.lexsort(
        (orders.values("start_date")[order], programme.workers.id_text("worker_id")[worker].astype(str))
    )
    placements = PlacementTable(programme, worker[by_name], order[by_name])
    agreement = placements.agreement()
    names = np.array([*(a.id for a in programme.agreements), ""], dtype=object)
    return pa.table(
        {
            "worker_id": pa.array(placements.text("workers", "worker_id"), pa.string()),
            "order_id": pa.array(placements.text("orders", "order_id"), pa.string()),
            "employer_id": pa.array(placements.text("orders", "employer_id"), pa.string()),
            "agreement_id": pa.array(names[np.where(agreement == HOME, -1, agreement)], pa.string()),
            "start_date": _dates(orders.values("start_date")[placements.order]),
            "end_date": _dates(orders.values("end_date")[placements.order]),
            "value": pa.array(np.round(placement_values(placements), 6)),
        }
    )


def _dates(days: npt.NDArray[Any]) -> pa.Array:
    texts, position = np.unique(days, return_inverse=True)
    return pa.array(np.array([day_text(int(d)) for d in texts], dtype=object)[position], pa.string())


def reason_tables(programme: Programme, reasons: Reasons) -> tuple[pa.Table, pa.Table]:
    """unplaced.csv and unfilled.csv, sorted by id."""
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    unplaced = sorted((workers[row], str(found)) for row, found in reasons.unplaced.items())
    unfilled = sorted((orders[row], places, str(found)) for row, (places, found) in reasons.unfilled.items())
    return (
        pa.table(
            {
                "worker_id": pa.array([name for name, _ in unplaced], pa.string()),
                "reason": pa.array([text for _, text in unplaced], pa.string()),
            }
        ),
        pa.table(
            {
                "order_id": pa.array([name for name, _, _ in unfilled], pa.string()),
                "open_places": pa.array([places for _, places, _ in unfilled], pa.int64()),
                "reason": pa.array([text for _, _, text in unfilled], pa.string()),
            }
        ),
    )


def prices_table(problem: MatchingProblem, use: Floats, prices: Longs, crew: CrewPrices) -> pa.Table:
    """prices.csv: a row a limit; ``count`` is empty for a share and for a link.

    ``min_crew|o`` prices that order o takes at least ``count`` people or nobody, ``link|w|o`` that worker w (or his or
    her travel group) takes it only where it opens.
    """
    limits, names = problem.limits, problem.limits.names
    rows = list(zip(*names, strict=True)) or [(), (), ()]
    used, price = np.round(use, 9).tolist(), (prices / SCALE).tolist()
    count: list[int | None] = limits.capacity.astype(np.int64).tolist()
    for row in np.flatnonzero(limits.ratio_rows):
        count[row] = None
    extra = _crew_rows(problem, use, crew)
    columns = [list(column) + [row[i] for row in extra] for i, column in enumerate([*rows, used, count, price])]
    kinds = (pa.string(), pa.string(), pa.string(), pa.float64(), pa.int64(), pa.float64())
    headings = ("limit", "clause_id", "scope", "used", "count", "price")
    table = pa.table({h: pa.array(c, k) for h, c, k in zip(headings, columns, kinds, strict=True)})
    return negotiable_first(table)


def _crew_rows(problem: MatchingProblem, use: Floats, crew: CrewPrices) -> list[tuple[Any, ...]]:
    """The priced rules of crews, as rows of prices.csv."""
    orders = problem.programme.orders.id_text("order_id")
    workers = problem.programme.workers.id_text("worker_id")
    rows: list[tuple[Any, ...]] = []
    for order, price in zip(problem.crew_orders.tolist(), crew.least.tolist(), strict=True):
        if price:
            least = int(problem.register.min_crew[order])
            rows.append(
                (f"min_crew|{orders[order]}", "min_crew", orders[order], float(use[order]), least, price / SCALE)
            )
    for party, order, price in zip(crew.party.tolist(), crew.order.tolist(), crew.link.tolist(), strict=True):
        name = f"{workers[problem.lead[party]]}|{orders[order]}"
        rows.append((f"link|{name}", "min_crew", name.replace("|", " "), 0.0, None, price / SCALE))
    return rows


def read_placements(programme: Programme, folder: Path) -> tuple[Longs, Longs]:
    """(worker, order) row numbers of a plan; only worker_id and order_id are needed.

    Raises `CallError` where there is no placements.csv and `InputError` for unknown ids and missing columns.
    """
    path = folder / "placements.csv" if folder.is_dir() else folder
    if not path.is_file():
        raise CallError(
            message("There is no plan {folder}.", folder=folder), message("A plan is a folder with placements.csv.")
        )
    faults: list[Fault] = []
    table = read_table_file(path, "placements", faults.append)
    rows = []
    for column, owner in (("worker_id", "workers"), ("order_id", "orders")):
        if table is None or column not in table.columns:
            faults.append(
                Fault(
                    path.name, 1, column, "", message("is a missing column"), message("a column of this name"), "column"
                )
            )
            continue
        found = pc.fill_null(pc.index_in(table.columns[column], value_set=programme[owner].ids(column)), -1)
        rows.append(np.asarray(found).astype(np.int64))
        for row in np.flatnonzero(rows[-1] < 0)[:1000]:
            text = table.columns[column][row].as_py()
            faults.append(
                Fault(
                    path.name,
                    table.row(row),
                    column,
                    text,
                    message("is not in {owner}", owner=owner),
                    message("an id of {owner}", owner=owner),
                )
            )
    if faults:
        raise InputError(faults)
    return rows[0], rows[1]


def read_certificate(folder: Path) -> dict[str, Any]:
    """The certificate of a plan. Raises `CallError` where it is missing or unreadable."""
    path = folder / CERTIFICATE
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CallError(
            message("{path} can't be read ({error}).", path=path, error=str(error)),
            message("Name a plan that vaiven match wrote."),
        ) from error
    return content


def read_plan_files(folder: Path) -> PlanFiles:
    """A plan's folder as it was written. Raises `CallError` for a file that is missing or unreadable."""
    tables = {}
    for name, schema in SCHEMAS.items():
        path = folder / f"{name}.csv"
        options = pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=False)
        try:
            tables[name] = pa_csv.read_csv(path, parse_options=as_joined(path), convert_options=options)
        except (OSError, pa.ArrowInvalid) as error:
            raise CallError(
                message("{path} can't be read ({error}).", path=path, error=str(error)),
                message("Name a plan that vaiven match wrote."),
            ) from error
    happened = (folder / EVENTS).read_bytes() if (folder / EVENTS).is_file() else None
    return PlanFiles(certificate=read_certificate(folder), events=happened, **tables)
