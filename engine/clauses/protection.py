"""Whether a change of a clause protects workers more or less; each kind says in which direction its parameters do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from engine.clauses.base import Clause


class Protection(Enum):
    """What a change does to the protection of workers; ``UNCLEAR`` where it can't be said without the programme."""

    SAME = "same"
    MORE = "more"
    LESS = "less"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Point:
    """One point on which two versions of a clause differ: a parameter, its ``where``, or, with an empty ``parameter``,
    that there is one at all.
    """

    parameter: str
    before: Any
    after: Any
    protection: Protection


def protects(clause: Clause) -> bool:
    """Whether a clause protects workers by what it says."""
    by = clause.rule.protects
    return by is not None and (not by or any(getattr(clause.rule, name) is not None for name in by))


def points(before: Clause | None, after: Clause | None) -> tuple[Point, ...]:
    """On which points two versions of a clause differ, and what each does to the protection of workers.

    Clauses of different kinds differ as if the one were taken out and the other put in.
    """
    if before is None or after is None or type(before.rule) is not type(after.rule):
        gone = (Point("", before, None, _of_presence(before, Protection.LESS)),) if before is not None else ()
        new = (Point("", None, after, _of_presence(after, Protection.MORE)),) if after is not None else ()
        return (*gone, *new)
    return (*_parameters(before, after), *_wheres(before, after))


def protection_of(before: Clause | None, after: Clause | None) -> Protection:
    """What a change of a clause does to the protection of workers, all its points together."""
    done = {point.protection for point in points(before, after)} - {Protection.SAME}
    if not done:
        return Protection.SAME
    return done.pop() if len(done) == 1 else Protection.UNCLEAR


def reads_like_an_exception(clause: Clause, other: Clause) -> bool:
    """Whether a clause protects some of those whom ``other`` protects, and less."""
    narrower = other.where.holds(clause.where) and not clause.where.holds(other.where)
    if clause.rule.where_is_a_class or not narrower or type(clause.rule) is not type(other.rule):
        return False
    return bool(clause.rule.asks_more) and {Protection.LESS} == {
        point.protection for point in _parameters(other, clause)
    }


def _of_presence(clause: Clause, protection: Protection) -> Protection:
    return protection if protects(clause) else Protection.SAME


def _parameters(before: Clause, after: Clause) -> Iterator[Point]:
    for name, one in vars(before.rule).items():
        other = getattr(after.rule, name)
        if one != other:
            yield Point(name.rstrip("_"), one, other, _of_change(before, after, name))


def _of_change(before: Clause, after: Clause, name: str) -> Protection:
    by = before.rule.protects
    if not by or not (protects(before) or protects(after)):
        return Protection.SAME
    if name not in by:
        # A ceiling of what also has a floor protects nobody; what else a protection says may decide how far it reaches.
        return Protection.SAME if name in before.rule.asks_more else Protection.UNCLEAR
    one, other = getattr(before.rule, name), getattr(after.rule, name)
    if one is None or other is None:
        return Protection.MORE if one is None else Protection.LESS
    return Protection.MORE if (other - one) * by[name] > 0 else Protection.LESS


def _wheres(before: Clause, after: Clause) -> Iterator[Point]:
    if before.where == after.where:
        return
    protection = Protection.UNCLEAR
    if not protects(before) and not protects(after):
        protection = Protection.SAME
    elif not before.rule.where_is_a_class and before.where.holds(after.where):
        protection = Protection.LESS
    elif not before.rule.where_is_a_class and after.where.holds(before.where):
        protection = Protection.MORE
    yield Point("where", before.where, after.where, protection)
