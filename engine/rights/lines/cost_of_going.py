"""The cost of going: what the way costs the worker, a cost related to recruitment."""

from __future__ import annotations

from engine.rights.judged import Judged
from engine.rights.line import Judgement, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Cost of going")
ASKS = message("The way to the job and back costs the worker nothing.")
FIGURE = message("cost of travel to the worker, once")
UNKNOWN = message(
    "What passport, visa and medical examination cost, and who paid; a corridor without a cost counts as 0."
)
PRINCIPLES = (IRIS["1"], ILO[7])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    cost = judged.placements.corridor("travel_cost_to_worker")
    borne = remark(message("The worker pays for travel."), judged.abroad & (cost > 0))
    return Judgement(judged.abroad, (borne,), cost)
