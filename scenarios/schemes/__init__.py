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
    own = [entry for entry in text["clause"] if origin in entry.get("origins", [origin])]
    clauses = [{key: value for key, value in entry.items() if key != "origins"} for entry in own]
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
    }


def clause(clause_id: str, kind: str, source: str = CAVEAT, **parameters: Any) -> dict[str, Any]:
    """Write one clause; without a source it says that it is illustrative."""
    return {"id": clause_id, "kind": kind, "source": source, **parameters}
