"""How values stand in English sentences; nothing is imported for it, since every message is made in English first."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.words.names import Name, name_in

Show = Callable[[Any, str], str]
# The word before the last entry of a list; entries of an ``each`` are long, and set apart by semicolons.
LIST_STYLES = {"or": "or", "and": "and"}
EACH = "each"
_FORMATTER = string.Formatter()


def in_english(key: str, values: Mapping[str, Any]) -> str:
    """A key with its values put in."""
    return filled(key, values, english)


def filled(text: str, values: Mapping[str, Any], show: Show) -> str:
    """A text with values put in for its ``{name}`` and ``{name:format}``, each as ``show(value, format)`` says."""
    return "".join(before + (show(values[name], form) if name else "") for before, name, form in pieces(text))


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[tuple[str, str, str], ...]:
    """The pieces of a key: (text before, name of the value or "", how it is shown)."""
    return tuple((before, name or "", form or "") for before, name, form, _ in _FORMATTER.parse(text))


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
    if isinstance(value, Name):
        return name_in(value, "en")
    if isinstance(value, tuple | list):
        return _listed([english(entry, "") for entry in value], form)
    if isinstance(value, int | float | Decimal):
        return number(value, form)
    return str(value)


def number(value: float | Decimal, form: str) -> str:
    """A number as Python shows it, but never a negative nothing ("-0.00").

    Without a format, and as an ``amount`` (thousands set apart) or a ``share`` (in per cent), it is shown exactly.
    """
    if not form and isinstance(value, int):
        return str(value)
    if form in ("", "amount", "share"):
        exact = Decimal(str(value)) * (100 if form == "share" else 1) or Decimal(0)
        plain = format(exact.quantize(1) if exact == exact.to_integral() else exact.normalize(), ",f" if form else "f")
        return f"{plain}%" if form == "share" else plain
    shown = format(value, form)
    if shown.startswith("-") and not any(digit in shown for digit in "123456789"):
        return ("+" if form.startswith("+") else "") + shown[1:]
    return shown


def _listed(texts: list[str], form: str) -> str:
    if form not in LIST_STYLES or len(texts) < 2:
        return ("; " if form == EACH else ", ").join(texts)
    return f"{', '.join(texts[:-1])} {LIST_STYLES[form]} {texts[-1]}"


def _day(value: date, form: str) -> str:
    if form in ("long", "month_day"):
        return f"{value.day} {value:%B}" + (f" {value.year}" if form == "long" else "")
    return value.isoformat()
