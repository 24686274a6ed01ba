"""Whose run it is, and what in its input is another's: the words that must leave it in no file, problem or report.

A ministry of origin owns its workers and the agreements of its state. Workers of other states who are under way on the
same orders are read too, for they take places. Both ministries own the employers and sites that their corridors reach.
Planners see all by pseudonyms. What is told of everybody together is in `docs/service.md` (Whose data).
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from api.identity.access import MINISTRIES, ORIGIN
from engine.words import Message
from engine.words.names import Name

# Marks that ids are made of, so that W1 is not found in W12.
_TOKEN = re.compile(r"[\w.~#@/-]+")
_HIDDEN = "…"
WORKER_IDS = ("worker_id", "household_id", "travel_group_id", "origin_region")


@dataclass(frozen=True)
class Audience:
    """Who is told what comes of a run; ``hidden`` are the ids, names and regions that are another's."""

    role: str
    country: str
    hidden: frozenset[str]

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        return tuple(sorted((term for term in self.hidden if not _TOKEN.fullmatch(term)), key=len, reverse=True))

    def is_hidden(self, text: str) -> bool:
        """Whether a text names what is another's."""
        if not self.hidden:
            return False
        tokens = set(_TOKEN.findall(text))
        tokens |= {token.strip(".-/") for token in tokens}
        return not self.hidden.isdisjoint(tokens) or any(phrase in text for phrase in self._phrases)

    def redacted(self, text: str) -> str:
        """The text with dots in place of what is another's, and of whole lines after the first that name it: they tell
        more of it than its name.
        """
        if not self.is_hidden(text):
            return text
        if isinstance(text, Message) and not self.is_hidden(own := self._redacted_values(text)):
            return own
        first, *others = text.split("\n")
        for phrase in self._phrases:
            first = first.replace(phrase, _HIDDEN)
        told = [_HIDDEN if self.is_hidden(line) else line for line in others]
        return "\n".join([_TOKEN.sub(self._redact, first), *told])

    def _redacted_values(self, text: Message) -> Message:
        """A sentence with its values redacted, so that it can be worded still; one of several lines only as a text."""
        if "\n" in text:
            return text
        return Message(
            text.key, {name: self._redacted_value(one) for name, one in text.values.items()}, text.plural_key
        )

    def _redacted_value(self, value: Any) -> Any:
        if isinstance(value, Name):
            return _HIDDEN if value.code in self.hidden else value
        return self.redacted_content(value)

    def _redact(self, found: re.Match[str]) -> str:
        token = found.group()
        bare = token.strip(".-/")
        return token.replace(bare, _HIDDEN) if token in self.hidden or bare in self.hidden else token

    def redacted_content(self, content: Any) -> Any:
        """JSON with its texts redacted; entries whose name is another's are left out, items of lists that name it are
        dots.
        """
        if isinstance(content, str):
            return self.redacted(content)
        if isinstance(content, Mapping):
            return {key: self.redacted_content(one) for key, one in content.items() if not self.is_hidden(str(key))}
        return [self._redacted_item(one) for one in content] if isinstance(content, list | tuple) else content

    def _redacted_item(self, item: Any) -> Any:
        return _HIDDEN if isinstance(item, str) and self.is_hidden(item) else self.redacted_content(item)


def audience_of(role: str, country: str, programme: Path) -> Audience:
    """Who asked for a run, and what of the programme that it read is another's."""
    if role not in MINISTRIES:
        return Audience(role, country, frozenset())
    agreements = list(_agreements(programme / "agreements"))
    ours = [one for one in agreements if country in (one["origins"] if role == ORIGIN else [one["destination"]])]
    reached = {str(one["destination"]) for one in ours} | {country}
    own, others = _terms_of_employers(programme, reached)
    if role == ORIGIN:
        for row in _rows(programme / "workers.csv"):
            mine = row.get("origin_country") == country
            (own if mine else others).update(_cells(row, WORKER_IDS))
            if not mine:  # the rows of a count by state of origin
                others.add(f"origin_country={row.get('origin_country')}")
    others |= {str(one[name]) for one in agreements if one not in ours for name in ("id", "title") if name in one}
    own |= {str(one[name]) for one in ours for name in ("id", "title") if name in one}
    own |= {cell for row in _rows(programme / "orders.csv") for cell in _cells(row, ("order_id", "employer_id"))}
    return Audience(role, country, frozenset(others - own - {""}))


def _terms_of_employers(programme: Path, reached: set[str]) -> tuple[set[str], set[str]]:
    """What names employers and sites in the states that somebody reaches, and in others."""
    own: set[str] = set()
    others: set[str] = set()
    home: dict[str, bool] = {}
    for row in _rows(programme / "employers.csv"):
        home[row.get("employer_id") or ""] = near = (row.get("country") or "") in reached | {""}
        (own if near else others).update(_cells(row, ("employer_id", "name")))
    for row in _rows(programme / "sites.csv"):
        near = home.get(row.get("employer_id") or "", False)
        (own if near else others).update(_cells(row, ("site_id", "region")))
    return own, others


def _cells(row: Mapping[str, str | None], columns: Iterable[str]) -> set[str]:
    return {text for column in columns if (text := row.get(column))}


def _rows(path: Path) -> Iterator[dict[str, str | None]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _agreements(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.toml")):
        yield {"destination": "", "origins": [], **tomllib.loads(path.read_text("utf-8"))}
