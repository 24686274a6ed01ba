"""What a kind of clause is: five families, each with the small protocol that its members fill.

A kind is one file in ``engine/clauses/kinds``: its parameters, the column arithmetic that the problem uses, a check on
placements written apart from it, its sentences (in English; the catalogue has the other languages), and its examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from engine.clauses.views import (
    Array,
    Bools,
    Calendars,
    CalendarTable,
    CountedPlacements,
    Ints,
    Pairs,
    Placements,
    Season,
)
from engine.clauses.vocabulary import where_in_words
from engine.clauses.where import EVERYTHING, Where
from engine.words import Message, joined, message, msgid

SOURCE_KINDS = (msgid("text of law"), msgid("official page"), msgid("secondary"), msgid("illustrative"))


@dataclass(frozen=True, slots=True)
class Example:
    """A tiny programme and the verdict on it: rows of tables over sensible defaults, and who is placed where.

    ``placements`` are pairs of row numbers in ``workers`` and ``orders``; empty means worker 0 on order 0.
    ``clauses`` are further clauses that stand before the one under test, ``corridor`` changes the corridor's row.
    """

    holds: bool
    parameters: Mapping[str, Any]
    says: str
    workers: tuple[Mapping[str, Any], ...] = ({},)
    orders: tuple[Mapping[str, Any], ...] = ({},)
    history: tuple[Mapping[str, Any], ...] = ()
    placements: tuple[tuple[int, int], ...] = ((0, 0),)
    clauses: tuple[Mapping[str, Any], ...] = ()
    employer: Mapping[str, Any] = field(default_factory=dict)
    site: Mapping[str, Any] = field(default_factory=dict)
    corridor: Mapping[str, Any] = field(default_factory=dict)
    as_of: str = "2026-01-05"


@dataclass(frozen=True)
class Rule:
    """The base of every kind of clause."""

    kind: ClassVar[str]
    examples: ClassVar[tuple[Example, ...]] = ()
    may_name_sex: ClassVar[bool] = False
    # By parameter 1 where a greater value protects workers more, -1 where a smaller one does; empty where it is enough
    # that there is such a clause, None for a kind that protects nobody.
    protects: ClassVar[Mapping[str, int] | None] = None
    # By parameter 1 where a greater value refuses more, -1 where a smaller one does; absent, it then refuses nothing.
    asks_more: ClassVar[Mapping[str, int]] = {}
    # Pairs of parameters, the least and the most of one thing.
    ranges: ClassVar[tuple[tuple[str, str], ...]] = ()
    # Whether its `where` names a class that is counted, so that a wider one doesn't ask more.
    where_is_a_class: ClassVar[bool] = False
    # Whether it asks of stays and orders alone, so that an employer who asks somebody back may be told that it bars.
    told_to_employers: ClassVar[bool] = False
    # Whether a worker to whom a job is offered is told what it demands: who pays and provides what.
    told_in_offers: ClassVar[bool] = False

    def problems(self, where: Where) -> list[tuple[str, str]]:
        """What is wrong with the parameters taken together, as (parameter, what would be right)."""
        return []

    def sentences(self) -> Iterator[Message]:
        """What the clause demands: whole sentences that speak of the parameters given, and of no other."""
        raise NotImplementedError

    def goes_with(self, other: Self) -> bool:
        """Whether anything can keep both this clause and another of its kind; of itself, whether it can be kept."""
        for least, most in self.ranges:
            floors = [value for value in (getattr(self, least), getattr(other, least)) if value is not None]
            ceilings = [value for value in (getattr(self, most), getattr(other, most)) if value is not None]
            if floors and ceilings and max(floors) > min(ceilings):
                return False
        return True

    def follows_from(self, other: Self) -> bool:
        """Whether all that keeps another clause of its kind, over the same placements, keeps this one."""
        return all(
            self._asks_no_more(field.name, getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
        )

    def _asks_no_more(self, parameter: str, own: Any, other: Any) -> bool:
        direction = self.asks_more.get(parameter)
        if direction is None or own is None or other is None:
            return bool(own == other or (direction is not None and own is None))
        return bool(own <= other if direction > 0 else own >= other)

    def asks_nothing(self) -> bool:
        """Whether no placement can break the clause, whatever its day, its people and its past."""
        return False

    def days_of_a_placement(self) -> tuple[int | None, int | None]:
        """The fewest and the most days that the clause lets a single placement last, None where it says nothing."""
        return None, None

    def sentences_under(self, where: Where) -> Iterator[Message]:
        """What the clause demands, and of which placements."""
        yield from self.sentences()
        conditions = where_in_words(where)
        if len(conditions) == 1:
            yield message("It applies to: {condition}.", condition=conditions[0])
        elif conditions:
            yield message("It applies where all of this holds: {conditions:each}.", conditions=conditions)


class Gate(Rule):
    """Admits these pairs? Every gate that matches a pair must admit it."""

    def admits(self, pairs: Pairs) -> Array:
        """Truth for each pair, of any shape that broadcasts to the pairs'."""
        raise NotImplementedError

    def breaches(self, placements: Placements) -> Bools:
        """Truth for each placement that the clause forbids."""
        raise NotImplementedError

    def facts(self, placements: Placements) -> Sequence[Message]:
        """What stands against the clause in each of these placements, which it forbids: the fact beside the demand.

        A kind of yours may leave it out; its reasons then name the clause alone.
        """
        return ()


