"""Guaranteed hours: paid whether or not there is work."""

from __future__ import annotations

from engine.rights.judged import Judged
from engine.rights.line import Judgement, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Guaranteed hours")
ASKS = message("Paid hours are promised, as many as the agreement asks.")
FIGURE = message("hours guaranteed a week")
UNKNOWN = message("How many hours are worked and paid in the end, and what rain, illness or a bad harvest change.")
PRINCIPLES = (IRIS["3"], ILO[8])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    hours = judged.placements.number("orders", "guaranteed_weekly_hours")
    none = remark(message("No hours are guaranteed."), judged.abroad & (hours == 0))
    return Judgement(judged.abroad, (*of_clauses(judged, "guarantee"), none), hours)
