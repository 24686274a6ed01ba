"""Parameters that keep their past: a value from each day on, with the text that says so; one of them is in force.

hourly = { values = [
  { from = 2025-01-01, value = 11.1, source = "Decree 9 of 2024" },
  { from = 2026-01-01, value = 12.2, source = "Decree 4 of 2025" },
] }
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from engine.clauses import parameters
from engine.words import message

Fault = Callable[[str, Any, str, str], None]
_KEYS = {"from", "value", "source"}


def is_dated(value: Any) -> bool:
    """Whether a parameter is given as values by date."""
    return isinstance(value, dict) and "values" in value


def days_of_change(entry: Mapping[str, Any], fault: Fault) -> list[date]:
    """The days from which some parameter of a clause has another value, in order; what is wrong goes to ``fault``.

    Empty where no parameter is dated, or where one is wrong.
    """
    days: set[date] = set()
    sound = True
    for name, value in entry.items():
        if not is_dated(value):
            continue
        try:
            days |= set(_days(value))
        except ValueError as error:
            fault(name, value, message("is not right"), str(error))
            sound = False
    return sorted(days) if sound else []


def _days(value: Mapping[str, Any]) -> list[date]:
    """The days of a dated value. Raises `ValueError`."""
    expected = message("{{ values = [{{ from = date, value = ..., source = text }}] }}, the days one after another")
    entries = value["values"]
    if set(value) != {"values"} or not isinstance(entries, list) or not entries:
        raise ValueError(expected)
    if not all(isinstance(one, dict) and {"from", "value"} <= set(one) <= _KEYS for one in entries):
        raise ValueError(expected)
    days = [parameters.day(one["from"]) for one in entries]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError(expected)
    if not all(isinstance(one.get("source", ""), str) for one in entries):
        raise ValueError(expected)
    return days


def entry_on(entry: Mapping[str, Any], day: date) -> tuple[dict[str, Any], str]:
    """A clause as it is on a day, and the text that says so of what changed that day.

    A parameter that has no value yet that day is left out.
    """
    plain: dict[str, Any] = {}
    sources: list[str] = []
    for name, value in entry.items():
        if not is_dated(value):
            plain[name] = value
            continue
        past = [one for one in value["values"] if one["from"] <= day]
        if past:
            plain[name] = past[-1]["value"]
            sources += [past[-1]["source"]] if past[-1]["from"] == day and past[-1].get("source") else []
    return plain, "; ".join(dict.fromkeys(sources))
