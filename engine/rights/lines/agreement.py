"""The agreement itself: every rule and clause that judges one placement or one calendar."""

from __future__ import annotations

import numpy as np

from engine.audit.lasting_rules import rule_sentence
from engine.rights.judged import Judged
from engine.rights.line import Finding, Judgement, Mark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("The agreement, every clause")
ASKS = message("Every placement keeps the rules that always hold and every clause of its agreement.")
FIGURE = message("clauses that look at the placement")
UNKNOWN = message("Quotas and shares concern a plan as a whole: vaiven check counts them.")
PRINCIPLES = (IRIS["A"], ILO[6])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    clauses = np.zeros(judged.placements.size)
    for one in judged.asked:
        clauses[one.looked_at] += 1
    findings = (
        *(Finding(Mark.BREACH, code, rule_sentence(code), rows) for code, rows in judged.lasting.items()),
        *(Finding(Mark.BREACH, one.clause, one.clause.sentence, one.broken) for one in judged.asked if len(one.broken)),
    )
    return Judgement(np.ones(judged.placements.size, bool), findings, clauses)
