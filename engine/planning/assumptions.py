"""What simulations assume: one file of values, each with its source, of which a file of one's own replaces some."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from engine.errors import CallError, Fault, InputError
from engine.plan.plan_files import csv_bytes
from engine.spreadsheet_text import neutral_table
from engine.words import message

DEFAULT = Path(__file__).with_name("assumptions.toml")


@dataclass(frozen=True)
class Assumptions:
    """Values by ``part.name``, with their sources."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]

    def number(self, name: str) -> float:
        """A single number."""
        return float(self.values[name])

    def span(self, name: str) -> tuple[int, int]:
        """The least and the most of something, in whole units, both inclusive."""
        low, high = self.values[name]
        return int(low), int(high)

    def odds(self, name: str) -> dict[str, float]:
        """Numbers by name."""
        return {key: float(value) for key, value in self.values[name].items()}

    def write(self, file: Path) -> None:
        """Write what was assumed as a table: name, value, source."""
        rows = [
            {"name": name, "value": json.dumps(value), "source": self.sources[name]}
            for name, value in self.values.items()
        ]
        file.write_bytes(csv_bytes(neutral_table(pa.Table.from_pylist(rows))))


def read_assumptions(file: Path | None = None) -> Assumptions:
    """The assumptions that come with the software, those of ``file`` in their place.

    Raises `CallError` where there is no such file, and `InputError` for a name that isn't known, a value of another
    kind than the one it replaces, or a value without a source.
    """
    found = _entries(DEFAULT)
    if file is not None:
        if not file.is_file():
            raise CallError(
                message("There are no assumptions {path}.", path=file), message("Name a TOML file with some of them.")
            )
        own = _own_entries(file)
        faults = [fault for name, entry in own.items() if (fault := _fault(file, name, entry, found)) is not None]
        if faults:
            raise InputError(faults)
        found |= own
    return Assumptions(
        {name: entry["value"] for name, entry in found.items()},
        {name: str(entry["source"]) for name, entry in found.items()},
    )


def _entries(file: Path) -> dict[str, Any]:
    content = tomllib.loads(file.read_text("utf-8"))
    return {
        f"{part}.{name}": entry
        for part, entries in content.items()
        for name, entry in (entries.items() if isinstance(entries, dict) else [("", entries)])
    }


def _own_entries(file: Path) -> dict[str, Any]:
    try:
        return _entries(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        told = message("is not TOML ({error})", error=str(error))
        raise InputError([Fault(file.name, 0, "", "", told, message("a TOML file"), "assumption")]) from error


def _fault(file: Path, name: str, entry: Any, known: Mapping[str, Any]) -> Fault | None:
    """What is wrong with one entry of a file, if anything."""

    def fault(problem: str, expected: str) -> Fault:
        return Fault(file.name, 0, name, str(entry), problem, expected, "assumption")

    if name not in known:
        return fault(message("is no assumption"), message("one of {names}", names=tuple(known)))
    if not isinstance(entry, dict) or not str(entry.get("source", "")).strip():
        return fault(message("has no source"), message('value = ... and source = "..."'))
    if not _alike(entry.get("value"), known[name]["value"]):
        return fault(
            message("is not of the right kind"), message("a value like {value}, 0 or more", value=known[name]["value"])
        )
    return None


def _alike(one: Any, other: Any) -> bool:
    """Whether a value may stand for another: numbers of 0 or more, spans in order, tables of numbers."""
    if isinstance(other, dict):
        return isinstance(one, dict) and all(map(_is_number, one.values()))
    if isinstance(other, list):
        return isinstance(one, list) and len(one) == 2 and all(map(_is_number, one)) and one[0] <= one[1]
    return _is_number(one)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
