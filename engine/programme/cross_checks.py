"""Faults that show only when rows, columns or tables are read together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.clauses.base import Clause
from engine.clauses.where import PREFIX_KEYS, Where
from engine.days import NO_DATE, day_text
from engine.errors import Fault
from engine.programme import codes
from engine.programme.cells import MOST_FAULTS_OF_A_COLUMN, is_label, label_fault
from engine.programme.raw_table import RawTable
from engine.programme.table import Table
from engine.words import message, plural

Report = Callable[[Fault], None]
Rows = npt.NDArray[Any]
_CONCEPTS = {
    "origin_country": "country",
    "destination_country": "country",
    "origin_region": "region",
    "destination_region": "region",
}


def check_across_tables(tables: Mapping[str, Table], raw: Mapping[str, RawTable], report: Report) -> None:
    """Report every fault between columns and tables: dates in disorder, rows that stand twice, ids unknown."""
    for name, first, last, problem in (
        ("orders", "start_date", "end_date", message("ends before it starts")),
        ("history", "start_date", "end_date", message("ends before it starts")),
        ("workers", "available_from", "available_to", message("is before available_from")),
        ("employers", "debarred_from", "debarred_until", message("is before debarred_from")),
    ):
        _check_dates(_Place(tables[name], raw, report), first, last, problem)
    orders = _Place(tables["orders"], raw, report)
    crew = tables["orders"].values("min_crew")
    wrong = np.flatnonzero(crew > tables["orders"].values("headcount"))
    shown = [f"{crew[row]:.0f}" for row in wrong[:1000]]
    orders.refuse(wrong, "min_crew", shown, message("is above headcount"), message("at most headcount"))
    _check_history(_Place(tables["history"], raw, report))
    _check_preferences(_Place(tables["preferences"], raw, report))
    for name, keys in (
        ("scores", ("worker_id", "order_id")),
        ("commitments", ("worker_id", "order_id")),
        ("corridors", ("origin_country", "destination_country")),
    ):
        pair = [_codes(tables[name], key) for key in keys]
        known = np.flatnonzero((pair[0] >= 0) & (pair[1] >= 0))
        _check_repeats(_Place(tables[name], raw, report), pair, known, keys[-1], message("the pair at most once"))
    _check_refusals(tables, _Place(tables["workers"], raw, report))


class _Place:
    """A table in its file, to which faults are reported by row."""

    def __init__(self, table: Table, raw: Mapping[str, RawTable], report: Report) -> None:
        self.table, self.report = table, report
        self.raw = raw.get(table.name, RawTable(table.name, table.name, {}, 0))

    def refuse(self, rows: Rows, column: str, shown: Sequence[str], problem: str, expected: str) -> None:
        for row, text in zip(rows[:MOST_FAULTS_OF_A_COLUMN], shown, strict=False):
            self.report(Fault(self.raw.file, self.raw.row(row), column, text, problem, expected))
        if len(rows) > MOST_FAULTS_OF_A_COLUMN:
            more = plural(
                "{problem}, as does {n:,} more row",
                "{problem}, as do {n:,} more rows",
                n=len(rows) - MOST_FAULTS_OF_A_COLUMN,
                problem=problem,
            )
            self.report(Fault(self.raw.file, self.raw.row(rows[-1]), column, "", more, expected))


def _codes(table: Table, column: str) -> Rows:
    value = table.columns[column]
    return value if isinstance(value, np.ndarray) else table.labels(column).codes


def _check_dates(place: _Place, first: str, last: str, problem: str) -> None:
    begin, end = place.table.values(first), place.table.values(last)
    wrong = np.flatnonzero((end < begin) & (begin != NO_DATE) & (end != NO_DATE))
    shown = [f"{day_text(begin[row])}..{day_text(end[row])}" for row in wrong[:MOST_FAULTS_OF_A_COLUMN]]
    place.refuse(wrong, last, shown, problem, message("a date not before {first}", first=first))


def _check_history(place: _Place) -> None:
    worker, begin = place.table.values("worker_id"), place.table.values("start_date")
    end = place.table.values("end_date")
    known = np.flatnonzero((worker >= 0) & (begin != NO_DATE) & (end != NO_DATE))
    order = known[np.lexsort((begin[known], worker[known]))]
    shift = worker[order].astype(np.int64) * 2**33
    latest = np.maximum.accumulate(end[order] + shift)[:-1] - shift[1:] if len(order) else order
    same = worker[order][1:] == worker[order][:-1]
    wrong = np.sort(order[1:][same & (begin[order][1:] <= latest)])
    shown = [day_text(begin[row]) for row in wrong[:MOST_FAULTS_OF_A_COLUMN]]
    place.refuse(
        wrong,
        "start_date",
        shown,
        message("overlaps another stay of the worker"),
        message("stays that follow one another"),
    )


def _check_preferences(place: _Place) -> None:
    order, employer = place.table.values("order_id"), place.table.values("employer_id")
    wrong = np.flatnonzero((order >= 0) == (employer >= 0))
    shown = ["both" if order[row] >= 0 else "neither" for row in wrong[:MOST_FAULTS_OF_A_COLUMN]]
    place.refuse(
        wrong, "order_id", shown, message("of order_id and employer_id"), message("exactly one of the two ids")
    )
    worker = place.table.values("worker_id")
    known = np.flatnonzero((worker >= 0) & ((order >= 0) | (employer >= 0)))
    _check_repeats(place, [worker, order, employer], known, "order_id", message("a pair at most once"))


def _check_repeats(place: _Place, keys: Sequence[Rows], known: Rows, column: str, expected: str) -> None:
    """Report the rows among ``known`` (those whose ids exist) that repeat an earlier one."""
    if not len(known):
        return
    order = known[np.lexsort(tuple(key[known] for key in reversed(keys)))]
    same = np.ones(len(order) - 1, bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    wrong = np.sort(order[1:][same])
    place.refuse(wrong, column, [""] * len(wrong), message("repeats an earlier row"), expected)


def _check_refusals(tables: Mapping[str, Table], place: _Place) -> None:
    refuses = tables["workers"].lists("refuses")
    employers = set(tables["employers"].ids("employer_id").to_pylist())
    known = np.array([is_label("country", n) or n in employers for n in refuses.names] + [True], bool)
    wrong_entries = np.flatnonzero(~known[refuses.codes])
    rows, positions = np.unique(refuses.rows()[wrong_entries], return_index=True)
    shown = [refuses.names[code] for code in refuses.codes[wrong_entries[positions]]]
    place.refuse(
        rows,
        "refuses",
        shown,
        message("is neither a country nor an employer"),
        message("country codes or ids of employers"),
    )


def check_clause_references(clauses: Sequence[Clause], tables: Mapping[str, Table], file: str, report: Report) -> None:
    """Report codes and ids that the `where` of a clause names and that do not exist."""
    employers = set(tables["employers"].ids("employer_id").to_pylist())
    sites = set(tables["sites"].ids("site_id").to_pylist())
    known = {"employer_id": employers, "site_id": sites}
    for clause in clauses:
        wheres = [("where", clause.where)]
        wheres += [(f.name, getattr(clause.rule, f.name)) for f in fields(clause.rule)]
        spoken = getattr(clause.rule, "language", None)
        if spoken is not None and not is_label("language", spoken):
            expected = message("a BCP 47 language such as en")
            report(
                Fault(
                    file, 0, f"clause {clause.id}: language", spoken, message("is not a language"), expected, "clause"
                )
            )
        for name, where in wheres:
            if isinstance(where, Where):
                _check_where(where, f"clause {clause.id}: {name}", known, file, report)


def _is_prefix(key: str, value: str) -> bool:
    """Whether some occupation or sector begins with ``value``."""
    if key == "isco08":
        return any(code.startswith(value) for code in codes.occupations())
    return re.fullmatch(r"[A-U]\d{0,4}", value, re.ASCII) is not None


def _check_where(where: Where, column: str, ids: Mapping[str, set[str]], file: str, report: Report) -> None:
    for key, values in where.words.items():
        for value in values:
            if key in PREFIX_KEYS and not _is_prefix(key, value):
                report(Fault(file, 0, column, value, *label_fault(key), "clause"))
            if key in ids and value not in ids[key]:
                report(
                    Fault(
                        file,
                        0,
                        column,
                        value,
                        message("is not a known {key}", key=key),
                        message("an id of the table of {key}", key=key),
                        "clause",
                    )
                )
            elif key in _CONCEPTS and not is_label(_CONCEPTS[key], value):
                report(Fault(file, 0, column, value, *label_fault(_CONCEPTS[key]), "clause"))
