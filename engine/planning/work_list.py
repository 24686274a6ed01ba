"""The week's work list: what a plan asks to be done in a week, step by step, with who is in reserve.

Offers are answered, and papers applied for, while the corridor's lead time to the start still lasts:
``until = start_date - lead_time_days``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.audit.placement_table import PlacementTable
from engine.days import day_text
from engine.words import Message, msgid

WEEK = 7
TITLES = {
    "accepted": msgid("Offer answered"),
    "papers": msgid("Papers applied for"),
    "arrived": msgid("Arrival"),
    "home": msgid("Return"),
    "reserve": msgid("First in reserve"),
}


def step_in_words(step: str) -> Message:
    """What people call a step."""
    return Message(TITLES[step], {})


def work_list(placements: PlacementTable, day: int, reserves: pd.DataFrame | None = None) -> pd.DataFrame:
    """What is to be done from ``day`` (a day number) on within a week, the earliest first.

    Columns: until, step (a name of `TITLES`), worker_id, order_id, employer_id, destination_country. ``reserves``
    (order_id, rank, worker_id) adds who is asked first for each order whose offers are answered or whose people arrive
    in that week.
    """
    starts, ends = (placements.date("orders", name).astype(np.int64) for name in ("start_date", "end_date"))
    answered = starts - np.nan_to_num(placements.corridor("lead_time_days")).astype(np.int64)
    days = {"accepted": answered, "papers": answered, "arrived": starts, "home": ends}
    named = _named(placements)
    parts = [named.assign(step=step, until=until)[_within(until, day)] for step, until in days.items()]
    found = pd.concat(parts, ignore_index=True)
    if reserves is not None:
        found = pd.concat([found, _first_in_reserve(found, reserves)], ignore_index=True)
    rank = found["step"].map({step: number for number, step in enumerate(TITLES)})
    found = found.assign(rank=rank).sort_values(["until", "rank", "order_id", "worker_id"], ignore_index=True)
    found["until"] = [day_text(int(one)) for one in found["until"]]
    return found[["until", "step", "worker_id", "order_id", "employer_id", "destination_country"]]


def _within(until: npt.NDArray[np.int64], day: int) -> npt.NDArray[np.bool_]:
    return (until >= day) & (until < day + WEEK)


def _named(placements: PlacementTable) -> pd.DataFrame:
    programme = placements.programme
    return pd.DataFrame(
        {
            "worker_id": programme.workers.id_text("worker_id")[placements.worker],
            "order_id": programme.orders.id_text("order_id")[placements.order],
            "employer_id": programme["employers"].id_text("employer_id")[placements.rows("employers")],
            "destination_country": placements.text("orders", "destination_country"),
        }
    )


def _first_in_reserve(found: pd.DataFrame, reserves: pd.DataFrame) -> pd.DataFrame:
    """A row for the first in reserve of each order that something is to be done for before people are there."""
    before = found[found["step"].isin(["accepted", "arrived"])]
    orders = before.groupby("order_id").agg({"until": "min", "employer_id": "first", "destination_country": "first"})
    first = reserves[reserves["rank"] == 1][["order_id", "worker_id"]]
    return orders.reset_index().merge(first, on="order_id").assign(step="reserve")
