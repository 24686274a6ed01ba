"""How values stand in English sentences; nothing is imported for it, since every message is made in English first."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

Show = Callable[[Any, str], str]
_FORMATTER = string.Formatter()


def in_english(key: str, values: Mapping[str, Any]) -> str:
    """A key with its values put in."""
    return filled(key, values, english)


def filled(text: str, values: Mapping[str, Any], show: Show) -> str:
    """A text with values put in for its ``{name}`` and ``{name:format}``, each as ``show(value, format)`` says."""
    return "".join(before + (show(values[name], form) if name else "") for before, name, form in pieces(text))


def pieces(text: str) -> Iterator[tuple[str, str, str]]:
    """The pieces of a key: (text before, name of the value or "", how it is shown)."""
    for before, name, form, _ in _FORMATTER.parse(text):
        yield before, name or "", form or ""


def placeholders(text: str) -> set[str]:
    """The names of the values that a key has."""
    return {name for _, name, _ in pieces(text) if name}


def has_words(key: str) -> bool:
    """Whether a key says anything beside its values; what doesn't is in no catalogue."""
    return any(any(map(str.isalpha, before)) for before, _, _ in pieces(key))


def english(value: Any, form: str) -> str:
    """One value in English."""
    if isinstance(value, str):
        return value[:]
    if isinstance(value, bool) or value is None:
        raise TypeError(f"{value!r} says nothing to people; choose another sentence for it")
    if isinstance(value, date):
        return _day(value, form)
    if isinstance(value, tuple | list):
        return ", ".join(english(entry, form) for entry in value)
    if isinstance(value, int | float | Decimal):
        return number(value, form)
    return str(value)


def number(value: float | Decimal, form: str) -> str:
    """A number as Python shows it, but never a negative nothing ("-0.00")."""
    if not form:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
    shown = format(value, form)
    if shown.startswith("-") and not any(digit in shown for digit in "123456789"):
        return ("+" if form.startswith("+") else "") + shown[1:]
    return shown


def _day(value: date, form: str) -> str:
    if form == "long":
        return f"{value.day} {value:%B} {value.year}"
    return value.isoformat()
