"""What the keys and values of clauses are called in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.words import Message, message, plural
from engine.words.names import country, language, region, sector

if TYPE_CHECKING:
    from engine.clauses.where import Where

KEYS = {
    "destination_country": message("country of destination"),
    "destination_region": message("region of destination"),
    "sector": message("sector"),
    "isco08": message("occupation"),
    "employer_id": message("employer"),
    "operator": message("operator"),
    "site_id": message("site"),
    "origin_country": message("country of origin"),
    "origin_region": message("region of origin"),
    "household_id": message("household"),
    "worker_class": message("class of worker (new, returning)"),
}
SEXES = {"F": message("women"), "M": message("men"), "X": message("people of sex X")}
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
EXITS = {
    "completed": message("as planned"),
    "early_return": message("by an early return"),
    "transferred": message("by a transfer"),
    "overstay": message("by an overstay"),
}
_NAMED = {
    "destination_country": country,
    "sector": sector,
    "origin_country": country,
    "destination_region": region,
    "origin_region": region,
}


def where_in_words(where: Where) -> tuple[Message, ...]:
    """What a placement must be for a clause to look at it, one message a condition."""
    return tuple(_conditions(where))


def class_of(where: Where) -> tuple[Message, ...]:
    """The class that a clause is about, one message a condition; everybody where it names none."""
    return where_in_words(where) or (message("all workers"),)


def _conditions(where: Where) -> Iterator[Message]:
    for key, values in where.words.items():
        if key == "sex":
            yield message("{people:or}", people=tuple(SEXES.get(value, value) for value in values))
        else:
            named = tuple(value_in_words(key, value) for value in values)
            yield message("{key} {values:or}", key=KEYS[key], values=named)
    if where.wants_returning is not None:
        yield class_in_words(where.wants_returning, where.returning_years)
    if where.recalled is not None:
        yield message("workers recalled by name") if where.recalled else message("workers not recalled by name")
    if where.start_between is not None:
        first, last = where.start_between
        yield message("placements that start from {first:long} to {last:long}", first=first, last=last)


def class_in_words(returning: bool, years: int) -> Message:
    """Who is a returning worker, or a new one."""
    if returning:
        return plural(
            "returning workers (a stay there ended in the {n} year before the start)",
            "returning workers (a stay there ended in the {n} years before the start)",
            n=years,
        )
    return plural(
        "new workers (no stay there ended in the {n} year before the start)",
        "new workers (no stay there ended in the {n} years before the start)",
        n=years,
    )


def share_limits(least: Decimal | None, most: Decimal | None) -> Message:
    """Between which shares something lies, where at least one is given."""
    if least is None:
        return message("at most {max:share}", max=Decimal(1) if most is None else most)
    if most is None:
        return message("at least {min:share}", min=least)
    return message("{min:share} to {max:share}", min=least, max=most)


def value_in_words(key: str, value: str) -> Any:
    """What a value of a key is called: a country, a region or a sector by its name, the rest as it stands."""
    return _NAMED.get(key, str)(value)


def days(count: int) -> Message:
    """So many days."""
    return plural("{n} day", "{n} days", n=count)


def period_in_words(first: date, last: date) -> Message:
    """From one day to another."""
    return message("{first:long} to {last:long}", first=first, last=last)


def within(least: int | None, most: int | None) -> Message:
    """What a number must be: from ``least`` to ``most``, where they are given."""
    if least is not None and most is not None:
        return message("{least} to {most}", least=least, most=most)
    if least is not None:
        return message("{least} or more", least=least)
    return message("a value that is known") if most is None else message("{most} or less", most=most)


def level_beside(code: str, level: int, asked: int) -> Message:
    """The level of a language that somebody has, 0 for none, beside the one that is asked; 1 to 6 are A1 to C2."""
    if not level:
        return message("no {language}, {asked} asked", language=language(code), asked=LEVELS[asked - 1])
    return message(
        "{language} {level}, {asked} asked", language=language(code), level=LEVELS[level - 1], asked=LEVELS[asked - 1]
    )
