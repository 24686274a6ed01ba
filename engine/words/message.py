"""A sentence for people that remembers what it is made of, so that it can be worded again in another language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from engine.words.english import in_english


class Message(str):
    """A sentence: as a `str` it is the English one; it knows its ``key`` (that sentence with ``{names}``) and values.

    ``plural_key`` is the key for several, empty where number plays no part; ``values["n"]`` then says how many.
    Values may be messages themselves, numbers, dates, tuples of these (a list in words), or plain texts such as ids.
    """

    __slots__ = ("key", "plural_key", "values")
    key: str
    plural_key: str
    values: Mapping[str, Any]

    def __new__(cls, key: str, values: Mapping[str, Any], plural_key: str = "") -> Self:
        """Make the English sentence of a key and its values."""
        chosen = plural_key if plural_key and values["n"] != 1 else key
        made = super().__new__(cls, in_english(chosen, values))
        made.key, made.plural_key, made.values = key, plural_key, values
        return made

    def __str__(self) -> str:
        """The message itself, so that ``str()`` of it, or of an error that holds it alone, still knows its key."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.key, dict(self.values), self.plural_key)


def message(key: str, /, **values: Any) -> Message:
    """A sentence of the catalogue: ``message("Order {order} is full.", order="o1")``.

    ``key`` is written where it is called, in full, for the catalogue is collected from the source. A placeholder may
    say how its value is shown: numbers as Python does it (``{part:.1%}``, ``{weeks:,.0f}``), exactly as an ``amount``
    or a ``share``; dates in words as ``long`` or ``month_day``; a tuple as a list with ``or`` or
    ``and``, or as ``each``, set apart by semicolons.
    """
    return Message(key, values)


def plural(one: str, several: str, /, n: float | Decimal, **values: Any) -> Message:
    """A sentence of the catalogue that goes by a number, ``n``: ``plural("{n} fault", "{n:,} faults", n=3)``."""
    return Message(one, {"n": n, **values}, several)


def msgid(key: str) -> str:
    """Mark a key of the catalogue that stands in a table and is made a message elsewhere, by `message`."""
    return key


def joined(*parts: str, by: str = " ") -> Message:
    """Several sentences as one."""
    names = [f"part{number}" for number in range(len(parts))]
    return Message(by.join(f"{{{name}}}" for name in names), dict(zip(names, parts, strict=True)))
