"""Clauses that refuse nothing: a cap no smaller than another that holds it, a floor below another that holds."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.clauses.base import Clause, Join
from engine.clauses.protection import reads_like_an_exception
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """A remark for each clause that another makes idle, or that asks for nothing by itself."""
    for number, clause in enumerate(text.clauses):
        if clause.rule.asks_nothing():
            yield found_in(clause, message("This clause can refuse nothing."), message("Take it out or ask for more."))
            continue
        earlier, later = text.clauses[:number], (*text.clauses[number + 1 :], *text.above)
        if isinstance(clause.rule, Join):
            yield from _never_reached(text, clause, earlier)
            continue
        stricter = [other for other in earlier if _holds(text, other, clause)]
        stricter += [other for other in later if _holds(text, other, clause) and not _holds(text, clause, other)]
        if stricter and not any(reads_like_an_exception(clause, other) for other in earlier):
            problem = message("This clause refuses nothing that {other} does not refuse already.", other=stricter[0].id)
            yield found_in(
                clause, problem, message("Take it out, or ask for more than {other} does.", other=stricter[0].id)
            )


def _holds(text: AgreementText, outer: Clause, clause: Clause) -> bool:
    """Whether whatever keeps ``outer`` keeps ``clause``."""
    if type(outer.rule) is not type(clause.rule) or not clause.rule.follows_from(outer.rule):
        return False
    if clause.rule.where_is_a_class:
        return outer.where == clause.where
    return outer.where.holds(text.meant(clause))


def _never_reached(text: AgreementText, clause: Clause, earlier: tuple[Clause, ...]) -> Iterator[Finding]:
    """Of several that join stays the first that looks at a placement counts."""
    for other in earlier:
        if isinstance(other.rule, Join) and other.where.holds(text.meant(clause)):
            problem = message(
                "{other} stands before this clause, looks at the same placements, and the first counts.", other=other.id
            )
            yield found_in(clause, problem, message("Put it before {other}, or take it out.", other=other.id))
            return
