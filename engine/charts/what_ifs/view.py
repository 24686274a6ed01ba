"""What a chart of what-ifs may look at: branches beside their base, and the axes along which a sweep varies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.charts.plan_view import NARROW_UP_TO, WIDE
from engine.words import Message, joined, message
from engine.words.catalogue import known_language, tongue
from engine.words.wording import worded

if TYPE_CHECKING:
    from engine.planning.branches import Outcome

TIE = 1e-6
# Less would be told as 0.0%.
LEAST_PART = 0.0005


@dataclass(frozen=True)
class Measure:
    """A number that branches are compared by: its ``name`` in an outcome's totals, in words, its unit, and whether
    charts and tables show it.
    """

    name: str
    words: str
    unit: str
    drawn: bool = True
    tabled: bool = True

    @property
    def heading(self) -> Message:
        """The measure with its unit."""
        if str(self.unit) == str(self.words):
            return message("{measure}", measure=self.words)
        return message("{measure} ({unit})", measure=self.words, unit=self.unit)


@dataclass(frozen=True)
class SweepAxis:
    """One thing that varies: its ``values`` in order, and which of them is the season as it is (None if none is)."""

    name: str
    values: Sequence[Any]
    base: int | None = None

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers."""
        return all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in self.values)


@dataclass(frozen=True)
class BranchesView:
    """Branches beside their base. With ``axes`` they are the points of a sweep, the last axis changing fastest.

    A chart is drawn at most ``width`` pixels wide. Raises `CallError` for a language without a catalogue.
    """

    base: Outcome
    branches: Sequence[Outcome]
    measures: Sequence[Measure]
    axes: Sequence[SweepAxis] = ()
    language: str = "en"
    width: int = WIDE

    def __post_init__(self) -> None:
        known_language(self.language)

    @property
    def sound(self) -> Sequence[Outcome]:
        """The branches that have a plan."""
        return [one for one in self.branches if not one.failure]

    @property
    def narrow(self) -> bool:
        """Whether it is drawn for a telephone."""
        return self.width < NARROW_UP_TO

    @property
    def locale(self) -> str:
        """How the language writes numbers and names of countries, such as ``es_419``."""
        return str(tongue(self.language).locale)

    def say(self, text: str) -> str:
        """A message in the language of the view; any other text stays as it is."""
        return worded(text, self.language)

    def difference(self, one: Outcome, measure: Measure) -> float:
        """What a branch has more than the base."""
        return one.totals[measure.name] - self.base.totals[measure.name]

    def changes(self, one: Outcome, measure: Measure) -> bool:
        """Whether a branch has more or less of a measure than the base."""
        return abs(self.difference(one, measure)) > TIE

    @property
    def drawn(self) -> list[Measure]:
        """The measures that charts show."""
        return [measure for measure in self.measures if measure.drawn]

    def changing(self) -> list[Measure]:
        """The measures that charts show and any branch changes."""
        return [measure for measure in self.drawn if any(self.changes(one, measure) for one in self.sound)]

    def unchanged_in_words(self) -> list[str]:
        """A sentence on the measures that no branch changes, each with what it is; none where all change."""
        same = [measure for measure in self.drawn if measure not in self.changing()]
        if not same or not self.sound:
            return []
        told = tuple(
            message("{measure}: {value:,.0f}", measure=measure.words, value=self.base.totals[measure.name])
            for measure in same
        )
        return [self.say(message("The same in all of them: {measures:each}.", measures=told))]

    def failed_in_words(self) -> list[str]:
        """A sentence on the branches that have no plan; none where all have one."""
        names = tuple(one.title or one.id for one in self.branches if one.failure)
        return [self.say(message("Without a plan, hence not drawn: {names:each}.", names=names))] if names else []

    def proof_in_words(self) -> str:
        """How large a difference of the objective must be to prove anything."""
        widest = max((one.bound - one.totals["objective"] for one in (self.base, *self.sound)), default=0.0)
        if widest <= TIE * max(1.0, self.base.totals["objective"]):
            return self.say(message("Every plan here is proved the best; differences are exact."))
        return self.say(
            message(
                "Plans are proved to within {widest:,.1f} weighted weeks of the best: smaller differences of the "
                "objective prove nothing.",
                widest=widest,
            )
        )

    def change_in_words(self, one: Outcome, measure: Measure) -> str:
        """What a branch has more than the base, with its sign, and in per cent of the base."""
        change, before = self.difference(one, measure), self.base.totals[measure.name]
        if not self.changes(one, measure):
            return self.say(message("as it is"))
        if not before or abs(change / before) < LEAST_PART:
            return self.say(message("{change:+,.0f}", change=change))
        return self.say(message("{change:+,.0f} ({part:+.1%})", change=change, part=change / before))

    def base_in_words(self, measure: Measure) -> str:
        """A measure with its unit and what it is in the base."""
        told = message("as it is {value:,.0f} {unit}", value=self.base.totals[measure.name], unit=measure.unit)
        text = self.say(joined(measure.words, told, by=": "))
        return text[:1].upper() + text[1:]
