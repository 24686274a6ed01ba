"""Sweeps: one or two parameters over ranges, each point a branch of the same base."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from pathlib import Path
from typing import Any

from engine.errors import CallError, Fault, InputError
from engine.programme.edits import Edits, edits_from, leaves_as_it_is
from engine.programme.programme import Programme, RawToml
from engine.programme.row_edits.kind import Refuse
from engine.programme.toml_files import load_toml
from engine.words import message

MOST_POINTS, MOST_AXES = 2_000, 2
_RANGE = ("from", "to", "steps")


@dataclass(frozen=True, slots=True)
class Axis:
    """What varies along one axis: ``entry`` is an edit whose ``VALUE`` stands for each of ``values`` in turn."""

    name: str
    entry: RawToml
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A grid of what-ifs: the ``common`` edits, and one or two axes."""

    common: Edits
    axes: tuple[Axis, ...]

    def as_it_is(self, programme: Programme) -> list[int | None]:
        """Along each axis, which value leaves the programme as it is; None where no point does."""
        if self.common.entries:
            return [None] * len(self.axes)
        return [
            next(
                (
                    number
                    for number, value in enumerate(axis.values)
                    if leaves_as_it_is(programme, _with_value(axis.entry, value))
                ),
                None,
            )
            for axis in self.axes
        ]

    def points(self) -> list[tuple[tuple[Any, ...], Edits]]:
        """The values along the axes and the edits of every point, in the order of the grid."""
        found = []
        for values in itertools.product(*(axis.values for axis in self.axes)):
            entries = [_with_value(axis.entry, value) for axis, value in zip(self.axes, values, strict=True)]
            title = ", ".join(f"{axis.name} = {value}" for axis, value in zip(self.axes, values, strict=True))
            name = "-".join([self.common.id, *(str(value) for value in values)])[:64]
            found.append((values, Edits(name, title, (*self.common.entries, *entries), self.common.file)))
        return found


def read_sweep(path: Path) -> Sweep:
    """Read a sweep: a file of edits with one or two ``[[vary]]`` tables.

    A ``[[vary]]`` holds one edit, with ``"VALUE"`` where the value goes, and ``values = [...]`` or ``from``, ``to`` and
    ``steps``. Raises `CallError` where there is no file and `InputError` for what is wrong with it.
    """
    if not path.is_file():
        raise CallError(
            message("There is no sweep {path}.", path=path), message("Name a TOML file with [[vary]] tables.")
        )
    faults: list[Fault] = []
    content = load_toml(path, path.name, faults.append)
    if content is None:
        raise InputError(faults)

    def refuse(column: str, value: Any, problem: str, expected: str) -> None:
        faults.append(Fault(path.name, 0, column, str(value), problem, expected, "edit"))

    common = edits_from(content, path.stem, path.name, faults.append)
    varied = content.get("vary", [])
    if not isinstance(varied, list) or not 1 <= len(varied) <= MOST_AXES:
        refuse("vary", varied, message("is not one or two axes"), message("one or two [[vary]] tables"))
        varied = []
    axes = [_read_axis(entry, f"vary {number}", refuse) for number, entry in enumerate(varied, 1)]
    if not faults and prod(len(axis.values) for axis in axes) > MOST_POINTS:
        refuse("vary", "", message("has too many points"), message("at most {most}", most=MOST_POINTS))
    if faults:
        raise InputError(faults)
    return Sweep(common, tuple(axes))


def _read_axis(entry: RawToml, place: str, refuse: Refuse) -> Axis:
    if not isinstance(entry, dict) or not isinstance(entry.get("edit"), dict):
        refuse(place, entry, message("has no edit"), message('edit = {{ ..., count = "VALUE" }}'))
        return Axis("", {}, ())
    if "VALUE" not in _texts(entry["edit"]):
        refuse(
            f"{place}: edit", entry["edit"], message("says nowhere where the value goes"), message('count = "VALUE"')
        )
    return Axis(str(entry.get("name", place)), entry["edit"], _values(entry, place, refuse))


def _values(entry: RawToml, place: str, refuse: Refuse) -> tuple[Any, ...]:
    if "values" in entry:
        if isinstance(entry["values"], list) and entry["values"]:
            return tuple(entry["values"])
        refuse(f"{place}: values", entry["values"], message("is no list of values"), message("values = [100, 200]"))
        return ()
    ends = [entry.get(key) for key in _RANGE]
    numbers = all(isinstance(end, int | Decimal) and not isinstance(end, bool) for end in ends)
    if not numbers or not isinstance(ends[2], int) or ends[2] < 2:
        refuse(place, entry, message("has no values"), message("values = [...], or from, to and steps (2 or more)"))
        return ()
    first, last, steps = entry["from"], entry["to"], int(entry["steps"])
    if steps > MOST_POINTS:
        refuse(f"{place}: steps", steps, message("are too many points"), message("at most {most}", most=MOST_POINTS))
        return ()
    points = [first + (last - first) * Decimal(number) / (steps - 1) for number in range(steps)]
    whole = isinstance(first, int) and isinstance(last, int)
    return tuple(dict.fromkeys(int(point.to_integral_value()) if whole else point for point in points))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def _with_value(entry: Any, value: Any) -> Any:
    if isinstance(entry, dict):
        return {key: _with_value(one, value) for key, one in entry.items()}
    if isinstance(entry, list):
        return [_with_value(one, value) for one in entry]
    return value if entry == "VALUE" else entry
