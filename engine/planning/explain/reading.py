"""A plan read back beside its programme: what an explanation may look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from engine.audit.calendars import calendar_breaches
from engine.audit.limit_prices import SCALE, LimitPrices, link_costs, pair_costs
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.clauses.base import Clause
from engine.errors import CallError
from engine.plan.read_plan import read_plan
from engine.programme.csv_table import as_joined
from engine.programme.events import NO_EVENTS, Events
from engine.programme.programme import Programme
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """A programme, as its ``events`` left it, with the plan in ``folder``: placement i puts worker row ``worker[i]`` on
    order row ``order[i]``.
    """

    programme: Programme
    folder: Path
    worker: Longs
    order: Longs
    events: Events = NO_EVENTS

    @cached_property
    def prices(self) -> pa.Table:
        """prices.csv."""
        return pa_csv.read_csv(self.folder / "prices.csv", parse_options=as_joined(self.folder / "prices.csv"))

    @cached_property
    def limit_prices(self) -> LimitPrices:
        """The prices of all limits."""
        return LimitPrices(self.folder)

    def reason(self, table: str, row_id: str) -> str | None:
        """The reason that the plan's ``unplaced`` or ``unfilled`` gives for an id; None where it gives none."""
        path = self.folder / f"{table}.csv"
        if not path.is_file():
            return None
        rows = pa_csv.read_csv(path, parse_options=as_joined(path))
        found = rows.filter(pc.equal(rows[0].cast(pa.string()), row_id))
        return str(found["reason"][0].as_py()) if found.num_rows else None

    def worker_row(self, worker_id: str) -> int:
        """The row of a worker. Raises `CallError` for an unknown id."""
        return row_of(self.programme.workers.id_text("worker_id"), worker_id, "worker")

    def order_row(self, order_id: str) -> int:
        """The row of an order. Raises `CallError` for an unknown id."""
        return row_of(self.programme.orders.id_text("order_id"), order_id, "order")

    def pairs(self, worker: Longs, order: Longs) -> PlacementTable:
        """Pairs as placements."""
        return PlacementTable(self.programme, worker, order)

    def value_and_price(self, pairs: PlacementTable) -> tuple[Floats, Floats]:
        """What pairs are worth, and what their places cost at the plan's prices."""
        return placement_values(pairs), placement_prices(pairs, self.limit_prices)


def read_reading(programme: Programme, folder: Path) -> Reading:
    """Read a plan for explaining.

    Raises `CallError` where it has no prices or is the plan of another programme.
    """
    if not (folder / "prices.csv").is_file():
        raise CallError(
            message("There is no prices.csv in {folder}.", folder=folder),
            message("Name the folder of a plan that vaiven match wrote."),
        )
    plan = read_plan(programme, folder)
    return Reading(plan.programme, folder, plan.worker, plan.order, plan.events)


def placement_prices(pairs: PlacementTable, prices: LimitPrices) -> Floats:
    """What each of some placements costs, in value terms; links to crews included."""
    return (pair_costs(pairs, prices) + link_costs(pairs, prices)) / SCALE


def refusals(pairs: PlacementTable) -> list[tuple[str | Clause, Bools]]:
    """Every rule that refuses any of the pairs, each pair looked at by itself, with the pairs that it refuses."""
    found = [(rule, broken) for rule, _, broken in pair_breaches(pairs)]
    alone = PlacementTable(pairs.programme, pairs.worker, pairs.order, np.arange(pairs.size))
    found += [(rule, broken) for rule, _, broken in calendar_breaches(alone, alone.agreement())]
    return [(rule, broken) for rule, broken in found if broken.any()]


def row_of(ids: npt.NDArray[np.object_], wanted: str, what: str) -> int:
    """The row of an id. Raises `CallError` where there is none."""
    found = np.flatnonzero(ids == wanted)
    if not len(found):
        raise unknown_id(what, wanted)
    return int(found[0])


def unknown_id(what: str, wanted: str) -> CallError:
    """The error that a programme has no such ``worker``, ``order`` or ``clause``."""
    text, hint = {
        "worker": (
            message("There is no worker {id} in the programme.", id=repr(wanted)),
            message("Name a worker's id."),
        ),
        "order": (message("There is no order {id} in the programme.", id=repr(wanted)), message("Name an order's id.")),
        "clause": (
            message("There is no clause {id} in the programme.", id=repr(wanted)),
            message("Name a clause's id."),
        ),
    }[what]
    return CallError(text, hint)
