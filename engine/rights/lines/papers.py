"""Papers: passports that last, and who keeps them."""

from __future__ import annotations

import numpy as np

from engine.rights.judged import Judged
from engine.rights.line import Judgement, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Papers")
ASKS = message("Papers are valid to the last day, and the worker keeps them.")
FIGURE = message("days that the passport is valid after the last day")
UNKNOWN = message("Who keeps passports and contracts: no column says so, and only workers can tell.")
PRINCIPLES = (IRIS["2"], ILO[11])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    placements = judged.placements
    left = placements.date("workers", "passport_expires") - placements.date("orders", "end_date")
    days = np.where(np.isnat(left), np.nan, left / np.timedelta64(1, "D"))
    unasked = judged.abroad & ~judged.under_any("documents")
    findings = (
        *of_clauses(judged, "documents"),
        remark(message("No passport is known that is valid to the last day."), unasked & ~(days >= 0)),
    )
    return Judgement(judged.abroad, findings, days)
