"""What a plan comes to for whoever asked, kept in its manifest: people, weeks, income, what arrives at home."""

from __future__ import annotations

from typing import Any

import numpy as np

from api.identity.access import DESTINATION
from api.runs.audience import Audience
from engine.planning.measures import measure
from engine.run import Matched


def plan_measures(matched: Matched, audience: Audience, origin: str) -> dict[str, Any]:
    """``totals`` by the names of `engine.planning.measures.MEASURES`, ``currency``, and ``people``: how many were
    registered and placed, and how many women of each, which a ministry of destination isn't told.

    With an ``origin``, of its workers alone.
    """
    programme = matched.programme
    totals = measure(programme, matched.worker, matched.order, matched.verdict.objective, origin).totals
    countries, sexes = programme.workers.labels("origin_country").text(), programme.workers.labels("sex").text()
    own = countries == origin if origin else np.ones(programme.workers.size, bool)
    placed = np.zeros(programme.workers.size, bool)
    placed[matched.worker] = True
    people = {"registered": int(own.sum()), "placed": int((own & placed).sum())}
    if audience.role != DESTINATION:
        women = own & (sexes == "F")
        people |= {"women_registered": int(women.sum()), "women_placed": int((women & placed).sum())}
    return {"totals": dict(totals), "people": people, "currency": programme.settings.currency}
