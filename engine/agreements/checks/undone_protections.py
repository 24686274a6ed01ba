"""Protections that another clause seems to undo: what reads like an exception, places that are never kept."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.clauses.base import Reserve
from engine.clauses.protection import reads_like_an_exception
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """A remark for each that reads like an exception, an error for places that are never kept."""
    for one, other in text.pairs():
        if reads_like_an_exception(other, one):
            problem = message(
                "This clause reads like an exception from {other}, which protects workers more; both hold, so that "
                "{other} undoes it.",
                other=one.id,
            )
            right = message(
                "Take it out. As an exception it would need a where of {other} that leaves these workers out, and "
                "would protect them less.",
                other=one.id,
            )
            yield found_in(other, problem, right)
    for clause in text.clauses:
        released = clause.rule.released_on() if isinstance(clause.rule, Reserve) else None
        if released is not None and text.agreement is not None and released <= text.agreement.effective_from:
            problem = message("Its places are open to everybody from {day} on, before anybody can start.", day=released)
            yield found_in(clause, problem, message("Release them later, or take the clause out."), True)
