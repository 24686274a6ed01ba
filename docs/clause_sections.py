"""The generated part of the page of clauses: every kind by family, with its sentences, parameters and examples."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

from page_text import markdown_table, one_line, toml_text

from engine.clauses.base import Count, Example, Gate, Join, Ledger, Reserve, Rule
from engine.clauses.kinds import kinds
from engine.clauses.where import EVERYTHING
from engine.programme.clauses import read_clauses

# The first that a kind belongs to counts: a reserve is a count too.
FAMILIES: tuple[tuple[type[Rule], str, str], ...] = (
    (Gate, "Gates", "Is this worker allowed on this order? Every gate that matches must admit the pair."),
    (Ledger, "Ledgers", "Is this worker's calendar allowed, past stays included?"),
    (Join, "Joins", "Are two jobs one stay or two?"),
    (Reserve, "Reserves", "Are places kept for a class within a cap?"),
    (Count, "Counts", "Are these many placements allowed?"),
)
EXAMPLE_TABLES = ("workers", "orders", "history", "placements", "clauses", "employer", "site", "corridor")


def clauses_part() -> str:
    """Every kind of clause by family, and each kind once."""
    members: dict[type[Rule], list[type[Rule]]] = {family: [] for family, _, _ in FAMILIES}
    for kind in kinds().values():
        members[next(family for family, _, _ in FAMILIES if issubclass(kind, family))].append(kind)
    sections = []
    for family, title, question in FAMILIES:
        sections.append(f"## {title}\n\n{question}")
        sections.extend(_kind_section(kind) for kind in members[family])
    return "\n\n".join(sections)


def _kind_section(kind: type[Rule]) -> str:
    sentences = "\n".join(f"> {sentence}  " for sentence in _sentences(kind))
    parts = [
        f"### {kind.kind}",
        f"{inspect.getdoc(sys.modules[kind.__module__])}",
        sentences,
        f"Rule: {one_line(inspect.getdoc(kind) or '')}",
        _parameters(kind),
        "Its `where` may name `sex`." if kind.may_name_sex else "",
        _examples(kind.examples),
    ]
    return "\n\n".join(part for part in parts if part)


def _sentences(kind: type[Rule]) -> list[str]:
    """What clauses of the kind say, as in its examples."""
    entries = [{"id": "id", "kind": kind.kind, **example.parameters} for example in kind.examples]
    clauses = [clause for entry in entries for clause in read_clauses([entry], "", "", lambda _: None)]
    return list(dict.fromkeys(clause.sentence for clause in clauses))


def _parameters(kind: type[Rule]) -> str:
    if not fields(kind):
        return "No parameters of its own."
    lines = [
        (f"`{field.name.rstrip('_')}`", field.metadata["called"], _wanted(field), *_needed(field))
        for field in fields(kind)
    ]
    return markdown_table(("parameter", "called", "is", "required", "when absent"), lines)


def _wanted(field: Field[Any]) -> str:
    """What a reader says would be right: it is asked with something that no reader takes."""
    try:
        field.metadata["reader"](object())
    except ValueError as error:
        return str(error)
    raise TypeError(f"The reader of {field.name} takes anything.")


def _needed(field: Field[Any]) -> tuple[str, str]:
    if field.default is MISSING:
        return "yes", ""
    if field.default is None:
        return "no", "none"
    return "no", "everything" if field.default == EVERYTHING else f"`{toml_text(field.default)}`"


def _examples(examples: Sequence[Example]) -> str:
    lines = [
        ("accepted" if example.holds else "refused", one_line(example.says), _code(example.parameters), _case(example))
        for example in examples
    ]
    return markdown_table(("", "example", "parameters", "differs from the plain case in"), lines)


def _case(example: Example) -> str:
    plain = Example(example.holds, {}, "")
    changed = [name for name in EXAMPLE_TABLES if getattr(example, name) != getattr(plain, name)]
    told = [f"{name}: {_rows(getattr(example, name))}" for name in changed]
    if example.as_of != plain.as_of:
        told.append(f"run on {example.as_of}")
    return "; ".join(told)


def _rows(value: Any) -> str:
    if isinstance(value, Mapping):
        return _code(value)
    return ", ".join(_code(row) if isinstance(row, Mapping) else "worker {} on order {}".format(*row) for row in value)


def _code(row: Mapping[str, Any]) -> str:
    return f"`{', '.join(f'{key} = {toml_text(value)}' for key, value in row.items())}`" if row else "(plain)"
