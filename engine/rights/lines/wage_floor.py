"""The wage floor: the least hourly wage that articles set."""

from __future__ import annotations

from engine.rights.judged import Judged
from engine.rights.line import Judgement, of_clauses, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Wage floor")
ASKS = message("The hourly wage reaches the floor of the agreement.")
FIGURE = message("hourly wage")
UNKNOWN = message(
    "What is paid in the end, overtime and piece rates; minimum wages of law or of collective agreements that no "
    "clause holds."
)
PRINCIPLES = (IRIS["A"], ILO[2], ILO[6])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    wage = judged.placements.number("orders", "hourly_wage")
    no_floor = judged.abroad & ~judged.under_any("wage_floor")
    findings = (
        *of_clauses(judged, "wage_floor"),
        remark(message("No hourly wage is given."), judged.abroad & (wage == 0)),
        remark(message("No clause sets a floor."), no_floor & (wage > 0)),
    )
    return Judgement(judged.abroad, findings, wage)
