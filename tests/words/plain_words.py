"""What no sentence for people may hold, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.words.names import name_in, sector
from engine.words.pseudo import ACCENTED
from engine.words.wording import worded

WRONG = re.compile(
    r"None|True|False|[{}<>]|no limit \(or|-0(?:[.,]0+)?(?![\d.,])|(?<![\w-])a (?:order|employer|id|age)\b|[a-z]_[a-z]"
    r"|\s[,.;:)](?!\d)|\.\.(?!\.)|\(\)|: *[.;]|^\s*$"
)
# French sets a space before these.
SPACED_IN_FRENCH = re.compile(r"\s(?=[;:])")
DOUBLED = re.compile(r"\b(\w+)\s+\1\b", re.IGNORECASE)
# "nous nous" and the like are right in no sentence of ours; "que que" neither.
PLAIN_WORD = re.compile(r"(?<![\w.-])[a-zA-Z]{3,}(?![\w-])")


def sector_words(codes: Iterable[str]) -> frozenset[str]:
    """The words of which the English names of sectors are made: names from codes, no words of ours."""
    return frozenset(re.findall(r"[A-Za-z]+", " ".join(name_in(sector(code), "en") for code in codes)))


def wrong_in(sentence: str, language: str) -> list[str]:
    """What is wrong with a sentence: values that are no words, two blanks or words of a kind, signs out of place."""
    looked_at = SPACED_IN_FRENCH.sub("", sentence) if language.startswith("fr") else sentence
    found = [match[0] for match in WRONG.finditer(looked_at)]
    found += [match[0] for match in DOUBLED.finditer(looked_at) if not match[1].isdigit()]
    return found + (["two blanks"] if "  " in looked_at.strip() else [])


def unmarked_words(sentence: str, own: frozenset[str] = frozenset()) -> set[str]:
    """The words that do not come from the catalogue, ``own`` (names and ids of the programme) apart.

    In the language that nobody speaks each letter of the catalogue's but five (f, m, q, v, x) has an accent.
    """
    plain = {match[0] for match in PLAIN_WORD.finditer(worded(sentence, ACCENTED))}
    return {word for word in plain if set(word.lower()) - set("fmqvx")} - own
