"""Housing: inspected to the last day, with a bed for everybody."""

from __future__ import annotations

import numpy as np

from engine.rights.judged import Bools, Judged
from engine.rights.line import Finding, Judgement, Mark, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Housing")
ASKS = message("Everybody has a bed, in housing that is inspected to the last day.")
FIGURE = message("beds of the site")
UNKNOWN = message(
    "What the housing is like, what it costs beyond deductions, and who lives there besides the people of this plan."
)
PRINCIPLES = (IRIS["A"], ILO[5])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    placements = judged.placements
    beds, most, there = _fullest_day(judged)
    inspected = placements.date("sites", "inspected_until")
    covered = inspected >= placements.date("orders", "end_date")
    unasked = judged.abroad & ~judged.under_any("housing")
    findings = (
        *of_clauses(judged, "housing"),
        Finding(
            Mark.BREACH,
            "beds",
            message("More people than beds on the fullest day of the site."),
            np.flatnonzero(there & (most > beds)),
        ),
        Finding(
            Mark.EDGE,
            "beds",
            message("No bed is free on the fullest day of the site."),
            np.flatnonzero(there & (most == beds)),
        ),
        remark(message("No inspection is valid to the last day, and no clause asks for one."), unasked & ~covered),
        remark(message("How many beds there are isn't known."), judged.abroad & np.isnan(beds)),
    )
    return Judgement(judged.abroad | ~np.isnan(beds), findings, beds)


def _fullest_day(judged: Judged) -> tuple[np.ndarray, np.ndarray, Bools]:
    """For each placement: the beds of its site, the people there on the site's first fullest day, whether it is one."""
    placements = judged.placements
    orders = placements.programme.orders
    site = placements.rows("sites")
    first = orders.values("start_date")[placements.order].astype(np.int64)
    last = orders.values("end_date")[placements.order].astype(np.int64)
    sites = placements.programme["sites"].size
    where, day = np.concatenate([site, site]), np.concatenate([first, last + 1])
    change = np.concatenate([np.ones(len(site), np.int64), -np.ones(len(site), np.int64)])
    by_day = np.lexsort((change, day, where))
    present = np.cumsum(change[by_day])
    most = np.zeros(sites, np.int64)
    np.maximum.at(most, where[by_day], present)
    fullest = np.full(sites, np.iinfo(np.int64).max)
    at_peak = present == most[where[by_day]]
    np.minimum.at(fullest, where[by_day][at_peak], day[by_day][at_peak])
    there = (first <= fullest[site]) & (fullest[site] <= last)
    return placements.number("sites", "beds"), most[site], there
