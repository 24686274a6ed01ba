"""Two agreements clause by clause: what each says, and which of the two protects workers more on which point."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.agreements.agreement_text import AgreementText
from engine.clauses.base import Clause
from engine.clauses.protection import Point, Protection, points, protection_of
from engine.words import Message, message

TERMS = ("origins", "destination", "sectors", "effective_from", "effective_to")


@dataclass(frozen=True, slots=True)
class ClauseDifference:
    """A clause in two agreements: its sentence in each (empty where it isn't there), and on which points they differ.

    ``protection`` says what going from the first to the second does to the protection of workers.
    """

    clause: str
    kind: str
    before: str
    after: str
    article_before: str
    article_after: str
    points: tuple[Point, ...]
    protection: Protection

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return not self.points

    @property
    def in_words(self) -> Message:
        """What both say, and whom it protects more."""
        if not self.after:
            told = message("only in the first: {sentence}", sentence=self.before)
        elif not self.before:
            told = message("only in the second: {sentence}", sentence=self.after)
        else:
            told = message("first: {before} Second: {after}", before=self.before, after=self.after)
        verdict = _VERDICTS[self.protection]
        if not self.points or verdict is None:
            return message("{clause}: {told}", clause=self.clause, told=told)
        names = tuple(
            point.parameter for point in self.points if point.parameter and point.protection != Protection.SAME
        )
        on = message("{verdict} ({points})", verdict=verdict, points=names) if names else verdict
        return message("{clause}: {told} {verdict}.", clause=self.clause, told=told, verdict=on)


_VERDICTS: dict[Protection, Message | None] = {
    Protection.SAME: None,
    Protection.MORE: message("The second protects workers more"),
    Protection.LESS: message("The first protects workers more"),
    Protection.UNCLEAR: message("Which protects workers more depends on whom"),
}


@dataclass(frozen=True, slots=True)
class TermDifference:
    """A term of the agreements themselves that differs: whom, where, when."""

    term: str
    before: Any
    after: Any

    @property
    def in_words(self) -> Message:
        """What both say."""
        return message("{term}: first {before}, second {after}", term=self.term, before=self.before, after=self.after)


@dataclass(frozen=True)
class Difference:
    """Two agreements compared: their terms that differ, and every clause of either."""

    before: str
    after: str
    terms: tuple[TermDifference, ...]
    clauses: tuple[ClauseDifference, ...]

    def count(self, protection: Protection) -> int:
        """How many clauses differ with such an effect on the protection of workers."""
        return sum(one.protection is protection and not one.same for one in self.clauses)


def compare(before: AgreementText, after: AgreementText) -> Difference:
    """Compare two agreements, or two versions of one, clause by clause."""
    return Difference(
        _name(before), _name(after), tuple(_terms(before, after)), tuple(_clauses(before.clauses, after.clauses))
    )


def _name(text: AgreementText) -> str:
    if text.agreement is None:
        return text.file
    return f"{text.agreement.id} {text.agreement.version}".strip()


def _terms(before: AgreementText, after: AgreementText) -> Iterator[TermDifference]:
    for term in TERMS:
        one, other = getattr(before.agreement, term, None), getattr(after.agreement, term, None)
        if one != other:
            yield TermDifference(term, one, other)


def _clauses(before: Sequence[Clause], after: Sequence[Clause]) -> Iterator[ClauseDifference]:
    """The first's clauses in their order with their partners, then what only the second has."""
    partners = paired(before, after)
    for clause in before:
        yield clause_difference(clause, partners.get(clause.id))
    taken = {partner.id for partner in partners.values()}
    yield from (clause_difference(None, clause) for clause in after if clause.id not in taken)


def paired(before: Sequence[Clause], after: Sequence[Clause]) -> dict[str, Clause]:
    """The partner of each clause of the first in the second, by its id: of one name, else of one kind and ``where``,
    else the only one left of its kind on both sides.
    """
    found: dict[str, Clause] = {}
    for alike in (_same_name, _same_where, _same_kind):
        left = [clause for clause in before if clause.id not in found]
        taken = {partner.id for partner in found.values()}
        free = [clause for clause in after if clause.id not in taken]
        for clause in left:
            fits = [other for other in free if alike(clause, other)]
            rivals = [other for other in left if alike(other, clause)]
            if len(fits) == 1 and len(rivals) == 1:
                found[clause.id] = fits[0]
    return found


def _same_kind(one: Clause, other: Clause) -> bool:
    return type(one.rule) is type(other.rule)


def _same_name(one: Clause, other: Clause) -> bool:
    return _same_kind(one, other) and one.id == other.id


def _same_where(one: Clause, other: Clause) -> bool:
    return _same_kind(one, other) and one.where == other.where


def clause_difference(before: Clause | None, after: Clause | None) -> ClauseDifference:
    """How a clause differs from another, or from none. Raises `ValueError` for none and none."""
    named = before or after
    if named is None:
        raise ValueError(before, after)
    return ClauseDifference(
        named.id,
        named.rule.kind,
        before.sentence if before is not None else "",
        after.sentence if after is not None else "",
        before.source if before is not None else "",
        after.source if after is not None else "",
        points(before, after),
        protection_of(before, after),
    )


def changed_lines(one: str, other: str) -> list[str]:
    """What changed between two texts, as lines that begin with + or -."""
    return list(difflib.unified_diff(one.splitlines(), other.splitlines(), n=1, lineterm=""))[2:]
