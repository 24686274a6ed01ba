"""Readers of clause parameters: each takes a TOML value and returns it checked; ValueError says what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, field, fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.words import Message, message

Reader = Callable[[Any], Any]
GREATEST_AMOUNT = 10**12
MOST_YEARS = 150
MOST_DAYS = 36_525
MOST_WEEKS = 53


def required(reader: Reader, called: str = "") -> Any:
    """A dataclass field for a parameter that every clause of the kind must give; ``called`` is its name for people."""
    return field(metadata={"reader": reader, "called": called})


def optional(reader: Reader, default: Any = None, called: str = "") -> Any:
    """A dataclass field for a parameter that a clause may leave out."""
    if default is MISSING:
        raise TypeError("an optional parameter needs a default")
    return field(default=default, metadata={"reader": reader, "called": called})


def parameter_in_words(rule: type | None, parameter: str) -> str:
    """What a parameter of a kind is called (a key as it stands where the kind is unknown, or calls it nothing)."""
    known = {one.name.rstrip("_"): one.metadata["called"] for one in fields(rule)} if rule else {}
    return Message(known[parameter], {}) if known.get(parameter) else parameter


def whole_number(value: Any) -> int:
    """A whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(message("a whole number from 0"))
    return value


def positive_number(value: Any) -> int:
    """A whole number from 1."""
    if whole_number(value) < 1:
        raise ValueError(message("a whole number from 1"))
    return int(value)


def number_of_years(value: Any) -> int:
    """A whole number of years from 1 to a long life."""
    if positive_number(value) > MOST_YEARS:
        raise ValueError(message("a whole number from 1 to {most}", most=MOST_YEARS))
    return int(value)


def number_of_days(value: Any) -> int:
    """A whole number of days from 0 to a century."""
    if whole_number(value) > MOST_DAYS:
        raise ValueError(message("a whole number from 0 to {most}", most=MOST_DAYS))
    return int(value)


def number_of_weeks(value: Any) -> int:
    """A whole number of weeks from 1 to a year."""
    if positive_number(value) > MOST_WEEKS:
        raise ValueError(message("a whole number from 1 to {most}", most=MOST_WEEKS))
    return int(value)


def amount(value: Any) -> Decimal:
    """A finite number from 0."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(message("a number from 0"))
    exact = Decimal(str(value))
    if not exact.is_finite() or not 0 <= exact <= GREATEST_AMOUNT:
        raise ValueError(message("a finite number from 0 to 1e12"))
    return exact


def share(value: Any) -> Decimal:
    """An exact decimal between 0 and 1."""
    try:
        exact = amount(value)
    except ValueError as error:
        raise ValueError(message("a share between 0 and 1")) from error
    if exact > 1:
        raise ValueError(message("a share between 0 and 1"))
    return exact


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError(message("true or false"))
    return value


def day(value: Any) -> date:
    """A TOML date."""
    if type(value) is not date:
        raise ValueError(message("a date such as 2026-05-01, without quotes"))
    return value


def word(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError(message("a text"))
    return value


def words(value: Any) -> tuple[str, ...]:
    """One text or a list of texts; several mean any of them."""
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise ValueError(message("a text or a list of texts"))
    return tuple(texts)


def countries(value: Any) -> tuple[str, ...]:
    """A list of two or more country codes (ISO 3166-1 alpha-2), each once."""
    expected = message("a list of two or more countries, each by its two letters and once")
    try:
        codes = words(value)
    except ValueError as error:
        raise ValueError(expected) from error
    if len(set(codes)) < max(len(codes), 2) or not all(re.fullmatch("[A-Z]{2}", code) for code in codes):
        raise ValueError(expected)
    return codes


def one_of(*allowed: str) -> Reader:
    """One of the given words."""

    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(message("one of {names}", names=tuple(allowed)))
        return str(value)

    return read


def any_of(*allowed: str) -> Reader:
    """One or several of the given words."""

    def read(value: Any) -> tuple[str, ...]:
        try:
            texts = words(value)
        except ValueError:
            texts = ("",)
        if not set(texts) <= set(allowed):
            raise ValueError(message("one or several of {names}", names=tuple(allowed)))
        return texts

    return read


def month_day(value: Any) -> str:
    """A day of every year as MM-DD."""
    if not isinstance(value, str) or not re.fullmatch(r"\d\d-\d\d", value):
        raise ValueError(message('a day of the year such as "12-15"'))
    try:
        date(2024, int(value[:2]), int(value[3:]))
    except ValueError as error:
        raise ValueError(message('a day of the year such as "12-15"')) from error
    return value


def day_pair(value: Any) -> tuple[date, date]:
    """Two dates, the first not after the second."""
    expected = message("two dates, the first not after the second")
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(expected)
    try:
        first, last = day(value[0]), day(value[1])
    except ValueError as error:
        raise ValueError(expected) from error
    if first > last:
        raise ValueError(expected)
    return first, last


def periods(value: Any) -> tuple[tuple[date, date], ...]:
    """A list of periods that follow one another without overlap."""
    expected = message("a list of [first day, last day], ordered and without overlap")
    if not isinstance(value, list) or not value:
        raise ValueError(expected)
    try:
        pairs = tuple(day_pair(entry) for entry in value)
    except ValueError as error:
        raise ValueError(expected) from error
    if any(later[0] <= earlier[1] for earlier, later in pairwise(pairs)):
        raise ValueError(expected)
    return pairs


def whole_numbers(value: Any) -> tuple[int, ...]:
    """A list of whole numbers from 0."""
    if not isinstance(value, list) or not value:
        raise ValueError(message("a list of whole numbers from 0"))
    try:
        return tuple(whole_number(entry) for entry in value)
    except ValueError as error:
        raise ValueError(message("a list of whole numbers from 0")) from error
