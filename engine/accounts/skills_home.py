"""What comes home: the work and skills of a stay, as they are written to a worker's record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.audit.placement_table import PlacementTable

DAYS_OF_MONTH = 365 / 12
SKILLS = ("required_skills", "desired_skills")


def records(placements: PlacementTable) -> pd.DataFrame:
    """A row for the occupation of each placement abroad, and one for each skill that its order names.

    Columns: worker_id, origin_country, origin_region, kind (occupation, or skill: an ESCO label or URI as the order has
    it), code, isco08, months, start_date, end_date, destination_country, employer_id, order_id, source (the agreement).
    Months are those of the placement; a skill that the worker hadn't is one that the order asked for all the same.
    """
    abroad = placements.subset(~placements.at_home())
    stays = _stays(abroad)
    coded = [pd.DataFrame({"row": np.arange(abroad.size), "kind": "occupation", "code": stays["isco08"]})]
    for column in SKILLS:
        named = abroad.programme.orders.lists(column).take(abroad.order)
        names = np.array([*named.names, ""], dtype=object)
        coded.append(pd.DataFrame({"row": named.rows().astype(np.int64), "kind": "skill", "code": names[named.codes]}))
    told = pd.concat(coded).drop_duplicates(["row", "kind", "code"]).sort_values(["row", "kind", "code"])
    found = stays.iloc[told["row"]].reset_index(drop=True)
    found.insert(3, "kind", told["kind"].to_numpy())
    found.insert(4, "code", told["code"].to_numpy())
    return found


def _stays(abroad: PlacementTable) -> pd.DataFrame:
    programme = abroad.programme
    agreements = np.array([*(f"{one.id} {one.version}".strip() for one in programme.agreements), ""], dtype=object)
    return pd.DataFrame(
        {
            "worker_id": programme.workers.id_text("worker_id")[abroad.worker],
            "origin_country": abroad.text("workers", "origin_country"),
            "origin_region": abroad.text("workers", "origin_region"),
            "isco08": abroad.text("orders", "isco08"),
            "months": np.round(abroad.days / DAYS_OF_MONTH, 1),
            "start_date": abroad.date("orders", "start_date").astype(str),
            "end_date": abroad.date("orders", "end_date").astype(str),
            "destination_country": abroad.text("orders", "destination_country"),
            "employer_id": abroad.text("orders", "employer_id"),
            "order_id": programme.orders.id_text("order_id")[abroad.order],
            "source": agreements[np.maximum(abroad.agreement(), -1)],
        }
    )
