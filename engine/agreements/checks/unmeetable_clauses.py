"""A clause that nothing can keep: its least is above its most."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agreements.agreement_text import AgreementText
from engine.agreements.finding import Finding, found_in
from engine.words import message


def find(text: AgreementText) -> Iterator[Finding]:
    """An error for each."""
    for clause in text.clauses:
        if not clause.rule.goes_with(clause.rule):
            problem = message("Nothing can keep this clause: its least is above its most.")
            yield found_in(clause, problem, message("Let the least be at most the most."), True)
