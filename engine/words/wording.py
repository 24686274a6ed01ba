"""Words messages in a language: the sentence from the catalogue, numbers, dates and lists as that language has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.words.catalogue import ENGLISH, Tongue, known_language, tongue
from engine.words.english import EACH, LIST_STYLES, english, filled, number
from engine.words.message import Message
from engine.words.names import Name, name_in

if TYPE_CHECKING:
    from babel import Locale

_LANGUAGE: ContextVar[str] = ContextVar("language", default=ENGLISH)
_NUMBER = re.compile(r"[0-9][0-9,.]*")


def worded(text: str, language: str) -> str:
    """A message in a language; any other text is an id, a name or somebody's own words and stays as it is."""
    if not isinstance(text, Message):
        return text
    if language == ENGLISH:
        return str.__str__(text)
    spoken = tongue(language)
    chosen = spoken.text(text.key, text.plural_key, text.values.get("n", 1))
    return filled(chosen, text.values, lambda value, form: _shown(value, form, language, spoken))


def worded_all(value: Any, language: str) -> Any:
    """A value with every message in it worded: in lists, tuples and dicts, and in the fields of a dataclass."""
    if isinstance(value, str):
        return worded(value, language)
    if isinstance(value, dict):
        return {key: worded_all(entry, language) for key, entry in value.items()}
    if isinstance(value, list):
        return [worded_all(entry, language) for entry in value]
    if type(value) is tuple:
        return tuple(worded_all(entry, language) for entry in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: worded_all(getattr(value, one.name), language) for one in fields(value)})
    return value


def say(text: str) -> str:
    """A message in the language that is spoken here (see `speaking`)."""
    return worded(text, _LANGUAGE.get())


def shown(value: float | Decimal | date, form: str = "") -> str:
    """A number or a date in the language that is spoken here."""
    return say(Message("{value:" + form + "}", {"value": value}))


def spoken_language() -> str:
    """The language that is spoken here, a tag."""
    return _LANGUAGE.get()


def speak(tag: str) -> None:
    """Speak a language from now on. Raises `CallError` for one that is not spoken."""
    _LANGUAGE.set(known_language(tag))


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = _LANGUAGE.set(known_language(tag))
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def _shown(value: Any, form: str, language: str, spoken: Tongue) -> str:
    """One value in a language."""
    if isinstance(value, Message):
        return worded(value, language)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return english(value, form)
    if isinstance(value, date):
        return _day(value, form, spoken.locale)
    if isinstance(value, Name):
        return name_in(value, str(spoken.locale))
    if isinstance(value, tuple | list):
        return _listed([_shown(entry, "", language, spoken) for entry in value], form, spoken.locale)
    if isinstance(value, int | float | Decimal):
        return localised(number(value, form), spoken.locale)
    told = getattr(value, "told", None)  # an error says itself in a language
    return told(language) if callable(told) else english(value, form)


def localised(shown: str, locale: Locale) -> str:
    """A number as Python shows it with the separators of a language: ``1,234.5`` is ``1 234,5`` in French."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    signs = {",": get_group_symbol(locale), ".": get_decimal_symbol(locale)}
    swapped = _NUMBER.sub(lambda found: "".join(signs.get(sign, sign) for sign in found[0]), shown)
    return swapped.replace("%", _percent(locale)) if shown.endswith("%") else swapped


@cache
def _percent(locale: Locale) -> str:
    """The per cent sign with the space that a language sets before it."""
    from babel.numbers import format_percent

    return format_percent(0, locale=locale).removeprefix("0")


def _day(value: date, form: str, locale: Locale) -> str:
    from babel.dates import format_date, format_skeleton

    if form == "month_day":
        return str(format_skeleton("MMMMd", value, locale=locale))
    return str(format_date(value, "long", locale=locale)) if form == "long" else value.isoformat()


def _listed(texts: list[str], form: str, locale: Locale) -> str:
    from babel.lists import format_list

    if form not in LIST_STYLES:
        return ("; " if form == EACH else ", ").join(texts)
    return format_list(texts, "or" if form == "or" else "standard", locale)
