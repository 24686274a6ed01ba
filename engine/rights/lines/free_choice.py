"""Free choice: refusals are respected, and wishes are asked for and met."""

from __future__ import annotations

import numpy as np

from engine.audit.lasting_rules import rule_sentence
from engine.audit.valuation import chosen
from engine.rights.judged import Judged
from engine.rights.line import Finding, Judgement, Mark, remark
from engine.rights.principles import ILO, IRIS
from engine.words import message

TITLE = message("Free choice and refusals")
ASKS = message("Nobody goes to a country or an employer that he or she refuses; wishes count.")
FIGURE = message("rank of the order in the worker's own wishes")
UNKNOWN = message(
    "Whether people understood the offer, could refuse without harm, and were asked for their wishes at all."
)
PRINCIPLES = (IRIS["A"], ILO[9])


def judge(judged: Judged) -> Judgement:
    """See `engine.rights.report.LineKind`."""
    placements = judged.placements
    ranked = np.isin(placements.worker, placements.programme["preferences"].values("worker_id").astype(np.int64))
    wish = np.where(ranked, chosen(placements), 0.0)
    findings = (
        *(Finding(Mark.BREACH, code, rule_sentence(code), judged.lasting[code]) for code in ("refused", "excluded")),
        remark(message("The worker named wishes, and this isn't one of them."), ranked & (wish == 0)),
    )
    rank = np.full(placements.size, np.nan)
    np.divide(1.0, wish, out=rank, where=wish > 0)
    return Judgement(np.ones(placements.size, bool), findings, rank)
