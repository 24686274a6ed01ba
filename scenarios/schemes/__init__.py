"""The texts of real schemes as clauses with their sources: one file a scheme, quotas left to the preset.

Figures were read from the pages named in each clause, not from signed agreements: every one is illustrative
and needs a ministry's confirmation before it is used.
"""

import tomllib
from datetime import date
from functools import cache
from typing import Any

from scenarios import catalogue

_FOR_WHICH = ("origins", "except_origins", "destinations", "over_all")
CAVEAT = "Illustrative, needs ministry confirmation"


@cache
def scheme_text(name: str) -> dict[str, Any]:
    """Read the file of a scheme."""
    return tomllib.loads((catalogue.SCHEMES / f"{name}.toml").read_text("utf-8"))


def over_all(name: str) -> list[dict[str, Any]]:
    """Give the clauses of a scheme that count the placements under all of its agreements together."""
    chosen = [entry for entry in scheme_text(name)["clause"] if entry.get("over_all")]
    return [_plain(entry) for entry in chosen]


def agreement(
    name: str,
    origin: str,
    destination: str,
    year: int,
    effective: tuple[date, date],
    more: list[dict[str, Any]],
) -> dict[str, Any]:
    """Make a year's agreement of one origin from a scheme's text, with clauses of its own after it.

    effective: first and last day on which an order under it may start.
    """
    text = scheme_text(name)
    clauses = _of_corridor(text["clause"], origin, destination)
    known = {entry["id"] for entry in clauses}
    own = _of_corridor(text["examples"], origin, destination)
    examples = [one for one in own if known.issuperset(_clauses_of(one))]
    return {
        "id": f"{origin}-{destination}-{name}-{year}",
        "version": f"{year}.1",
        "title": f"{text['title']}, {origin} to {destination}",
        "origins": [origin],
        "destination": destination,
        "sectors": text["sectors"],
        "effective_from": effective[0],
        "effective_to": effective[1],
        "source": f"{text['source']}. {CAVEAT}",
        "clause": [*clauses, *more],
        "examples": examples,
    }


def _of_corridor(entries: list[dict[str, Any]], origin: str, destination: str) -> list[dict[str, Any]]:
    """Give the clauses or examples that hold for a pair of countries."""
    return [
        _plain(entry)
        for entry in entries
        if origin in entry.get("origins", [origin]) and origin not in entry.get("except_origins", [])
        if destination in entry.get("destinations", [destination]) and not entry.get("over_all")
    ]


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    """Leave out for which countries an entry holds."""
    return {key: value for key, value in entry.items() if key not in _FOR_WHICH}


def _clauses_of(example: dict[str, Any]) -> list[str]:
    """Give the clauses that an example is about."""
    named = example["clause"]
    return [named] if isinstance(named, str) else named


def clause(clause_id: str, kind: str, source: str = CAVEAT, **parameters: Any) -> dict[str, Any]:
    """Write one clause; without a source it says that it is illustrative."""
    return {"id": clause_id, "kind": kind, "source": source, **_sureness(source), **parameters}


def _sureness(source: str) -> dict[str, Any]:
    """Say of what is ours, scaled or drawn that it is illustrative; of other sources nothing is said here."""
    own = CAVEAT in source or "illustrative" in source or "scaled" in source
    return {"source_kind": "illustrative"} if own else {}
