"""A reason: a code of the format with the facts behind it, and the one place where each reason is put into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from engine.words import Message, msgid
from engine.words.english import in_english

# What stands before the dot is the code that files show.
WORDINGS: Mapping[str, str] = {
    "not_admitted.occupation": msgid("no order asks for an occupation that the worker has"),
    "not_admitted.rule": msgid("{rule} refuses {count} of {looked_at} orders looked at"),
    "not_admitted.fact": msgid("{rule} refuses {count} of {looked_at} orders looked at ({order}: {fact})"),
    "not_admitted.group": msgid("no order admits every member of the travel group"),
    "not_admitted.nobody": msgid("no registered worker is admitted"),
    "not_admitted.calendar": msgid(
        "{pairs} may do the work, and none of them has a calendar with it: stays, travel groups or promises forbid it"
    ),
    "not_admitted.nobody_else": msgid("nobody could come but the {here} who are on it"),
    "not_admitted.elsewhere": msgid(
        "of {admitted} who could come {here} are on it and {elsewhere} took another place in their turn"
    ),
    "outpriced.worker": msgid("{order} is worth {value:.6f}, its places cost {cost:.6f}"),
    "outpriced.holders": msgid(
        "{order} is worth {value:.6f}, each placement that could make room under {limit} is worth {least:.6f} or more"
    ),
    "outpriced.order": msgid("of {admitted} who could come {here} are on it and {elsewhere} have a better place"),
    "tied.worker": msgid("{order} is worth {value:.6f}, exactly as much as a placement that holds {limit}"),
    "limit_full.min_crew": msgid("{order} does not reach the least crew that it asks for"),
    "limit_full.worker": msgid("{limit} is full ({used:g} used), for {order}"),
    "limit_full.never": msgid("{limit} is too small for {order}"),
    "limit_full.crew": msgid("its least crew is {least}, only {admitted} could come"),
    "limit_full.crew_never": msgid("its least crew is {least}, {limit} lets fewer of {admitted} admitted through"),
    "limit_full.crew_elsewhere": msgid(
        "its least crew is {least}, {waiting} of those who could come have no placement, {elsewhere} have a better one"
    ),
    "limit_full.kept_free": msgid("{limit} has room for {order}, and refused all who rank this low when it was full"),
    "limit_full.kept_free_order": msgid(
        "{limit} keeps its places from {people} who want them: it refused all who rank that low when it was full"
    ),
    "limit_full.order": msgid("{limit} stands in the way of most of {waiting} waiting"),
    "left_within_gap.worker": msgid("{order} would gain {gain:.6f}"),
    "left_within_gap.full": msgid("{order} would gain {gain:.6f}, {limit} is full"),
    "left_within_gap.order": msgid("{waiting} of {admitted} who could come wait"),
}


# Where a value stands in a wording, and which values are texts.
_PLACE = re.compile(r"\\{([a-z_]+)(?::[^}]*)?\\}")
TEXTS = ("rule", "fact", "order", "limit")
# What `not_admitted.fact` adds to `not_admitted.rule`, in a cell of a table.
_FACT = re.compile(r"( orders looked at) \([^\r\n]*\)")


class Reason(NamedTuple):
    """Why somebody has no placement, or an order open places: a ``case`` of `WORDINGS` with its values."""

    case: str
    values: Mapping[str, Any] = {}

    @property
    def code(self) -> str:
        """The code of the format: ``not_admitted``, ``outpriced``, ``limit_full``, ``tied``, ``left_within_gap``."""
        return self.case.partition(".")[0]

    @property
    def sentence(self) -> Message:
        """The reason in words, a message."""
        return Message(WORDINGS[self.case], self.values)

    def __str__(self) -> str:
        return f"{self.code}: {in_english(WORDINGS[self.case], self.values)}"


def reason(case: str, /, **values: Any) -> Reason:
    """A reason of a case with its values. Raises `KeyError` for a case without words."""
    assert case in WORDINGS, case
    return Reason(case, values)


def read_reason(text: str) -> Reason | None:
    """The reason that a cell of a file tells in English, None for a text that no case says: what `str` of it wrote.

    Amounts are as exact as the cell has them; rules and facts stay texts.
    """
    code, _, told = text.partition(": ")
    for case, pattern in _patterns():
        found = pattern.fullmatch(told) if case.partition(".")[0] == code else None
        if found is not None:
            return Reason(case, {name: _amount(name, value) for name, value in found.groupdict().items()})
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What each case looks like, those with more values first: what one says may begin as another does."""
    ordered = sorted(WORDINGS.items(), key=lambda one: -one[1].count("{"))
    return tuple((case, re.compile(_PLACE.sub(_group, re.escape(text)))) for case, text in ordered)


def _group(place: re.Match[str]) -> str:
    name = place[1]
    return f"(?P<{name}>{'.+' if name in TEXTS else '-?[0-9.]+(?:e[-+]?[0-9]+)?'})"


def _amount(name: str, value: str) -> Any:
    if name in TEXTS:
        return value
    return int(value) if value.isdigit() else float(value)


def without_facts(table: str) -> str:
    """A table of reasons as files have them, without the facts of the persons whom they are about."""
    return _FACT.sub(r"\1", table)
