"""What a plan comes to for whoever asked, kept in its manifest: people, weeks, income, what arrives at home."""

from __future__ import annotations

from typing import Any

import numpy as np

from api.identity.access import DESTINATION
from api.runs.audience import Audience
from engine.planning.measures import measure
from engine.run import Matched


def plan_measures(matched: Matched, audience: Audience, origin: str) -> dict[str, Any]:
    """``totals`` by the names of `engine.planning.measures.MEASURES`, ``groups`` (placements and net income by grouping
    and name), ``currency``, and ``people``: how many were registered and placed, and how many women of each, which a
    ministry of destination isn't told.

    With an ``origin``, of its workers alone.
    """
    programme = matched.programme
    found = measure(programme, matched.worker, matched.order, matched.verdict.objective, origin)
    countries, sexes = programme.workers.labels("origin_country").text(), programme.workers.labels("sex").text()
    own = countries == origin if origin else np.ones(programme.workers.size, bool)
    placed = np.zeros(programme.workers.size, bool)
    placed[matched.worker] = True
    people = {"registered": int(own.sum()), "placed": int((own & placed).sum())}
    if audience.role != DESTINATION:
        women = own & (sexes == "F")
        people |= {"women_registered": int(women.sum()), "women_placed": int((women & placed).sum())}
    groups = {grouping: dict(rows) for grouping, rows in found.groups.items()}
    told = {"totals": dict(found.totals), "groups": groups, "people": people}
    return told | {"currency": programme.settings.currency}
