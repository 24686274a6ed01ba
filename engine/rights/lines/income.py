"""Income: what is left after deductions and costs, beside what the worker asks for."""

from __future__ import annotations

import numpy as np

from engine.audit.lasting_rules import rule_sentence
from engine.rights.judged import MARGIN, Judged
from engine.rights.line import Finding, Judgement, Mark, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Net income")
ASKS = message("What is left after deductions and costs reaches what the worker asks for, and the agreement.")
FIGURE = message("net income a week")
UNKNOWN = message("What living there costs, what a debt for going costs, and what the worker could earn at home.")
PRINCIPLES = (IRIS["3"], ILO[9])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    placements = judged.placements
    net = placements.net_weekly_income()
    asked = placements.number("workers", "reservation_weekly_income")
    short = judged.lasting["reservation"]
    near = (asked > 0) & (net < asked * float(1 + MARGIN))
    findings = (
        Finding(Mark.BREACH, "reservation", rule_sentence("reservation"), short),
        *of_clauses(judged, "net_income"),
        Finding(
            Mark.EDGE,
            "reservation",
            message("Kept with next to nothing to spare."),
            np.setdiff1d(np.flatnonzero(near), short),
        ),
        remark(message("Nothing is left after deductions and costs."), net <= 0),
    )
    return Judgement(np.ones(placements.size, bool), findings, net)
