"""Reads a programme folder (CSV tables and TOML) into plain rows, without judging them."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

Row = dict[str, str]
Clause = dict[str, Any]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Agreement:
    """One bilateral agreement."""

    id: str
    origins: list[str]
    destination: str
    sectors: list[str]
    effective_from: date
    effective_to: date
    clauses: list[Clause]


@dataclass(frozen=True)
class Programme:
    """A whole programme: rows keyed by their ids, cells still as the text that stands in the file."""

    as_of: date
    horizon_start: date
    horizon_end: date
    max_placements_per_worker: int
    reference_weekly_income: Fraction
    objective: dict[str, Fraction]
    tiers: bool
    clauses: list[Clause]
    agreements: list[Agreement]
    workers: dict[str, Row]
    orders: dict[str, Row]
    employers: dict[str, Row]
    sites: dict[str, Row]
    history: dict[str, list[Row]]
    preferences: dict[str, list[Row]]
    corridors: dict[Pair, Row]
    commitments: dict[Pair, Row]
    recalls: set[Pair]
    exclusions: set[Pair]
    scores: dict[Pair, Fraction]


@cache
def number(text: str) -> Fraction:
    """Return the exact number in a cell, 0 where the cell is empty."""
    return Fraction(text) if text else Fraction(0)


@cache
def day(text: str) -> date | None:
    """Return the date in a cell, None where the cell is empty."""
    return date.fromisoformat(text) if text else None


def first_day(order: Row) -> date:
    """Return the first day of an order or of a past stay."""
    return date.fromisoformat(order["start_date"])


def last_day(order: Row) -> date:
    """Return the last day, itself included, of an order or of a past stay."""
    return date.fromisoformat(order["end_date"])


def items(text: str) -> list[str]:
    """Return the entries of a list inside a cell."""
    return [item for item in text.split(";") if item]


def labelled(text: str) -> dict[str, str]:
    """Return the `label:value` entries of a list inside a cell as a dict."""
    parts = [item.partition(":") for item in items(text)]
    return {label: value for label, _, value in parts}


def _table(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, restval=""))


def _toml(path: Path) -> dict[str, Any]:
    # Floats become decimals, for a share of 0.29 must stay exactly 29 hundredths.
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _agreement(path: Path) -> Agreement:
    content = _toml(path)
    return Agreement(
        id=content["id"],
        origins=content["origins"],
        destination=content["destination"],
        sectors=content.get("sectors", []),
        effective_from=content["effective_from"],
        effective_to=content["effective_to"],
        clauses=content.get("clause", []),
    )


def _by_id(rows: Iterable[Row], key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows}


def _by_worker(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["worker_id"], []).append(row)
    return grouped


def _pair(row: Row) -> Pair:
    return row["worker_id"], row["order_id"]


def read(folder: Path) -> Programme:
    """Read a programme folder, trusting it to be valid."""
    content = _toml(folder / "programme.toml")
    weights = {name: weight for name, weight in content["objective"].items() if name != "tiers"}
    corridors = _table(folder, "corridors")
    return Programme(
        as_of=content["as_of"],
        horizon_start=content["horizon"]["start"],
        horizon_end=content["horizon"]["end"],
        max_placements_per_worker=content.get("max_placements_per_worker", 1),
        reference_weekly_income=Fraction(content["reference_weekly_income"]),
        objective={name: Fraction(weight) for name, weight in weights.items()},
        tiers="tiers" in content["objective"],
        clauses=content.get("clause", []),
        agreements=[_agreement(path) for path in sorted((folder / "agreements").glob("*.toml"))],
        workers=_by_id(_table(folder, "workers"), "worker_id"),
        orders=_by_id(_table(folder, "orders"), "order_id"),
        employers=_by_id(_table(folder, "employers"), "employer_id"),
        sites=_by_id(_table(folder, "sites"), "site_id"),
        history=_by_worker(_table(folder, "history")),
        preferences=_by_worker(_table(folder, "preferences")),
        corridors={(row["origin_country"], row["destination_country"]): row for row in corridors},
        commitments={_pair(row): row for row in _table(folder, "commitments")},
        recalls={_pair(row) for row in _table(folder, "recalls")},
        exclusions={_pair(row) for row in _table(folder, "exclusions")},
        scores={_pair(row): number(row["score"]) for row in _table(folder, "scores")},
    )
