"""What a report on fairness tells people: tables whose cells are sentences, printed by a command or shown as a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.clauses.vocabulary import SEXES
from engine.planning.fairness.selection import KEYS
from engine.words import Message, message
from engine.words.names import region

Cell = Message | str


@dataclass(frozen=True)
class Heading:
    """The heading of a column, and whether its cells are numbers."""

    title: Message
    number: bool = True


@dataclass(frozen=True)
class ToldTable:
    """A table: each row has a cell for each heading."""

    title: Message
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Told:
    """A report: what it is about, its tables, and what stands below them."""

    about: Message
    tables: Sequence[ToldTable]
    notes: Sequence[Message] = ()


def headings(words: Iterable[Message], numbers: Iterable[Message], last: Iterable[Message] = ()) -> list[Heading]:
    """Columns of words, then of numbers, then of words again."""
    told = [Heading(title, False) for title in words], [Heading(title) for title in numbers]
    return [*told[0], *told[1], *(Heading(title, False) for title in last)]


def count(value: float) -> Cell:
    """A whole number, empty where it isn't known."""
    return "" if value != value else message("{n:,.0f}", n=float(value))


def share(value: float) -> Cell:
    """A share as a percentage with one digit, empty where it isn't known."""
    return "" if value != value else message("{n:.1%}", n=float(value))


def ratio(value: float) -> Cell:
    """A number with two digits, empty where it isn't known."""
    return "" if value != value else message("{n:,.2f}", n=float(value))


def p_value(value: float) -> Cell:
    """A p-value with three digits, empty where there is none."""
    return "" if value != value else message("{n:.3f}", n=float(value))


def group_cells(key: str, group: str) -> tuple[Cell, Cell]:
    """What groups are by, and a group's name."""
    if key == "origin_region":
        return KEYS[key], Message("{name}", {"name": region(group)})
    return KEYS[key], SEXES.get(group, group) if key == "sex" else _years(group)


def _years(band: str) -> Message:
    """An age band in words."""
    low, high = band.split("-")
    if low == "to":
        return message("up to {years} years", years=int(high))
    if high == "on":
        return message("{years} years or more", years=int(low))
    return message("{low} to {high} years", low=int(low), high=int(high))
