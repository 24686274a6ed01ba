"""The examples that an agreement carries: a worker and an order of few words, and whether they are admitted.

    [[examples]]
    says = "A worker of 17 is refused."
    clause = "adult"                  # or a list: the clauses that the example is about
    expect = "refused"                # or "admitted"
    worker = { age = 17 }

Beside the columns of the format a worker may have ``age`` (whole years at the start), an order ``days`` (its length)
and a ``start_date`` without a year ("06-01"), a past stay ``days`` and ``days_before`` (the days between it and the
order).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.agreements.agreement_text import AgreementText
from engine.clauses import parameters
from engine.errors import Fault
from engine.programme.schema import TABLES
from engine.words import Message, message

TABLE_OF = {
    "worker": "workers",
    "order": "orders",
    "employer": "employers",
    "site": "sites",
    "corridor": "corridors",
    "history": "history",
}
SHORTHANDS: Mapping[str, tuple[str, ...]] = {
    "worker": ("age",),
    "order": ("days",),
    "history": ("days", "days_before"),
}
_GIVEN = {
    "workers": ("worker_id", "travel_group_id"),
    "orders": ("order_id", "employer_id", "site_id", "headcount", "min_crew"),
    "employers": ("employer_id",),
    "sites": ("site_id", "employer_id", "beds"),
    "history": ("worker_id",),
    "corridors": ("origin_country", "destination_country"),
}
_KEYS = ("says", "clause", "expect", "recalled", "days_ahead", *TABLE_OF)
ADMITTED, REFUSED = "admitted", "refused"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class LawExample:
    """One example: what it says, which clauses it is about, whether they admit it, and the rows that matter.

    ``rows`` holds the columns given, by `TABLE_OF`'s names; it is decided ``days_ahead`` days before the start.
    """

    number: int
    says: str
    clauses: tuple[str, ...]
    admitted: bool
    rows: Mapping[str, Row] = field(default_factory=dict)
    history: tuple[Row, ...] = ()
    recalled: bool = False
    days_ahead: int = 365


def read_examples(text: AgreementText, report: Callable[[Fault], None]) -> list[LawExample]:
    """The examples of an agreement; every fault goes to ``report``."""
    entries = text.content.get("examples", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        report(_fault(text, 0, "", entries, message("is not a list of examples"), message("[[examples]] tables")))
        return []
    read = []
    for number, entry in enumerate(entries, 1):
        faults = list(_faults(text, number, entry))
        for fault in faults:
            report(fault)
        if not faults:
            read.append(_example(number, entry))
    return read


def _example(number: int, entry: Mapping[str, Any]) -> LawExample:
    return LawExample(
        number,
        str(entry.get("says", "")),
        parameters.words(entry["clause"]),
        entry["expect"] == ADMITTED,
        {name: entry[name] for name in TABLE_OF if name in entry and name != "history"},
        tuple(entry.get("history", ())),
        bool(entry.get("recalled", False)),
        entry.get("days_ahead", 365),
    )


def _faults(text: AgreementText, number: int, entry: Mapping[str, Any]) -> Iterator[Fault]:
    for key in sorted(set(entry) - set(_KEYS)):
        yield _fault(text, number, key, entry[key], message("is no key of an example"), _one_of(_KEYS))
    readers = {
        "clause": parameters.any_of(*(clause.id for clause in text.clauses)),
        "expect": parameters.one_of(ADMITTED, REFUSED),
        "recalled": parameters.flag,
        "days_ahead": parameters.number_of_days,
        "history": _list_of_tables,
    }
    for key, reader in readers.items():
        if key not in entry:
            if key in ("clause", "expect"):
                yield _fault(text, number, key, "", message("is missing"), message("the key {key}", key=key))
            continue
        try:
            reader(entry[key])
        except ValueError as error:
            yield _fault(text, number, key, entry[key], message("is not right"), str(error))
            return
    for name in TABLE_OF.keys() & entry.keys():
        for row in entry[name] if name == "history" else (entry[name],):
            yield from _row_faults(text, number, name, row)


def _row_faults(text: AgreementText, number: int, name: str, row: Any) -> Iterator[Fault]:
    if not isinstance(row, dict):
        yield _fault(
            text, number, name, row, message("is not a table"), message("{name} = {{ key = value }}", name=name)
        )
        return
    table = TABLE_OF[name]
    known = [column for column in TABLES[table].column_names if column not in _GIVEN[table]]
    known += SHORTHANDS.get(name, ())
    for column in sorted(set(row) - set(known)):
        yield _fault(text, number, f"{name}.{column}", row[column], message("can't be given here"), _one_of(known))
    for shorthand in set(row) & set(SHORTHANDS.get(name, ())):
        try:
            parameters.number_of_days(row[shorthand])
        except ValueError as error:
            yield _fault(text, number, f"{name}.{shorthand}", row[shorthand], message("is not right"), str(error))


def _list_of_tables(value: Any) -> None:
    if not isinstance(value, list):
        raise ValueError(message("a list of tables such as [{{ days = 90, days_before = 30 }}]"))


def _one_of(names: Any) -> Message:
    return message("one of {names}", names=tuple(names))


def _fault(text: AgreementText, number: int, key: str, value: Any, problem: str, expected: str) -> Fault:
    place = f"examples {number}: {key}" if number else "examples"
    return Fault(text.file, 0, place, str(value), problem, expected, "example")
