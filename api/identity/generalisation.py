"""What planners are told in place of a worker's exact values: values that stand for many.

The same values make up the programme that their runs and checks read. So nothing that a planner can ask, by whatever
edits or clauses, depends on more than is shown: two programmes that differ within these cells alone are one and the
same to a planner. Each rule here is a function of one cell, and what isn't named stays as it is.

Dates of readiness and papers go to the end of their month that lets more through, incomes go down to a multiple of 50,
months of experience up to whole years, points to tens. Days of birth become the first of January of a year that stands
for the ages from 18 to 24, then for five years each, as of the year of the programme. Households, travel groups,
refused employers, reasons in words and skills that no order names are left out.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from api.identity.shown_columns import HIDDEN_FROM_PLANNERS

# The ages at which a band begins, and the age that stands for it.
BANDS = ((0, 16), (18, 21), *((age, age + 2) for age in range(25, 65, 5)), (65, 67))
INCOME, MONTHS, POINTS, SHARES = 50, 12, 10, 10


@dataclass(frozen=True)
class Generalisation:
    """What cells are generalised by: the year from which ages are told, and the skills that orders name."""

    year: int
    skills: frozenset[str]

    def cell(self, table: str, column: str, text: str) -> str:
        """A cell as planners are told it."""
        rule = RULES.get((table, column), _hidden if column in HIDDEN_FROM_PLANNERS else None)
        return text if rule is None or not text else rule(text, self)

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, str]:
        """A row as planners are told it."""
        return {name: self.cell(table, name, str(text)) for name, text in row.items()}

    def table(self, name: str, table: pa.Table) -> pa.Table:
        """A table of text columns as planners' runs read it; each distinct text is generalised once."""
        columns = {column: self._column(name, column, table[column]) for column in table.column_names}
        found = pa.table(columns)
        return apart(found) if name == "history" else found

    def _column(self, table: str, column: str, cells: pa.ChunkedArray) -> pa.Array:
        encoded = cells.combine_chunks().dictionary_encode()
        told = [self.cell(table, column, text or "") for text in encoded.dictionary.to_pylist()]
        return pa.array(told, pa.string()).take(encoded.indices)


def generalisation_of(settings: str, skills: frozenset[str]) -> Generalisation:
    """How a programme with these settings is told to planners, ``skills`` being what its orders name."""
    return Generalisation(tomllib.loads(settings)["as_of"].year, skills)


def skills_of(orders: pa.Table) -> frozenset[str]:
    """The skills that orders ask for or would like."""
    cells = [cell for name in ("required_skills", "desired_skills") for cell in orders[name].unique().to_pylist()]
    return frozenset(skill for cell in cells if cell for skill in cell.split(";"))


def apart(history: pa.Table) -> pa.Table:
    """Stays that don't overlap though they are told by the month: one within a month that meets another is left out."""
    rows = list(zip(*(history[name].to_pylist() for name in ("worker_id", "start_date", "end_date")), strict=True))
    met: dict[tuple[str, str], int] = {}
    for worker, begin, end in rows:
        for month in {begin[:7], end[:7]}:
            met[worker, month] = met.get((worker, month), 0) + 1
    kept = [begin[:7] != end[:7] or met[worker, begin[:7]] == 1 for worker, begin, end in rows]
    found = history.filter(pa.array(kept, pa.bool_()))
    ends = [
        end[:8] + ("28" if begin[:7] == end[:7] else "14")
        for begin, end in zip(found["start_date"].to_pylist(), found["end_date"].to_pylist(), strict=True)
    ]
    return found.set_column(found.column_names.index("end_date"), "end_date", pa.array(ends, pa.string()))


Rule = Callable[[str, Generalisation], str]


def _age(text: str, asked: Generalisation) -> str:
    age = asked.year - int(text[:4])
    shown = next(middle for begin, middle in reversed(BANDS) if age >= begin or begin == 0)
    return f"{asked.year - shown:04d}-01-01"


def _first_of_month(text: str, _asked: Generalisation) -> str:
    return text[:7] + "-01"


def _middle_of_month(text: str, _asked: Generalisation) -> str:
    return text[:7] + "-15"


def _last_of_month(text: str, _asked: Generalisation) -> str:
    return f"{text[:7]}-{calendar.monthrange(int(text[:4]), int(text[5:7]))[1]:02d}"


def _down_to(step: int) -> Rule:
    return lambda text, _asked: str(int(float(text) // step * step))


def _share(text: str, _asked: Generalisation) -> str:
    return str(int(float(text) * SHARES) / SHARES)


def _whole_years(text: str, _asked: Generalisation) -> str:
    entries = [entry.partition(":") for entry in text.split(";")]
    return ";".join(f"{code}:{-(-int(months) // MONTHS) * MONTHS}" for code, _, months in entries)


def _known_skills(text: str, asked: Generalisation) -> str:
    return ";".join(skill for skill in text.split(";") if skill in asked.skills)


def _countries(text: str, _asked: Generalisation) -> str:
    return ";".join(entry for entry in text.split(";") if len(entry) == 2 and entry.isalpha())


def _hidden(_text: str, _asked: Generalisation) -> str:
    return ""


RULES: dict[tuple[str, str], Rule] = {
    ("workers", "birth_date"): _age,
    ("workers", "occupations"): _whole_years,
    ("workers", "skills"): _known_skills,
    ("workers", "available_from"): _first_of_month,
    ("workers", "available_to"): _last_of_month,
    ("workers", "reservation_weekly_income"): _down_to(INCOME),
    ("workers", "passport_expires"): _last_of_month,
    ("workers", "medical_valid_until"): _last_of_month,
    ("workers", "refuses"): _countries,
    ("workers", "registered_at"): _first_of_month,
    ("workers", "points"): _down_to(POINTS),
    ("history", "start_date"): _middle_of_month,
    ("history", "end_date"): _middle_of_month,
    ("commitments", "agreed_on"): _first_of_month,
    ("scores", "score"): _share,
}
