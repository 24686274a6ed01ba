"""What clauses of one agreement ask more than those of others, and the edits by which they would ask no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from engine.agreements.agreement_text import scope_of
from engine.clauses.base import Clause, Count, Join, Reserve
from engine.clauses.protection import Protection, protection_of
from engine.errors import CallError
from engine.programme.clauses import read_clauses
from engine.programme.programme import Agreement, Programme, RawToml
from engine.words import Message, message

Row = Sequence["Clause | None"]
Raw = Mapping[tuple[str, str], RawToml]


@dataclass(frozen=True, slots=True)
class Measure:
    """A whole number by which a clause asks: ``value`` now, more of it asking more (``direction`` 1) or less (-1).

    ``target`` is what it is relaxed to, None where the clause is taken out.
    """

    parameter: str
    direction: int
    value: int
    target: int | None


@dataclass(frozen=True)
class Relaxation:
    """A clause of one agreement that asks more than the others' do, and the edits by which it asks what they ask.

    ``after`` is empty where the clause would be taken out, ``before`` where one would be added. ``protection`` is what
    that does to the protection of workers.
    """

    agreement: str
    clause: str
    kind: str
    article: str
    before: str
    after: str
    edits: tuple[RawToml, ...]
    protection: Protection
    measure: Measure | None = None

    @property
    def name(self) -> str:
        """What the what-if of this relaxation alone is called."""
        return f"{self.agreement}.{self.clause}"[:64]

    @property
    def asked(self) -> int:
        """The number by which the clause asks after it. Raises `ValueError` where it asks by none."""
        if self.measure is None or self.measure.target is None:
            raise ValueError(self.name)
        return self.measure.target

    @property
    def in_words(self) -> Message:
        """What the clause says and what it would say."""
        if not self.after:
            return message("taken out: {sentence}", sentence=self.before)
        if not self.before:
            return message("added: {sentence}", sentence=self.after)
        return message("{before} Then: {after}", before=self.before, after=self.after)

    @property
    def lowers_a_protection(self) -> bool:
        """Whether workers would be, or might be, protected less."""
        return self.protection in (Protection.LESS, Protection.UNCLEAR)


def relaxations(programme: Programme, names: Sequence[str]) -> list[Relaxation]:
    """Every clause of the agreements ``names`` that asks more than those of the others do, with its smallest
    relaxation: to what the others ask, or out where another has no such clause.

    How many places a cap has isn't compared, since states differ in size; that there is one is. Raises `CallError` for
    an agreement that isn't there, and for fewer than two.
    """
    by_id = {agreement.id: agreement for agreement in programme.agreements}
    unknown = [name for name in names if name not in by_id]
    if unknown or len(set(names)) < 2:
        raise CallError(
            message("{names}: no two agreements of the programme.", names=tuple(unknown or names)),
            message("Name two or more of {names}.", names=tuple(by_id)),
        )
    agreements = [by_id[name] for name in dict.fromkeys(names)]
    raw = {
        (str(content.get("id", "")), str(entry["id"])): entry
        for content in programme.texts.values()
        for entry in content.get("clause", [])
    }
    return [one for row in _aligned(agreements) for one in _of_row(agreements, row, raw)]


def _aligned(agreements: Sequence[Agreement]) -> list[Row]:
    """The clauses that are about the same thing, a row each, None where an agreement has none."""
    rows: list[tuple[tuple[Any, ...], list[Clause | None]]] = []
    for column, agreement in enumerate(agreements):
        for clause in agreement.clauses:
            subject = _subject(clause)
            row = next((own for known, own in rows if known == subject and own[column] is None), None)
            if row is None:
                row = [None] * len(agreements)
                rows.append((subject, row))
            row[column] = clause
    return [row for _, row in rows]


def _subject(clause: Clause) -> tuple[Any, ...]:
    """What a clause is about: its kind, its ``where``, and the parameters that ask neither more nor less."""
    rule = clause.rule
    fixed = [getattr(rule, field.name) for field in fields(rule) if rule.asks_more and field.name not in rule.asks_more]
    return (rule.kind, clause.where, *fixed)


def _of_row(agreements: Sequence[Agreement], row: Row, raw: Raw) -> Iterator[Relaxation]:
    for number, (agreement, clause) in enumerate(zip(agreements, row, strict=True)):
        others = [other for place, other in enumerate(row) if other is not None and place != number]
        absent = any(
            other is None and _could_have(clause, states) for other, states in zip(row, agreements, strict=True)
        )
        if clause is None:
            joins = [other for other in others if isinstance(other.rule, Join) and _could_have(other, agreement)]
            if joins:
                yield _added(agreement, joins[0], raw)
        elif absent and not isinstance(clause.rule, Join):
            if not any(isinstance(own.rule, Reserve) and own.rule.within == clause.id for own in agreement.clauses):
                edit = {"agreement": agreement.id, "clause": clause.id, "suspend": True}
                yield _relaxation(agreement, clause, None, (edit,))
        elif others and not (isinstance(clause.rule, Count) and clause.rule.places() is not None):
            yield from _asking_less(agreement, clause, others, raw)


def _could_have(clause: Clause | None, agreement: Agreement) -> bool:
    """Whether a clause would look at anything under an agreement."""
    return clause is not None and scope_of(agreement).meets(clause.where)


def _added(agreement: Agreement, clause: Clause, raw: Raw) -> Relaxation:
    """A permission that another agreement gives."""
    entry = raw[clause.agreement_id, clause.id]
    free = {**entry, "id": _free_id(agreement, clause.id)}
    (added,) = read_clauses([free], "", agreement.id, lambda _: None)
    return _relaxation(agreement, None, added, ({"agreement": agreement.id, "new_clause": free},))


def _free_id(agreement: Agreement, wanted: str) -> str:
    taken = {clause.id for clause in agreement.clauses}
    return next(name for name in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _asking_less(agreement: Agreement, clause: Clause, others: Sequence[Clause], raw: Raw) -> Iterator[Relaxation]:
    """The clause with each parameter as the least asking of the others has it."""
    own = raw[clause.agreement_id, clause.id]
    changed = _by_parameter(clause, others, raw) if clause.rule.asks_more else _as_a_whole(clause, others, raw)
    new = {key: value for key, value in {**own, **changed}.items() if value is not None}
    if None in changed.values():
        edits: tuple[RawToml, ...] = (
            {"agreement": agreement.id, "clause": clause.id, "suspend": True},
            {"agreement": agreement.id, "new_clause": new},
        )
    else:
        edits = ({"agreement": agreement.id, "clause": clause.id, "set": changed},)
    # what parameters of several say together may be no clause: nothing is proposed then
    for after in read_clauses([new], "", agreement.id, lambda _: None) if changed else ():
        yield _relaxation(agreement, clause, after, edits)


def _by_parameter(clause: Clause, others: Sequence[Clause], raw: Raw) -> RawToml:
    """Each parameter in which some other asks less, as the one that asks least has it; None where it has none."""
    changed: RawToml = {}
    for name, direction in clause.rule.asks_more.items():
        mine, key = getattr(clause.rule, name), name.rstrip("_")
        silent = any(getattr(other.rule, name) is None for other in others)
        if mine is None:
            continue
        if silent:
            changed[key] = None
            continue
        values = [getattr(other.rule, name) for other in others]
        theirs = min(values) if direction > 0 else max(values)
        laxest = others[values.index(theirs)]
        if theirs < mine if direction > 0 else theirs > mine:
            changed[key] = raw[laxest.agreement_id, laxest.id][key]
    return changed


def _as_a_whole(clause: Clause, others: Sequence[Clause], raw: Raw) -> RawToml:
    """All parameters of another that is kept by whatever keeps this one, and by more."""
    laxer = [
        other for other in others if other.rule.follows_from(clause.rule) and not clause.rule.follows_from(other.rule)
    ]
    laxest = next((one for one in laxer if all(one.rule.follows_from(other.rule) for other in laxer)), None)
    if laxest is None:
        return {}
    own, theirs = raw[clause.agreement_id, clause.id], raw[laxest.agreement_id, laxest.id]
    names = [field.name.rstrip("_") for field in fields(clause.rule)]
    return {name: theirs.get(name) for name in names if own.get(name) != theirs.get(name)}


def _relaxation(
    agreement: Agreement, before: Clause | None, after: Clause | None, edits: tuple[RawToml, ...]
) -> Relaxation:
    named = before or after
    assert named is not None
    return Relaxation(
        agreement.id,
        named.id,
        named.rule.kind,
        named.source,
        "" if before is None else before.sentence,
        "" if after is None else after.sentence,
        edits,
        protection_of(before, after),
        _measure(before, after),
    )


def _measure(before: Clause | None, after: Clause | None) -> Measure | None:
    """The first whole number by which a clause asks less after than before."""
    if before is None:
        return None
    for name, direction in before.rule.asks_more.items():
        value, target = getattr(before.rule, name), None if after is None else getattr(after.rule, name)
        if type(value) is int and value != target:
            return Measure(name.rstrip("_"), direction, value, target)
    return None


def asking(relaxation: Relaxation, value: int, programme: Programme) -> Relaxation:
    """The relaxation of a clause that keeps it, with another number by which it asks."""
    assert relaxation.measure is not None
    agreement = next(one for one in programme.agreements if one.id == relaxation.agreement)
    before = next(clause for clause in agreement.clauses if clause.id == relaxation.clause)
    measure = replace(relaxation.measure, target=value)
    name = next(field.name for field in fields(before.rule) if field.name.rstrip("_") == measure.parameter)
    after = replace(before, rule=replace(before.rule, **{name: value}), versions=())
    edit = {"agreement": agreement.id, "clause": before.id, "set": {measure.parameter: value}}
    return replace(_relaxation(agreement, before, after, (edit,)), measure=measure)
