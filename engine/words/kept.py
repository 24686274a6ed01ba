"""Sentences kept as data: what is stored, or sent between processes as JSON, still knows its key and its values.

Invariant: ``sentences_of(json.loads(json.dumps(kept(x))))`` is worded in every language as ``x`` is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.words.message import Message
from engine.words.names import Name

_KEY = "sentence"
_VALUES = "values"
_DATE, _DECIMAL, _NAME = "date", "decimal", "name"


def kept(content: Any) -> Any:
    """Content as JSON can hold it: each message becomes an object with its key, its values and the English sentence."""
    if isinstance(content, Message):
        told = {name: _kept_value(value) for name, value in content.values.items()}
        return {_KEY: content.key, "plural": content.plural_key, _VALUES: told, "english": str.__str__(content)}
    if isinstance(content, Mapping):
        return {key: kept(one) for key, one in content.items()}
    if isinstance(content, list | tuple):
        return [kept(one) for one in content]
    return content


def sentences_of(content: Any) -> Any:
    """What `kept` was given, read from JSON: messages again; lists stay lists."""
    if isinstance(content, Mapping):
        if set(content) == {_KEY, "plural", _VALUES, "english"}:
            values = {name: _value(one) for name, one in content[_VALUES].items()}
            return Message(content[_KEY], values, content["plural"])
        return {key: sentences_of(one) for key, one in content.items()}
    return [sentences_of(one) for one in content] if isinstance(content, list) else content


def _kept_value(value: Any) -> Any:
    """A value of a message; what no file can hold is kept as it reads in English."""
    if isinstance(value, Message):
        return kept(value)
    if isinstance(value, Name):
        return {_NAME: list(value)}
    if isinstance(value, date):
        return {_DATE: value.isoformat()[:10]}
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if isinstance(value, list | tuple):
        return [_kept_value(one) for one in value]
    if isinstance(value, str | bool | int | float):
        return value
    plain = getattr(value, "item", None)  # a number of an array
    return plain() if callable(plain) else kept(getattr(value, "in_words", None) or str(value))


def _value(content: Any) -> Any:
    if isinstance(content, Mapping):
        if _KEY in content:
            return sentences_of(content)
        if _NAME in content:
            return Name(*content[_NAME])
        return date.fromisoformat(content[_DATE]) if _DATE in content else Decimal(content[_DECIMAL])
    return tuple(map(_value, content)) if isinstance(content, list) else content
