"""The exact integer program as free-format MPS, with rows and columns that name workers, orders and clauses.

``x|w|o`` is 1 where worker w is placed on order o. A worker with legal calendars of two or more placements has
``y|w|o1|o2`` for each of them; there x is the sum of the calendars that hold it, and one calendar at most is taken
(a single placement that is a legal calendar is ``y|w|o``). ``b|o`` opens a crew.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import CallError
from engine.problem.column_rows import entries_of
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.words import message

Longs = npt.NDArray[np.int64]
MOST_COLUMNS = 5_000_000


def write_mps(problem: MatchingProblem, path: Path) -> tuple[int, int]:
    """Write the program to ``path`` (whole or not at all); returns its numbers of columns and rows.

    Raises `CallError` above `MOST_COLUMNS` columns, and where the objective has tiers.
    """
    problem.programme.require_weights(message("An exported program"))
    if problem.offers.count > MOST_COLUMNS:
        raise CallError(
            message(
                "The program has {count:,} columns, more than the {most:,} that are written.",
                count=problem.offers.count,
                most=MOST_COLUMNS,
            ),
            message("Export a smaller programme."),
        )
    model = _Model(problem)
    try:
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent or Path("."))
    except OSError as error:
        raise CallError(message("{path} can't be written ({strerror}).", path=path, strerror=error.strerror)) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for line in model.lines():
                file.write(line + "\n")
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return len(model.columns), len(model.rows)


class _Model:
    """Columns and rows by name, gathered before they are written."""

    def __init__(self, problem: MatchingProblem) -> None:
        self.problem = problem
        self.rows: dict[str, tuple[str, float]] = {}
        self.columns: dict[str, tuple[float, dict[str, float]]] = {}
        self.workers = problem.programme.workers.id_text("worker_id")
        self.orders = problem.programme.orders.id_text("order_id")
        for number, (name, _, _) in enumerate(problem.limits.names):
            self.rows[name] = ("L", float(problem.limits.capacity[number]))
        self._crews()
        self._parties()

    def _crews(self) -> None:
        register = self.problem.register
        for order in self.problem.crew_orders:
            name = self.orders[order]
            most, least = float(register.headcount[order]), float(register.min_crew[order])
            self.rows[f"headcount|{name}"] = ("L", 0.0)
            self.rows[f"crew|{name}"] = ("G", 0.0)
            self.columns[f"b|{name}"] = (0.0, {f"headcount|{name}": -most, f"crew|{name}": -least})

    def _parties(self) -> None:
        offers, limits = self.problem.offers, self.problem.limits
        entries = entries_of(offers, limits, np.arange(offers.count))
        names = [name for name, _, _ in limits.names]
        crews = set(self.problem.crew_orders.tolist())
        for party in range(len(offers.must)):
            columns = range(int(offers.of_party[party]), int(offers.of_party[party + 1]))
            party_row = f"party|{self.workers[self.problem.lead[party]]}"
            if len(columns):
                self.rows[party_row] = ("E" if offers.must[party] else "L", 1.0)
            simple = all(offers.cells[j + 1] - offers.cells[j] == 1 for j in columns)
            for j in columns:
                part = slice(entries.offsets[j], entries.offsets[j + 1])
                counted = {
                    names[row]: float(c) for row, c in zip(entries.row[part], entries.coefficient[part], strict=True)
                }
                for row, coefficient in zip(entries.row[part], entries.coefficient[part], strict=True):
                    if int(row) in crews:
                        counted[f"crew|{names[row].partition('|')[2]}"] = float(coefficient)
                self._add_column(j, party_row, counted, simple)

    def _add_column(self, j: int, party_row: str, counted: dict[str, float], simple: bool) -> None:
        offers = self.problem.offers
        worker, order = offers.placements(np.array([j]))
        value = float(offers.value[j]) / SCALE
        if simple:
            self.columns[f"x|{self.workers[worker[0]]}|{self.orders[order[0]]}"] = (value, {party_row: 1.0, **counted})
            return
        lead = worker == worker[0]
        name = "|".join(["y", self.workers[worker[0]], *self.orders[order[lead]]])
        row = {party_row: 1.0, **counted}
        for w, o in zip(worker, order, strict=True):
            link = f"link|{self.workers[w]}|{self.orders[o]}"
            self.rows[link] = ("E", 0.0)
            self.columns[f"x|{self.workers[w]}|{self.orders[o]}"] = (0.0, {link: -1.0})
            row[link] = 1.0
        self.columns[name] = (value, row)

    def lines(self) -> Iterator[str]:
        """The file, line by line; columns are binary, the objective is to be maximised."""
        yield "NAME " + self.problem.programme.settings.id.replace(" ", "_")
        yield "OBJSENSE\n    MAX"
        yield "ROWS\n N  value"
        for name, (sense, _) in self.rows.items():
            yield f" {sense}  {_word(name)}"
        yield "COLUMNS\n    MARKER  'MARKER'  'INTORG'"
        for name, (value, row) in self.columns.items():
            yield f"    {_word(name)}  value  {value!r}"
            for row_name, coefficient in row.items():
                yield f"    {_word(name)}  {_word(row_name)}  {coefficient!r}"
        yield "    MARKER  'MARKER'  'INTEND'"
        yield "RHS"
        for name, (_, bound) in self.rows.items():
            if bound:
                yield f"    rhs  {_word(name)}  {bound!r}"
        yield "BOUNDS"
        for name in self.columns:
            yield f" BV bnd  {_word(name)}"
        yield "ENDATA"


def _word(name: str) -> str:
    """A name without the white space that MPS can't hold."""
    return "_".join(name.split())
