"""Ids and labels that a person can't tell apart: by an invisible character, how an accent is composed, or case.

They stay two, since a programme says what it says; whoever reads it is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from engine.programme.schema import TABLES
from engine.words import Message, message, plural

MOST_TOLD = 10
# Concepts whose labels are somebody's own, not codes of a standard.
OWN_LABELS = ("household", "travel_group", "skill", "past_employer")


def lookalikes(ids: Mapping[str, pa.StringArray], vocabularies: Mapping[str, Sequence[str]]) -> Iterator[Message]:
    """A notice for each pair; ``ids`` by table, ``vocabularies`` by concept (see `engine.programme.schema`)."""
    for table, column in ids.items():
        yield from _told(TABLES[table].columns[0].name, _alike(column))
    for concept in OWN_LABELS:
        yield from _told(concept, _alike(pa.array(vocabularies.get(concept, ()), pa.string())))


def _told(place: str, groups: Iterable[list[str]]) -> Iterator[Message]:
    listed = list(groups)
    for first, second, *_ in listed[:MOST_TOLD]:
        yield message(
            "{column}: {first} and {second} look alike but are two.",
            column=place,
            first=ascii(first),
            second=ascii(second),
        )
    if len(listed) > MOST_TOLD:
        more = len(listed) - MOST_TOLD
        yield plural("{column}: and {n:,} more pair.", "{column}: and {n:,} more pairs.", n=more, column=place)


def _alike(texts: pa.StringArray) -> list[list[str]]:
    """Groups of texts that look alike, each with those that differ."""
    plain = pc.utf8_lower(texts)
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        plain = pc.utf8_lower(pc.utf8_normalize(pc.replace_substring_regex(texts, r"\p{Cf}", ""), "NFKC"))
    distinct, counts = plain.value_counts().flatten()
    many = distinct.filter(pc.greater(counts, 1))
    if not len(many):
        return []
    groups: dict[str, set[str]] = {}
    chosen = texts.filter(pc.is_in(plain, many)).to_pylist()
    for text in chosen:
        groups.setdefault(_plain(text), set()).add(text)
    return sorted(sorted(group) for group in groups.values() if len(group) > 1)


def _plain(text: str) -> str:
    shown = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFKC", shown).lower()
