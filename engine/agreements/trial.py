"""Tries the examples of agreements: each is placed, and the audit's checks say which rules refuse it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from engine.agreements.agreement_text import AgreementText
from engine.agreements.example_rows import Neutral, frames, other_orders, other_workers, usual
from engine.agreements.examples import LawExample, read_examples
from engine.audit.calendars import calendar_breaches
from engine.audit.lasting_rules import rule_label, rule_sentence
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Gate, Ledger
from engine.errors import Fault, InputError
from engine.programme.codes import languages
from engine.programme.programme import Programme
from engine.programme.schema import CEFR_LEVELS
from engine.words import Message, message, plural

Rules = tuple["str | Clause", ...]
CLAUSES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """One example and how it went: ``failure`` says what is otherwise than it expects, empty where nothing is."""

    file: str
    number: int
    says: str
    clauses: tuple[str, ...]
    admitted: bool
    failure: str = ""

    @property
    def in_words(self) -> Message:
        """The example in one line, with what is wrong."""
        told = message("{file}, example {number}: {failure}", file=self.file, number=self.number, failure=self.failure)
        return message("{example} ({says})", example=told, says=self.says) if self.says else told


@dataclass(frozen=True, slots=True)
class Untried:
    """Clauses of one article that can refuse a single placement and have no example of one admitted, or refused."""

    file: str
    article: str
    clauses: tuple[str, ...]
    admitted: bool
    refused: bool

    @property
    def in_words(self) -> Message:
        """Which examples are missing."""
        clauses = message("{names}", names=self.clauses[:CLAUSES_SHOWN])
        more = len(self.clauses) - CLAUSES_SHOWN
        if more > 0:
            clauses = plural("{people} and {n:,} more", "{people} and {n:,} more", n=more, people=clauses)
        if self.article:
            clauses = message("{clause} ({article})", clause=clauses, article=self.article)
        if self.admitted:
            return message("{file}, {clause}: no example of somebody refused.", file=self.file, clause=clauses)
        if self.refused:
            return message("{file}, {clause}: no example of somebody admitted.", file=self.file, clause=clauses)
        return message("{file}, {clause}: no example.", file=self.file, clause=clauses)


@dataclass(frozen=True)
class Trial:
    """All examples tried, and the clauses whose examples are missing."""

    tried: tuple[Tried, ...]
    untried: tuple[Untried, ...]

    @property
    def failed(self) -> tuple[Tried, ...]:
        """The examples that don't go as they say."""
        return tuple(one for one in self.tried if one.failure)


def try_examples(texts: Sequence[AgreementText]) -> Trial:
    """Try the examples of agreements. Raises `InputError` with every fault of the examples."""
    faults: list[Fault] = []
    read = [(text, read_examples(text, faults.append)) for text in texts if text.agreement is not None]
    if faults:
        raise InputError(faults)
    tried = [one for text, examples in read for one in _tried(text, examples)]
    return Trial(tuple(tried), tuple(one for text, examples in read for one in _untried(text, examples)))


def _untried(text: AgreementText, examples: Sequence[LawExample]) -> list[Untried]:
    missing: dict[tuple[str, bool, bool], list[str]] = {}
    for clause in text.clauses:
        verdicts = {example.admitted for example in examples if clause.id in example.clauses}
        if isinstance(clause.rule, Gate | Ledger) and len(verdicts) < 2:
            missing.setdefault((clause.source, True in verdicts, False in verdicts), []).append(clause.id)
    return [
        Untried(text.file, article, tuple(names), admitted, refused)
        for (article, admitted, refused), names in missing.items()
    ]


def _tried(text: AgreementText, examples: Sequence[LawExample]) -> list[Tried]:
    """Every example of a text, those that change the corridor in programmes of their own."""
    corridors: list[Mapping[str, object]] = []
    for example in examples:
        if example.rows.get("corridor", {}) not in corridors:
            corridors.append(example.rows.get("corridor", {}))
    done: list[Tried] = []
    for corridor in corridors:
        alike = [example for example in examples if example.rows.get("corridor", {}) == corridor]
        verdicts = _verdicts(text, alike)
        done += [_judged(text, example, *verdict) for example, verdict in zip(alike, verdicts, strict=True)]
    return sorted(done, key=lambda one: one.number)


def _judged(text: AgreementText, example: LawExample, against: Rules, looking: frozenset[str]) -> Tried:
    return Tried(
        text.file, example.number, example.says, example.clauses, example.admitted, _failure(example, against, looking)
    )


