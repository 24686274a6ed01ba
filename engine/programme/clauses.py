"""Reading the clauses of an agreement or a programme: kinds, parameters, `where`, and what they name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from engine.clauses.base import SOURCE_KINDS, Clause, Reserve, Rule, Version
from engine.clauses.kinds import kinds
from engine.clauses.parameters import one_of
from engine.clauses.where import EVERYTHING, Where, read_where
from engine.errors import Fault
from engine.programme.dated_values import days_of_change, entry_on, is_dated
from engine.words import message

Report = Callable[[Fault], None]
LATEST = date.max
_COMMON = ("id", "kind", "source", "source_kind", "where")


def read_clauses(entries: Any, file: str, agreement_id: str, report: Report, day: date = LATEST) -> tuple[Clause, ...]:
    """Read a list of ``[[clause]]`` tables; every fault goes to ``report``.

    Of parameters that keep their past the value in force on ``day`` counts, the latest where no day is given.
    """
    if not isinstance(entries, list):
        report(
            Fault(
                file,
                0,
                "clause",
                str(entries),
                message("is not a list of clauses"),
                message("[[clause]] tables"),
                "clause",
            )
        )
        return ()
    clauses = [
        _read_clause(entry, position, file, agreement_id, report, day) for position, entry in enumerate(entries, 1)
    ]
    read = tuple(clause for clause in clauses if clause is not None)
    _report_duplicates(read, file, report)
    by_id = {clause.id: clause for clause in read}
    for clause in read:
        if isinstance(clause.rule, Reserve):
            _check_reserve(clause, by_id, file, report)
    return read


def _read_clause(entry: Any, position: int, file: str, agreement_id: str, report: Report, day: date) -> Clause | None:
    def fault(column: str, value: Any, problem: str, expected: str) -> None:
        place = f"clause {entry.get('id', position) if isinstance(entry, dict) else position}"
        report(Fault(file, 0, f"{place}: {column}", _text(value), problem, expected, "clause"))

    if not isinstance(entry, dict):
        fault("", entry, message("is not a clause"), message("a table with id, kind and the kind's parameters"))
        return None
    identifier = entry.get("id")
    if not isinstance(identifier, str) or not is_id(identifier):
        fault("id", identifier, message("is not a clause id"), ID_RULE)
        return None
    rule_type = kinds().get(str(entry.get("kind")))
    if rule_type is None:
        fault("kind", entry.get("kind"), message("is not a kind of clause"), _suggestion(entry.get("kind"), kinds()))
        return None
    where = _read_where(entry, rule_type, fault)
    versions = _read_versions(entry, rule_type, where or EVERYTHING, fault)
    past = [version for version in versions if version.day <= day]
    if versions and not past:
        fault("", day, message("is before the clause asks anything"), message("values from that day or before"))
    rule = past[-1].rule if past else None
    if not any(is_dated(value) for value in entry.values()):
        rule = _read_rule(entry, rule_type, where or EVERYTHING, fault)
    source = entry.get("source", "")
    if not isinstance(source, str):
        fault("source", source, message("is not a text"), message("the article that says so"))
        return None
    try:
        source_kind = "" if "source_kind" not in entry else one_of(*SOURCE_KINDS)(entry["source_kind"])
    except ValueError as error:
        fault("source_kind", entry["source_kind"], message("is not right"), str(error))
        return None
    if rule is None or where is None:
        return None
    return Clause(identifier, rule, source, where, agreement_id, source_kind, tuple(versions))


def _read_versions(
    entry: dict[str, Any], rule_type: type[Rule], where: Where, fault: Callable[..., None]
) -> list[Version]:
    """What a clause asks from each day on which a parameter changes; none where no parameter keeps its past."""
    found = []
    for day in days_of_change(entry, fault):
        plain, source = entry_on(entry, day)
        rule = _read_rule(plain, rule_type, where, fault)
        if rule is not None:
            found.append(Version(day, rule, source))
    return found


def _read_where(entry: dict[str, Any], rule_type: type[Rule], fault: Callable[..., None]) -> Where | None:
    if "where" not in entry:
        return EVERYTHING
    try:
        where = read_where(entry["where"])
    except ValueError as error:
        fault("where", entry["where"], message("is not a where"), str(error))
        return None
    if where.names_sex and not rule_type.may_name_sex:
        fault("where", "sex", message("may not stand here"), message("sex in the where of share and set_aside alone"))
        return None
    return where


def _read_rule(entry: dict[str, Any], rule_type: type[Rule], where: Where, fault: Callable[..., None]) -> Rule | None:
    known: dict[str, Any] = {field.name.rstrip("_"): field for field in fields(rule_type)}
    sound, values = True, {}
    for name in sorted(set(entry) - set(known) - set(_COMMON)):
        fault(
            name,
            entry[name],
            message("is not a parameter of {kind}", kind=rule_type.kind),
            _suggestion(name, known or {"none": None}),
        )
        sound = False
    for name, field in known.items():
        if name not in entry:
            if field.default is MISSING:
                fault(
                    name,
                    "",
                    message("is missing"),
                    message("the parameter {name} of {kind}", name=name, kind=rule_type.kind),
                )
                sound = False
            continue
        try:
            values[field.name] = field.metadata["reader"](entry[name])
        except ValueError as error:
            fault(name, entry[name], message("is not right"), str(error))
            sound = False
    if not sound:
        return None
    rule = rule_type(**values)
    problems = rule.problems(where)
    for name, expected in problems:
        fault(name, entry.get(name, ""), message("does not fit the other parameters"), expected)
    return None if problems else rule


def _report_duplicates(clauses: tuple[Clause, ...], file: str, report: Report) -> None:
    seen: set[str] = set()
    for clause in clauses:
        if clause.id in seen:
            report(
                Fault(
                    file,
                    0,
                    "clause id",
                    clause.id,
                    message("stands twice"),
                    message("ids unique within the file"),
                    "duplicate",
                )
            )
        seen.add(clause.id)


def _check_reserve(clause: Clause, by_id: Mapping[str, Clause], file: str, report: Report) -> None:
    rule: Any = clause.rule
    cap = by_id.get(rule.within)
    cap_rule: Any = cap.rule if cap is not None else None
    expected = message("the id of a cap of the same file with basis starts, one count, no periods and no per")
    fits = (
        cap_rule is not None
        and cap_rule.kind == "cap"
        and cap_rule.basis == "starts"
        and cap_rule.count is not None
        and cap_rule.periods is None
        and cap_rule.per is None
    )
    if not fits or cap is None:
        column = f"clause {clause.id}: within"
        report(Fault(file, 0, column, rule.within, message("is no cap it can be kept in"), expected, "clause"))
        return
    if rule.count > cap_rule.count:
        expected = message("at most the cap's count {count}", count=cap_rule.count)
        column = f"clause {clause.id}: count"
        report(Fault(file, 0, column, str(rule.count), message("is more than the cap"), expected, "clause"))
    both_of_a_class = cap.where.worker_class and clause.where.worker_class
    if both_of_a_class and cap.where.returning_years != clause.where.returning_years:
        report(
            Fault(
                file,
                0,
                f"clause {clause.id}: where",
                str(clause.where.returning_years),
                message("counts other years than its cap"),
                message("the same returning_years as in the cap"),
                "clause",
            )
        )


ID_RULE = message("1 to 64 characters without space, ; : or |")


def is_id(text: str) -> bool:
    """Whether ``text`` may be an id."""
    return 1 <= len(text) <= 64 and not any(mark in text for mark in ";:|") and not any(c.isspace() for c in text)


def _suggestion(value: Any, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(str(value), list(known), 1)
    listing = message("one of {names}", names=tuple(known))
    return message("{near}? ({others})", near=near[0], others=listing) if near else listing


def _text(value: Any) -> str:
    return "" if value is None else str(value)