class Ledger(Rule):
    """May this calendar of stays, the past included, be?

    Each destination has a calendar of its own, unless ``zone`` names states whose stays make up one.
    """

    @property
    def zone(self) -> tuple[str, ...]:
        """The states whose stays are counted together, empty where each destination is by itself."""
        return ()

    def holds(self, calendars: Calendars) -> Bools:
        """Truth for each calendar in which the clause holds at every tested placement."""
        raise NotImplementedError

    def breaches(self, calendars: CalendarTable) -> Bools:
        """Truth for each tested placement at which the clause is broken."""
        raise NotImplementedError

    def surely_holds(self, past_days: Array, days_apart: Array, past_stays: Array, days: Array) -> Array:
        """Truth where a single placement of ``days`` days, ``days_apart`` after the last of ``past_stays`` stays of
        ``past_days`` days in all (each in the calendar that the clause looks at) and joined to none, keeps the clause
        for certain. False is always right. What surely holds also does where the placement is shorter or farther apart.
        """
        return np.asarray(False)


class Join(Rule):
    """One stay or two? Joins a placement to the row before it."""

    max_gap_days: int
    max_transfers: int


@dataclass(frozen=True, slots=True)
class LimitPart:
    """Who counts in a block of limits, and how much.

    A pair of worker w and order o counts ``coefficient`` in the rows ``key * slots_per_key + slot`` of its block, for
    ``key = key_of[worker_key[w], flags]`` (-1: in none) and each slot of
    ``slots[slot_offsets[o]:slot_offsets[o + 1]]``; ``flags`` is 1 where w is a returning worker (within
    ``returning_years``) on o, plus 2 where o recalls w by name.
    """

    worker_key: Ints
    key_of: Ints
    slot_offsets: npt.NDArray[np.int64]
    slots: Ints
    coefficient: float = 1.0
    returning_years: int = 3


@dataclass(frozen=True, slots=True)
class LimitBlock:
    """Rows ``sum of coefficients of what is chosen <= capacity``, with what a person calls each row.

    ``distinct_workers`` counts a worker once however many of his or her placements count in a row.
    """

    capacity: npt.NDArray[np.float64]
    key_names: tuple[str, ...]
    slot_names: tuple[str, ...]
    parts: tuple[LimitPart, ...]
    distinct_workers: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """What a check counts: placement i belongs to ``group[i]`` (-1: to none); ``capacity[g, p]`` for group and period.

    ``periods`` are inclusive pairs of days, None for the whole horizon; with ``rollover`` unused places move on.
    """

    group: npt.NDArray[np.int64]
    group_names: tuple[str, ...]
    capacity: npt.NDArray[np.int64]
    periods: tuple[tuple[Any, Any], ...] | None = None
    basis: str = "starts"
    rollover: bool = False


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a check of shares compares: ``inside / total`` of the placements marked, with exact bounds."""

    inside: Bools
    total: Bools
    least: Decimal | None
    most: Decimal | None


class Count(Rule):
    """Are these many allowed?"""

    def places(self) -> int | None:
        """The one number of places that the clause allows in all, None where it has several, a share, or none."""
        return None

    def takes_more(self) -> bool:
        """Whether one unit more can be asked: by its parameter ``count``."""
        return False

    def counted_in(self) -> tuple[tuple[date, date], ...]:
        """The periods in which placements are counted, both days included; empty for the whole horizon."""
        return ()

    def share_asked(self) -> tuple[Where, Decimal] | None:
        """Of which placements at least which share is asked for, None where no share is."""
        return None

    def limits(self, season: Season, where: Where, siblings: Mapping[str, Clause]) -> list[LimitBlock]:
        """The limit rows of the clause."""
        raise NotImplementedError

    def tallies(
        self, placements: CountedPlacements, where: Where, siblings: Mapping[str, Clause]
    ) -> list[Tally | Ratio]:
        """What the check counts."""
        raise NotImplementedError


class Reserve(Count):
    """Are places kept for a class within a cap? Names that cap by ``within``."""

    within: str

    def kept(self) -> int:
        """How many places are kept."""
        raise NotImplementedError

    def released_on(self) -> date | None:
        """From which day on they are open to everybody, None where never."""
        return None


@dataclass(frozen=True, slots=True)
class Version:
    """What a clause asks from a day on, by which text, empty where none is named."""

    day: date
    rule: Rule
    source: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of an agreement (``agreement_id``) or of the programme itself (empty ``agreement_id``).

    A clause may stand in a set or be a key whatever its parameters are: it is hashed by its name, which is unique
    within a programme. ``source_kind`` says how sure its source is, one of `SOURCE_KINDS` or empty. ``versions`` are
    what it asked and will ask, by day, where its parameters keep their past; ``rule`` is the one in force.
    """

    id: str
    rule: Rule
    source: str = ""
    where: Where = EVERYTHING
    agreement_id: str = ""
    source_kind: str = ""
    versions: tuple[Version, ...] = ()

    @property
    def name(self) -> str:
        """The clause's unique name within its programme."""
        return f"{self.agreement_id}|{self.id}" if self.agreement_id else self.id

    @property
    def sentence(self) -> Message:
        """The clause in words, without its name and article."""
        return joined(*self.rule.sentences_under(self.where), *self._dated())

    def _dated(self) -> Iterator[Message]:
        """From when on the clause asks what it asks, what it asked before, and what it will ask."""
        current = max((n for n, version in enumerate(self.versions) if version.rule is self.rule), default=0)
        for number, version in enumerate(self.versions):
            told = joined(*version.rule.sentences())
            if number == current:
                yield _since(version)
            elif number == current - 1:
                yield message("Before: {sentence}", sentence=told)
            elif number > current:
                yield message("From {day:long} on: {sentence}", day=version.day, sentence=told)

    def __hash__(self) -> int:
        return hash((self.agreement_id, self.id))


def _since(version: Version) -> Message:
    if version.source:
        return message("In force since {day:long} ({article}).", day=version.day, article=version.source)
    return message("In force since {day:long}.", day=version.day)
