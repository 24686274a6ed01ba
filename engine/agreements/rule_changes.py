"""How rules of agreements changed and will change: from when on, by which text, for whom, and whom that protects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from engine.agreements.agreement_text import AgreementText
from engine.agreements.comparing import ClauseDifference, clause_difference
from engine.words import Message, message


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A clause that asks something else from a day on: by which text, and what it said and says, with its ``where``."""

    file: str
    day: date
    source: str
    difference: ClauseDifference

    @property
    def in_words(self) -> Message:
        """The change in one line."""
        place = message("{file}, from {day:long} on", file=self.file, day=self.day)
        if self.source:
            place = message("{place} ({article})", place=place, article=self.source)
        return message("{place}: {change}", place=place, change=self.difference.in_words)


def rule_changes(texts: Sequence[AgreementText]) -> list[RuleChange]:
    """Every change of a clause whose parameters keep their past, by day; what a clause asked first is none."""
    return sorted(_changes(texts), key=lambda change: (change.day, change.file, change.difference.clause))


def _changes(texts: Sequence[AgreementText]) -> Iterator[RuleChange]:
    for text in texts:
        for clause in text.clauses:
            for before, after in pairwise(clause.versions):
                one, other = (replace(clause, rule=version.rule, versions=()) for version in (before, after))
                yield RuleChange(text.file, after.day, after.source, clause_difference(one, other))
