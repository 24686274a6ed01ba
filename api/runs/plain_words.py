"""Sentences of the engine as pages say them: rules and limits by agreement and by what they ask, rounded amounts.

Files and the interface keep the names of rules, which other programs look up, and every decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.runs.plan_words import Agreements
from engine.words import Message
from engine.words.english import pieces

CLAUSE = "{clause} ({article})"  # how the engine names a clause with its article
EXACT = ("4f", "6f")  # forms of amounts that are told exactly in files


def plainly(told: Any, known: Agreements, asks: bool = False) -> Any:
    """Sentences, and lists and tables of them, with each name of a rule or limit in words, and amounts to cents.

    With ``asks`` what a clause asks stands beside its name, where the sentence doesn't say it.
    """
    if isinstance(told, Message):
        return _sentence(told, known, asks)
    if isinstance(told, str):
        return known.named(told, asks) or told
    if isinstance(told, Mapping):
        return {name: plainly(one, known, asks) for name, one in told.items()}
    return [plainly(one, known, asks) for one in told] if isinstance(told, list | tuple) else told


def _sentence(told: Message, known: Agreements, asks: bool) -> Message:
    if told.key == CLAUSE and (named := known.named(str(told.values["clause"]), asks)) is not None:
        return named
    forms = {name: form for _, name, form in pieces(told.key) if name}
    values = {name: _value(value, forms.get(name, ""), known, asks) for name, value in told.values.items()}
    return Message(told.key, values, told.plural_key)


def _value(value: Any, form: str, known: Agreements, asks: bool) -> Any:
    if isinstance(value, int | float) and form.endswith(EXACT):
        return Message("{n:+,.2f}" if form.startswith("+") else "{n:,.2f}", {"n": value})
    return plainly(value, known, asks) if isinstance(value, str | list | tuple) else value