def _failure(example: LawExample, against: Rules, looking: frozenset[str]) -> str:
    """What is otherwise than an example says."""
    blind = [name for name in example.clauses if name not in looking]
    if blind:
        return message("{clauses} can't refuse it: not looked at.", clauses=tuple(blind))
    refusing = [rule if isinstance(rule, str) else rule.id for rule in against]
    if not example.admitted and set(refusing) == set(example.clauses):
        return ""
    if example.admitted and not refusing:
        return ""
    if not refusing:
        return message("expected to be refused by {clauses}, is admitted.", clauses=example.clauses)
    told = tuple(message("{rule}: {sentence}", rule=_called(rule), sentence=rule_sentence(rule)) for rule in against)
    if example.admitted:
        return message("expected to be admitted, is refused by {rules:each}", rules=told)
    return message(
        "expected to be refused by {clauses}, is refused by {rules:each}", clauses=example.clauses, rules=told
    )


def _called(rule: str | Clause) -> str:
    return rule_label(rule) if isinstance(rule, str) else rule.id


def _verdicts(text: AgreementText, examples: Sequence[LawExample]) -> list[tuple[Rules, frozenset[str]]]:
    """Which rules are against each example, and which clauses look at it.

    The usual neutral columns are tried first; where a clause has something against them, others.
    """
    assert text.agreement is not None
    plain = LawExample(0, "", (), True)
    neutral = usual(text.agreement)
    verdicts = _against(text, [plain, *examples], [neutral] * (len(examples) + 1))
    if not verdicts[0][0]:
        return verdicts[1:]
    for more in (other_orders(text.agreement, neutral), None):
        candidates = other_workers(neutral) if more is None else more
        refusing = [len(rules) for rules, _ in _against(text, [plain] * len(candidates), candidates)]
        neutral = candidates[refusing.index(min(refusing))]
    return _against(text, examples, [neutral] * len(examples))


def _against(
    text: AgreementText, examples: Sequence[LawExample], neutral: Sequence[Neutral]
) -> list[tuple[Rules, frozenset[str]]]:
    programme = _programme(text, examples, neutral)
    rows = np.arange(len(examples))
    placements = PlacementTable(programme, rows, rows)
    agreement = placements.agreement()
    against: list[list[str | Clause]] = [[] for _ in examples]
    for rule, _, broken in (*pair_breaches(placements), *calendar_breaches(placements, agreement)):
        for row in np.flatnonzero(broken).tolist():
            against[row].append(rule)
    looking: list[set[str]] = [set() for _ in examples]
    for clause in programme.agreements[0].clauses:
        for row in np.flatnonzero(placements.matches(clause.where) & (agreement == 0)).tolist():
            looking[row].add(clause.id)
    return [(tuple(rules), frozenset(names)) for rules, names in zip(against, looking, strict=True)]


def _programme(text: AgreementText, examples: Sequence[LawExample], neutral: Sequence[Neutral]) -> Programme:
    """The programme that holds the examples, row by row. Raises `InputError` that names the examples at fault."""
    agreement = text.agreement
    assert agreement is not None
    settings = {
        "format": 1,
        "id": "examples",
        "as_of": agreement.effective_from,
        "horizon": {"start": agreement.effective_from, "end": agreement.effective_to + timedelta(3650)},
        "currency": "USD",
        "reference_weekly_income": 400,
        "objective": {"fill": 1.0},
    }
    content = {key: value for key, value in text.content.items() if key != "examples"}
    try:
        return Programme.from_frames(settings, [content], **frames(agreement, examples, neutral, _spoken(text)))
    except InputError as error:
        raise InputError([_of_example(text, examples, fault) for fault in error.faults]) from error


def _spoken(text: AgreementText) -> str:
    """Every language that some clause names, as well as it can be spoken."""
    named = {value for clause in text.clauses for value in vars(clause.rule).values() if isinstance(value, str)}
    return ";".join(f"{code}:{CEFR_LEVELS[-1]}" for code in sorted(named & languages()))


def _of_example(text: AgreementText, examples: Sequence[LawExample], fault: Fault) -> Fault:
    """A fault of a row as one of the example that the row is of."""
    if not 2 <= fault.row < len(examples) + 2:
        return replace(fault, file=text.file)
    number = examples[fault.row - 2].number
    return replace(fault, file=text.file, row=0, column=f"examples {number}: {fault.column}")
