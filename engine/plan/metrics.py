"""What a plan amounts to: fill by corridor, sector and month, net income, and the most that it could gain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import PlacementTable
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fill:
    """One line of a table of fill: placements against the places asked (0 where none can be said) and paid weeks."""

    name: str
    placements: int
    places: int
    weeks: float


def fill_by_corridor(placements: PlacementTable) -> list[Fill]:
    """Placements and weeks from each origin to each destination; places belong to destinations, so none are said."""
    origin, destination = placements.text("workers", "origin_country"), placements.text("orders", "destination_country")
    return _grouped(placements, origin + " → " + destination, None)


def fill_by_destination(placements: PlacementTable) -> list[Fill]:
    """Placements against places in each destination."""
    orders = placements.programme.orders.labels("destination_country").text()
    return _grouped(placements, orders[placements.order], orders)


def fill_by_sector(placements: PlacementTable) -> list[Fill]:
    """Placements against places in each sector."""
    orders = placements.programme.orders.labels("sector").text()
    return _grouped(placements, orders[placements.order], orders)


def fill_by_month(placements: PlacementTable) -> list[Fill]:
    """Placements against places by month of the start."""
    days = placements.programme.orders.values("start_date").astype(np.int64).astype("datetime64[D]")
    orders = np.datetime_as_string(days, unit="M").astype(object)
    return _grouped(placements, orders[placements.order], orders)


def _grouped(
    placements: PlacementTable, key: npt.NDArray[np.object_], by_order: npt.NDArray[np.object_] | None
) -> list[Fill]:
    headcount = placements.programme.orders.values("headcount")
    every = key if by_order is None else by_order
    names = np.unique(np.concatenate([key, every]).astype(str))
    position = np.searchsorted(names, key.astype(str))
    placed = np.bincount(position, minlength=len(names))
    weeks = np.bincount(position, placements.days / 7, len(names))
    places = np.zeros(len(names))
    if by_order is not None:
        order_position = np.searchsorted(names, by_order.astype(str))
        places = np.bincount(order_position, headcount, len(names))  # type: ignore[assignment]  # the stubs forget that weights make it float
    return [
        Fill(str(name), int(p), int(n), float(w)) for name, p, n, w in zip(names, placed, places, weeks, strict=True)
    ]


def most_gain(certificate: Mapping[str, Any], price: float = 0.0, units: float = 1.0) -> float:
    """The most that any plan could be worth more than this one, with ``units`` more of a limit at its ``price``.

    ``price_bound - objective + units * price``, by weak duality. The price alone is no such ceiling: where branching
    proved more than prices do, or the plan isn't the best, the first unit may close that distance as well.
    """
    return max(0.0, float(certificate["price_bound"]) - float(certificate["objective"]) + units * price)


def net_income(programme: Programme, worker: Longs, order: Longs) -> float:
    """What all placements together pay the workers, after deductions, travel and costs, over their whole length."""
    placements = PlacementTable(programme, worker, order)
    return float((placements.net_weekly_income() * placements.days / 7).sum())
