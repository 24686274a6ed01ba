"""What a clause does: how often it blocks, and what one unit more or less would give, exactly and by its price."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow.compute as pc

from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.lasting_rules import rule_in_words
from engine.audit.valuation import placement_values
from engine.clauses.base import Clause, Count, Reserve
from engine.errors import CallError
from engine.plan.metrics import most_gain
from engine.plan.plan_files import read_certificate
from engine.planning.explain.reading import Reading, refusals
from engine.planning.explain.trial import Trial, TrialsTooLong, make_trial
from engine.problem.values import SCALE
from engine.words import Message, message, plural

MOST_PAIRS = 300_000
STEPS = (-4, -2, -1, 1, 2, 4, 8)


@dataclass(frozen=True)
class ClauseExplanation:
    """``refused`` pairs of a worker and an order in his or her occupation, ``alone`` those that nothing else refuses.

    ``looked_at`` says of how many pairs (a regular sample of a large programme). For counts: ``limits`` with use,
    count, price and ``gain_at_most``, the most that any plan could gain over this one with one more unit; ``gains``
    over this plan by units more or less, exact, where the programme is small enough to be solved in time.
    """

    clause: str
    sentence: str
    source: str
    looked_at: int
    refused: int
    alone: int
    limits: tuple[dict[str, Any], ...]
    gains: dict[int, float] | None
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_clause(reading: Reading, name: str) -> ClauseExplanation:
    """Explain a clause by its name, ``agreement|clause`` or the id alone where that is unique.

    Raises `CallError` for a name that is unknown or stands for several.
    """
    clause = find_clause(reading, name)
    looked_at, refused, alone = (0, 0, 0) if isinstance(clause.rule, Count) else _blocking(reading, clause)
    limits = _limits(reading, clause)
    gains = _gains(reading, clause) if isinstance(clause.rule, Count) and clause.rule.takes_more() else None
    explained = ClauseExplanation(
        clause.name, rule_in_words(clause), clause.source, looked_at, refused, alone, limits, gains
    )
    return replace(explained, lines=tuple(_lines(explained)))


def find_clause(reading: Reading, name: str) -> Clause:
    """The clause of a name. Raises `CallError` where there is none or several."""
    clauses = reading.programme.all_clauses()
    found = [clause for clause in clauses if name in (clause.name, clause.id)]
    exact = [clause for clause in found if clause.name == name]
    if len(exact or found) == 1:
        return (exact or found)[0]
    known = ", ".join(clause.name for clause in (found or clauses)[:40])
    text = (
        message("{name} is the id of several clauses of the programme.", name=repr(name))
        if found
        else message("{name} is no clause of the programme.", name=repr(name))
    )
    raise CallError(text, message("Use one of {names}.", names=known))


def _blocking(reading: Reading, clause: Clause) -> tuple[int, int, int]:
    """(pairs looked at, refused by the clause, refused by it alone)."""
    candidates = CandidatePairs(reading.programme)
    step = max(1, -(-candidates.total // MOST_PAIRS))
    pairs = reading.pairs(*candidates.at(np.arange(0, candidates.total, step)))
    found = refusals(pairs)
    every = np.sum([broken for _, broken in found], axis=0) if found else np.zeros(pairs.size)
    own = [broken for rule, broken in found if rule == clause]
    mine = own[0] if own else np.zeros(pairs.size, bool)
    return pairs.size, int(mine.sum()), int((mine & (every == 1)).sum())


def _limits(reading: Reading, clause: Clause) -> tuple[dict[str, Any], ...]:
    """The rows of prices.csv of a clause; a cap's with those of the set-asides within it, which its count moves too."""
    siblings = reading.programme.siblings(clause).values()
    within = [other for other in siblings if isinstance(other.rule, Reserve) and other.rule.within == clause.id]
    table, found = reading.prices, []
    for name in (clause.name, *(other.name for other in within)):
        mine = pc.or_(pc.equal(table["limit"], name), pc.starts_with(table["limit"], name + "|"))
        found += table.filter(mine).to_pylist()
    certificate = read_certificate(reading.folder)
    return tuple(row | {"gain_at_most": most_gain(certificate, row["price"])} for row in found)


def _worth(reading: Reading) -> float:
    """What the plan is worth, by the audit's own values."""
    return float(placement_values(reading.pairs(reading.worker, reading.order)).sum())


def _gains(reading: Reading, clause: Clause) -> dict[int, float] | None:
    """What the best plan with so many units more or less is worth beyond this one; None where trials take too long."""
    rule: Any = clause.rule
    trial = None if rule.count is None else make_trial(reading.programme)
    try:
        return None if trial is None else _gains_of(trial, clause, rule.count, _worth(reading))
    except TrialsTooLong:
        return None


def _gains_of(trial: Trial, clause: Clause, count: int, worth: float) -> dict[int, float]:
    own = {"clause": clause.id} | ({"agreement": clause.agreement_id} if clause.agreement_id else {})
    found = {}
    for step in STEPS:
        after = trial.edited(own | {"count": count + step}) if count + step >= 0 else None
        if after is not None:
            found[step] = round(after.best().objective / SCALE - worth, 9)
    return found


def _units(step: int) -> Message:
    if step < 0:
        return plural("{n} unit less", "{n} units less", n=-step)
    return plural("{n} unit more", "{n} units more", n=step)


def _lines(one: ClauseExplanation) -> list[Message]:
    lines: list[Message] = [message("{name}: {text}", name=one.clause, text=one.sentence)]
    if one.looked_at:
        lines.append(
            message(
                "  It refuses {refused:,} of {looked_at:,} pairs looked at, {alone:,} of them alone.",
                refused=one.refused,
                looked_at=one.looked_at,
                alone=one.alone,
            )
        )
    for row in one.limits:
        use = message("{used:,.0f} used", used=row["used"])
        if row["count"] is not None:
            use = message("{used:,.0f} of {count:,} used", used=row["used"], count=row["count"])
        lines.append(
            message(
                "  {limit}: {use}; one more unit gains at most {gain:.4f} over this plan (price {price:.4f}).",
                limit=row["limit"],
                use=use,
                gain=row["gain_at_most"],
                price=row["price"],
            )
        )
    for step, gain in (one.gains or {}).items():
        lines.append(message("  {units}: exactly {gain:+.6f}", units=_units(step), gain=gain))
    if one.gains and 1 in one.gains:
        same = max(
            (s for s, g in one.gains.items() if s > 0 and abs(g - s * one.gains[1]) < 1e-6 * max(1, abs(g))), default=1
        )
        if same > 1:
            lines.append(message("  Each of the first {same} units more gives as much as the first.", same=same))
    return lines
