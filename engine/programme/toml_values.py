"""Readers of single values of TOML files; each raises `ValueError` with what would be right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from engine.clauses import parameters
from engine.programme import codes
from engine.programme.cells import is_label
from engine.programme.clauses import ID_RULE, is_id
from engine.words import message

GREATEST_WEIGHT = 1_000_000


def exactly_one(value: Any) -> int:
    """The one format that there is."""
    if value != 1 or isinstance(value, bool):
        raise ValueError(message("1, the only format so far"))
    return 1


def an_id(value: Any) -> str:
    """An id."""
    if not isinstance(value, str) or not is_id(value):
        raise ValueError(ID_RULE)
    return value


def a_text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ValueError(message("a text"))
    return value


def a_table(value: Any) -> dict[str, Any]:
    """A table of a TOML file."""
    if not isinstance(value, dict):
        raise ValueError(message("a table of weights"))
    return value


def a_currency(value: Any) -> str:
    """A currency by its ISO 4217 code."""
    if not isinstance(value, str) or value not in codes.currencies():
        raise ValueError(message("an ISO 4217 code such as USD"))
    return str(value)


def a_positive_amount(value: Any) -> Decimal:
    """An amount above 0."""
    exact = parameters.amount(value)
    if exact <= 0:
        raise ValueError(message("a number above 0"))
    return exact


def a_weight(value: Any) -> Decimal:
    """A weight of the objective."""
    exact = parameters.amount(value)
    if exact > GREATEST_WEIGHT:
        raise ValueError(message("a number from 0 to {greatest}", greatest=GREATEST_WEIGHT))
    return exact


def a_horizon(value: Any) -> tuple[date, date]:
    """The first and the last day of a horizon."""
    if not isinstance(value, dict) or set(value) != {"start", "end"}:
        raise ValueError(message("{{ start = date, end = date }}"))
    return parameters.day_pair([value["start"], value["end"]])


def a_country(value: Any) -> str:
    """A country by its ISO 3166-1 code."""
    if not isinstance(value, str) or value not in codes.countries():
        raise ValueError(message("an ISO 3166-1 alpha-2 code such as CA"))
    return str(value)


def codes_of(concept: str) -> Callable[[Any], tuple[str, ...]]:
    """What reads a list of codes of a concept."""

    def read(value: Any) -> tuple[str, ...]:
        if concept == "sector prefix" and value == []:
            return ()
        entries = parameters.words(value)
        for entry in entries:
            right = is_label("country", entry) if concept == "country" else _is_sector_prefix(entry)
            if not right:
                countries = message("a list of ISO 3166-1 alpha-2 codes")
                raise ValueError(countries if concept == "country" else message("a list of ISIC prefixes"))
        return entries

    return read


def _is_sector_prefix(text: str) -> bool:
    return len(text) <= 5 and text[:1] in set("ABCDEFGHIJKLMNOPQRSTU") and (text[1:].isdigit() or len(text) == 1)
