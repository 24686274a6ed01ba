"""Time at home: how long stays may be, and how long people are at home between them."""

from __future__ import annotations

import numpy as np

from engine.rights.judged import Judged
from engine.rights.line import Finding, Judgement, Mark, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

KINDS = ("stay_window", "total_stay", "cool_off", "max_seasons")
TITLE = message("Time at home")
ASKS = message("Stays are no longer, and time at home between them no shorter, than the agreement says.")
FIGURE = message("days of the placement")
UNKNOWN = message("Where people were between stays that history doesn't hold, and whether they could go home earlier.")
PRINCIPLES = (IRIS["2"], ILO[12])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    no_limit = judged.abroad & ~judged.under_any(*KINDS)
    findings = (
        *of_clauses(judged, *KINDS),
        Finding(
            Mark.BREACH,
            "travel",
            message("Too few days between two placements to travel through home."),
            judged.lasting["travel"],
        ),
        remark(message("No clause limits stays or asks for time at home."), no_limit),
    )
    return Judgement(judged.abroad, findings, judged.placements.days.astype(np.float64))
