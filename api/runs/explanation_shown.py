"""What an explanation says on its page: the engine's sentences, and tables of what was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.runs.plain_words import plainly
from api.runs.plan_words import Agreements
from engine.words import msgid
from engine.words.wording import spoken_language, worded_all

TITLES = {
    "worker": msgid("Why this worker is where he or she is, or nowhere"),
    "order": msgid("Why this order has the people that it has"),
    "placement": msgid("What hangs on this placement"),
    "clause": msgid("What this rule does"),
    "clash": msgid("Whether the promises can be kept"),
    "demand": msgid("How many places of this order any plan can fill"),
    "candidates": msgid("Who fits this order"),
    "alternatives": msgid("What else this worker could do"),
    "event": msgid("What has happened"),
}
RANKED = ("candidates", "alternatives")


def explanation_shown(kept: Mapping[str, Any], known: Agreements) -> dict[str, Any]:
    """An explanation as a page shows it: ``title`` (a key), ``paragraphs``, and the tables that there are."""
    about, language = str(kept["about"]), spoken_language()
    told = worded_all(dict(kept), language)
    lines = worded_all(plainly(kept["lines"], known), language)
    lines = lines[:2] if about in RANKED else lines
    if about == "worker":  # what was considered stands in a table
        heads = [place for place, line in enumerate(lines) if place and not line.startswith(" ")]
        lines = [lines[0], *(lines[heads[0] :] if heads else ())]
    return {
        "about": about,
        "title": TITLES.get(about, about),
        "paragraphs": paragraphs(lines),
        "considered": told.get("considered", ()),
        "rules": told.get("rules", {}),
        "ranked": [
            one | {"in_the_way": worded_all(plainly(before["in_the_way"], known, asks=True), language)}
            for one, before in zip(told.get("ranked", ()), kept.get("ranked", ()), strict=True)
        ],
    }


def paragraphs(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Lines as paragraphs, each with the indented lines that follow it."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith(" ") and found:
            found[-1][1].append(line.strip())
        else:
            found.append((line.strip(), []))
    return found
