"""The rates of the accounts: one TOML file of figures, each with its range, its source and its date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from engine.accounts.amounts import READINGS, Shares
from engine.audit.placement_table import PlacementTable
from engine.errors import CallError, Fault, InputError
from engine.programme.toml_files import parse_toml
from engine.words import message

DEFAULT = "rates.toml"
# What a rate may be narrowed by, and the table and column of a placement that say it; a sector is a prefix.
NARROWED_BY = {
    "origin": ("workers", "origin_country"),
    "destination": ("orders", "destination_country"),
    "sector": ("orders", "sector"),
}
KEYS = {"name", *NARROWED_BY, *READINGS, "source", "as_of"}


@dataclass(frozen=True)
class Rate:
    """A figure of the file: ``low <= middle <= high``, where it applies ("" is anywhere), who says so and of when."""

    name: str
    low: float
    middle: float
    high: float
    source: str
    as_of: date
    origin: str = ""
    destination: str = ""
    sector: str = ""

    @property
    def narrowness(self) -> tuple[int, int]:
        """How narrowly it applies: by how many things, then by how long a sector."""
        return sum(bool(getattr(self, key)) for key in NARROWED_BY), len(self.sector)

    def applies(self, placements: PlacementTable) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which placements it is for."""
        found = np.ones(placements.size, bool)
        for key, (table, column) in NARROWED_BY.items():
            if asked := getattr(self, key):
                told = placements.text(table, column).astype(str)
                found &= np.char.startswith(told, asked) if key == "sector" else told == asked
        return found


@dataclass(frozen=True)
class Watched:
    """Occupations whose absence is felt at home: those whose ISCO-08 codes begin with one of ``isco08``."""

    name: str
    isco08: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Rates:
    """All rates of a file, and the occupations that it watches."""

    rates: tuple[Rate, ...]
    watched: tuple[Watched, ...] = ()

    def named(self, name: str) -> list[Rate]:
        """The rates of a name, the widest first."""
        return sorted((rate for rate in self.rates if rate.name == name), key=lambda rate: rate.narrowness)

    def beginning(self, prefix: str) -> list[str]:
        """The names that begin so, in the order of the file."""
        return list(dict.fromkeys(rate.name for rate in self.rates if rate.name.startswith(prefix)))

    def of(self, name: str, placements: PlacementTable) -> Shares:
        """A rate for each placement, low, middle and high: shape (3, placements); the narrowest that applies counts.

        Raises `CallError` where the file has none for a placement.
        """
        found = np.full((len(READINGS), placements.size), np.nan)
        for rate in self.named(name):
            found[:, rate.applies(placements)] = np.array([[rate.low], [rate.middle], [rate.high]])
        missing = np.flatnonzero(np.isnan(found[0]))
        if len(missing):
            where = [str(placements.text(*column)[missing[0]]) for column in NARROWED_BY.values()]
            raise CallError(
                message(
                    "The rates have no {name} from {origin} to {destination} in sector {sector}.",
                    name=repr(name),
                    **dict(zip(NARROWED_BY, where, strict=True)),
                ),
                message("Add a [[rate]] of that name; one without origin, destination and sector holds everywhere."),
            )
        return found


def read_rates(path: Path | None = None) -> Rates:
    """Read a file of rates, or the one that comes with the accounts. Raises `InputError` with every fault."""
    if path is not None and not path.is_file():
        raise CallError(message("{file} is not a file.", file=str(path)))
    source: Any = files("engine.accounts").joinpath(DEFAULT) if path is None else path
    faults: list[Fault] = []
    content = parse_toml(source.read_bytes(), source.name, faults.append) or {}
    entries = content.get("rate", [])
    rates = [] if faults else list(_read(entries if isinstance(entries, list) else [], source.name, faults))
    if not faults and not rates:
        faults.append(Fault(source.name, 0, "rate", "", message("is missing"), message("one or more [[rate]] tables")))
    watched = list(_watched(content.get("watched", []), source.name, faults))
    if faults:
        raise InputError(faults)
    return Rates(tuple(rates), tuple(watched))


def _watched(entries: Any, file: str, faults: list[Fault]) -> Iterator[Watched]:
    for number, entry in enumerate(entries, 1):
        try:
            codes = tuple(entry["isco08"])
            if not codes or not all(isinstance(text, str) and text for text in (*codes, entry["name"])):
                raise TypeError
            yield Watched(entry["name"], codes, str(entry["source"]))
        except (KeyError, TypeError):
            expected = message("name, isco08 (a list of beginnings of codes) and source")
            faults.append(Fault(file, 0, f"watched {number}", "", message("is not right"), expected))


def _read(entries: list[Any], file: str, faults: list[Fault]) -> Iterator[Rate]:
    seen = set()
    for number, entry in enumerate(entries, 1):
        fault = _fault(entry) or (message("stands twice") if _place(entry) in seen else "")
        seen.add(_place(entry) if isinstance(entry, dict) else "")
        if fault:
            shown = str(entry.get("name", number) if isinstance(entry, dict) else number)
            faults.append(Fault(file, 0, f"rate {number}", shown, fault, EXPECTED))
        else:
            told: dict[str, Any] = {key: float(value) if key in READINGS else value for key, value in entry.items()}
            yield Rate(**told)


EXPECTED = message("name, low <= middle <= high, source and as_of, and whether it is narrowed by origin or the like")


def _place(entry: Any) -> tuple[str, ...]:
    return tuple(str(entry.get(key, "")) for key in ("name", *NARROWED_BY)) if isinstance(entry, dict) else ()


def _fault(entry: Any) -> str:
    if not isinstance(entry, dict):
        return message("is not a table")
    if unknown := sorted(set(entry) - KEYS):
        return message("has an unknown key {key}", key=unknown[0])
    if lacking := sorted(KEYS - set(NARROWED_BY) - set(entry)):
        return message("lacks {key}", key=lacking[0])
    if not all(isinstance(entry.get(key, ""), str) for key in ("name", "source", *NARROWED_BY)) or not entry["source"]:
        return message("has no text as name, source or what it is narrowed by")
    try:
        figures = [float(entry[reading]) for reading in READINGS]
    except (TypeError, ValueError):
        return message("has a figure that is no number")
    if not (np.isfinite(figures).all() and 0 <= figures[0] <= figures[1] <= figures[2]):
        return message("has no range from low over middle to high, of 0 or more")
    return "" if isinstance(entry["as_of"], date) else message("has no date as as_of")
