"""Fees: what the worker is charged for the job."""

from __future__ import annotations

from engine.rights.judged import Judged
from engine.rights.line import Judgement, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Fees charged to the worker")
ASKS = message("The worker pays nothing for the job.")
FIGURE = message("cost to the worker for the job, once")
UNKNOWN = message(
    "What was paid to recruiters, lenders or officials before registration, and what isn't written in the order."
)
PRINCIPLES = (IRIS["1"], ILO[7])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    cost = judged.placements.number("orders", "worker_cost")
    charged = remark(message("The worker is charged for the job."), judged.abroad & (cost > 0))
    return Judgement(judged.abroad, (*of_clauses(judged, "worker_cost"), charged), cost)
