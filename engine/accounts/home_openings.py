"""Home openings: the orders in the countries of origin, how far they are filled, and who of the returnees has one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.audit.placement_table import PlacementTable


def home_openings(placements: PlacementTable) -> pd.DataFrame:
    """Each order in a country of which workers are registered: work, training or support at home.

    Columns: order_id, destination_country, destination_region, sector, isco08, start_date, end_date, headcount, filled
    (by people of that country), returnees (of them, whom the same plan has abroad too: it is their off-season).
    """
    orders = placements.programme.orders
    origins = np.unique(placements.programme.workers.labels("origin_country").text())
    row = np.flatnonzero(np.isin(orders.labels("destination_country").text(), origins))
    home = placements.at_home()
    told = {key: orders.labels(key).text()[row] for key in ("destination_country", "destination_region")}
    told |= {key: orders.labels(key).text()[row] for key in ("sector", "isco08")}
    dates = {
        key: orders.values(key)[row].astype(np.int64).astype("datetime64[D]") for key in ("start_date", "end_date")
    }
    filled = np.bincount(placements.order[home], minlength=orders.size)[row]
    returning = np.bincount(placements.order[in_the_off_season(placements)], minlength=orders.size)[row]
    return pd.DataFrame(
        {"order_id": orders.id_text("order_id")[row], **told}
        | {key: day.astype(str) for key, day in dates.items()}
        | {"headcount": orders.values("headcount")[row].astype(np.int64), "filled": filled, "returnees": returning}
    )


def in_the_off_season(placements: PlacementTable) -> npt.NDArray[np.bool_]:
    """Which placements are at home, of somebody whom the same plan has abroad too, before or after."""
    home = placements.at_home()
    return home & np.isin(placements.worker, placements.worker[~home])
