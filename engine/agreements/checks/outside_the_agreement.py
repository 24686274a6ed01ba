"""Clauses that look at no placement under their agreement: another country, another sector, days before or after it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.clauses.base import Count
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """An error for each."""
    if text.agreement is None:
        return
    first, last = text.agreement.effective_from, text.agreement.effective_to
    for clause in text.clauses:
        periods = clause.rule.counted_in() if isinstance(clause.rule, Count) else ()
        if not text.scope.meets(clause.where):
            problem = message("This clause looks at no placement under the agreement.")
            right = message("Let its where name origins, destination, sectors and days of the agreement.")
            yield found_in(clause, problem, right, True)
        elif periods and all(closes < first or opens > last for opens, closes in periods):
            problem = message(
                "None of its periods lies in the days of the agreement, {first} to {last}.", first=first, last=last
            )
            yield found_in(clause, problem, message("Give periods within these days."), True)
