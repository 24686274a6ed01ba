"""Deductions from the wage."""

from __future__ import annotations

from engine.rights.judged import Judged
from engine.rights.line import Judgement, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Deductions")
ASKS = message("What is deducted from the wage stays below the agreement's ceiling.")
FIGURE = message("deductions a week")
UNKNOWN = message("What deductions are for, whether the worker agreed to each, and what is deducted in the end.")
PRINCIPLES = (IRIS["3"], ILO[8])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    taken = judged.placements.number("orders", "weekly_deductions")
    no_ceiling = judged.abroad & (taken > 0) & ~judged.under_any("deductions")
    unlimited = remark(message("Wages are deducted from, and no clause sets a ceiling."), no_ceiling)
    return Judgement(judged.abroad, (*of_clauses(judged, "deductions"), unlimited), taken)
