"""The texts of real schemes as clauses with their sources: one file a scheme, quotas left to the preset.

Figures were read from the pages named in each clause, not from signed agreements: every one is illustrative
and needs a ministry's confirmation before it is used.
"""

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

CAVEAT = "Illustrative, needs ministry confirmation"


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("scenarios.schemes").joinpath(f"{name}.toml").read_text("utf-8"))


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
    text = _read(name)
    clauses = _of_origin(text["clause"], origin)
    known = {entry["id"] for entry in clauses}
    examples = [one for one in _of_origin(text["examples"], origin) if known.issuperset(_clauses_of(one))]
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


def _of_origin(entries: list[dict[str, Any]], origin: str) -> list[dict[str, Any]]:
    """Give the clauses or examples that hold for an origin."""
    own = [entry for entry in entries if origin in entry.get("origins", [origin])]
    return [{key: value for key, value in entry.items() if key != "origins"} for entry in own]


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
