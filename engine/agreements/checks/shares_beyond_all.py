"""Least shares of classes that share nobody, together more than all placements."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.clauses.base import Clause, Count
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """An error for the clause by which shares of one whole come to more than it."""
    counted: list[Clause] = []
    for clause in text.clauses:
        least = _least(clause)
        if least is None:
            continue
        others = [other for other in counted if _of(other) == _of(clause) and not other.where.meets(clause.where)]
        apart = [one for n, one in enumerate(others) if not any(one.where.meets(prior.where) for prior in others[:n])]
        total = least + sum((_least(other) or Decimal(0) for other in apart), Decimal(0))
        counted.append(clause)
        if apart and total > 1:
            problem = message(
                "Together with {others} this clause asks for {total:share} of the same placements.",
                others=tuple(other.id for other in apart),
                total=total,
            )
            yield found_in(clause, problem, message("Ask for no more than all of them together."), True)


def _least(clause: Clause) -> Decimal | None:
    share = clause.rule.share_asked() if isinstance(clause.rule, Count) else None
    return None if share is None else share[1]


def _of(clause: Clause) -> object:
    share = clause.rule.share_asked() if isinstance(clause.rule, Count) else None
    return None if share is None else share[0]
