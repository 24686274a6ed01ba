"""What each edit of a what-if touches, in a sentence: rows, rules, agreements or weights, with whom these look at.

An edit of texts is told by what differs in them before and after it. Whom a rule looks at is counted by the columns
that its ``where`` names, within the corridors of its agreement; what depends on past stays or recalls is not counted,
and the sentence then says "at most".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from engine.clauses.kinds import kinds
from engine.clauses.parameters import parameter_in_words
from engine.clauses.where import EVERYTHING, ORDER_KEYS, Where
from engine.programme.programme import Agreement, Programme, RawToml
from engine.programme.row_edits.kind import Rows
from engine.programme.row_edits.where import matching_rows
from engine.programme.table import Table
from engine.words import Message, message, plural

Texts = Mapping[str, RawToml]
Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Made:
    """One edit that was made: its number, its entry, and the texts and tables before and after it."""

    number: int
    entry: RawToml
    before: Texts
    after: Texts
    tables: Tables


def what_was_touched(made: Made, base: Programme, edited: Programme) -> Message:
    """What an edit touches, in words. Rules and agreements are looked up in the edited programme, or in the base where
    they are gone from it.
    """
    if "table" in made.entry:
        return _rows_touched(made)
    changes = [change for file in sorted({*made.before, *made.after}) for change in _changes(made, file)]
    if not changes:
        return message("Edit {number} leaves everything as it is: it changes nothing.", number=made.number)
    looked_at = _looked_at(made, base, edited)
    return message("Edit {number}: {changes:each}; {whom}.", number=made.number, changes=tuple(changes), whom=looked_at)


def _rows_touched(made: Made) -> Message:
    """How many rows an edit touches."""
    name = str(made.entry["table"])
    count = int(matching_rows(made.entry.get("where", {}), made.tables, name, lambda *_: None, allow_empty=True).sum())
    if not count:
        return message("Edit {number} touches no row of {table}: it changes nothing.", number=made.number, table=name)
    return plural(
        "Edit {number} touches {n:,} row of {table}.",
        "Edit {number} touches {n:,} rows of {table}.",
        n=count,
        number=made.number,
        table=name,
    )


def _changes(made: Made, file: str) -> Iterator[Message]:
    """What an edit changes in one text: an agreement as a whole, its rules, or other numbers of it."""
    before, after = made.before.get(file), made.after.get(file)
    if before is None or after is None:
        known = before or after or {}
        held = plural("{n:,} rule", "{n:,} rules", n=len(known.get("clause", ())))
        if after is None:
            yield message("agreement {name} with {rules} no longer holds", name=str(known.get("id")), rules=held)
        else:
            yield message("agreement {name} with {rules} is new", name=str(known.get("id")), rules=held)
        return
    old, new = (_rules(content) for content in (before, after))
    owner = f"{before.get('id')} · " if "agreement" in made.entry else ""
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield _rule_changed(f"{owner}{name}", old.get(name), new.get(name))
    yield from _numbers_changed("", *({k: v for k, v in one.items() if k != "clause"} for one in (before, after)))


def _rules(content: RawToml) -> dict[str, RawToml]:
    return {str(clause.get("id")): clause for clause in content.get("clause", ())}


def _rule_changed(name: str, old: RawToml | None, new: RawToml | None) -> Message:
    if new is None:
        return message("the rule {name} no longer holds", name=name)
    if old is None:
        return message("the rule {name} is new", name=name)
    return message("the rule {name} has {changes:and}", name=name, changes=tuple(_numbers_changed("", old, new)))


def _numbers_changed(place: str, old: RawToml, new: RawToml) -> Iterator[Message]:
    """Each key whose value differs: a parameter of a rule by its name, those within tables by their path."""
    kind = None if place else kinds().get(str(new.get("kind")))
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _numbers_changed(f"{place}{key}.", one, other)
        elif one != other:
            was, now = (message("nothing") if value is None else str(value) for value in (one, other))
            yield message(
                "{name} {now} instead of {was}", name=parameter_in_words(kind, f"{place}{key}"), now=now, was=was
            )


def _looked_at(made: Made, base: Programme, edited: Programme) -> Message:
    """The orders and workers that what was changed looks at."""
    content = made.entry.get("new_agreement", {})
    identifier = str(content.get("id", "")) or str(made.entry.get("agreement", ""))
    known = [one for programme in (edited, base) for one in programme.agreements if one.id == identifier]
    where = _where(made, known[0] if known else None, base, edited)
    orders, workers = _orders(made.tables, known[:1], where), _workers(made.tables, known[:1], where)
    told = message(
        "{orders} and {workers} are looked at",
        orders=plural("{n:,} order", "{n:,} orders", n=int(orders.sum())),
        workers=plural("{n:,} worker", "{n:,} workers", n=int(workers.sum())),
    )
    narrower = where.worker_class or where.recalled is not None
    return message("at most {told}", told=told) if narrower else told


def _where(made: Made, agreement: Agreement | None, base: Programme, edited: Programme) -> Where:
    """The placements that an edit's rule looks at; all of its agreement where it is no edit of a rule."""
    name = made.entry.get("clause") or made.entry.get("new_clause", {}).get("id")
    if agreement is not None:
        of_base = [one.clauses for one in base.agreements if one.id == agreement.id]
        found = [agreement.clauses, *of_base]
    else:
        found = [edited.clauses, base.clauses]
    return next((clause.where for clauses in found for clause in clauses if clause.id == name), EVERYTHING)


def _orders(tables: Tables, of: list[Agreement], where: Where) -> Rows:
    named: dict[str, Any] = {key: list(where.words[key]) for key in ORDER_KEYS if key in where.words}
    if where.start_between is not None:
        named["start_between"] = list(where.start_between)
    rows = _matching(tables, "orders", named)
    for agreement in of:
        covered: dict[str, Any] = {"destination_country": agreement.destination}
        covered |= {"start_between": _days(agreement)}
        covered |= {"sector": list(agreement.sectors)} if agreement.sectors else {}
        rows &= _matching(tables, "orders", covered)
    return rows


def _days(agreement: Agreement) -> list[date]:
    return [agreement.effective_from, agreement.effective_to]


def _workers(tables: Tables, of: list[Agreement], where: Where) -> Rows:
    named = {key: list(values) for key, values in where.words.items() if key not in ORDER_KEYS}
    rows = _matching(tables, "workers", named)
    for agreement in of:
        rows &= _matching(tables, "workers", {"origin_country": list(agreement.origins)})
    return rows


def _matching(tables: Tables, name: str, where: Mapping[str, Any]) -> Rows:
    return np.asarray(matching_rows(where, tables, name, lambda *_: None, allow_empty=True), bool)
