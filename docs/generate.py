"""Writes the parts of the documentation that the code itself can tell: tables, kinds of clause, commands.

    python docs/generate.py

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from datetime import date
from enum import Enum
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer

import vaiven
from api.identity.access import GRANTS, ROLES
from api.settings import Settings
from engine.clauses.base import Count, Example, Gate, Join, Ledger, Reserve, Rule
from engine.clauses.kinds import kinds
from engine.clauses.where import EVERYTHING
from engine.days import NO_DATE, OPEN_END, OPEN_START
from engine.programme.clauses import read_clauses
from engine.programme.schema import CEFR_LEVELS, EXIT_REASONS, SEXES, TABLES, Column, TableSchema

DOCS = Path(__file__).resolve().parent
# The first that a kind belongs to counts: a reserve is a count too.
FAMILIES: tuple[tuple[type[Rule], str, str], ...] = (
    (Gate, "Gates", "Is this worker allowed on this order? Every gate that matches must admit the pair."),
    (Ledger, "Ledgers", "Is this worker's calendar allowed, past stays included?"),
    (Join, "Joins", "Are two jobs one stay or two?"),
    (Reserve, "Reserves", "Are places kept for a class within a cap?"),
    (Count, "Counts", "Are these many placements allowed?"),
)
CONCEPTS = {
    "country": "ISO 3166-1 alpha-2 code (`GT`)",
    "region": "ISO 3166-2 code (`GT-13`)",
    "sector": "ISIC Rev. 4 code (`A01`)",
    "isco08": "ISCO-08 code, four digits (`9211`)",
    "skill": "ESCO label or URI",
    "sex": ", ".join(SEXES[:-1]) + f" or {SEXES[-1]}",
    "exit_reason": "one of " + ", ".join(f"`{reason}`" for reason in EXIT_REASONS),
    "refusal": "country or employer id",
    "past_employer": "employer id, known or not",
    "household": "id",
    "travel_group": "id",
}
KINDS = {
    "id": "id, unique",
    "date": "date",
    "moment": "date or date-time",
    "text": "text",
    "share": "number from 0 to 1",
    "levels": f"list of `language:level` ({CEFR_LEVELS[0]} to {CEFR_LEVELS[-1]})",
    "months": "list of `occupation:months`",
}
EMPTY_DATES = {NO_DATE: "not known", OPEN_START: "open", OPEN_END: "open"}
EXAMPLE_TABLES = ("workers", "orders", "history", "placements", "clauses", "employer", "site", "corridor")


def generate() -> dict[Path, str]:
    """The whole text of every page that has a generated part, as it should be."""
    parts: dict[str, tuple[str, Callable[[], str]]] = {
        "programme.md": ("tables", tables_part),
        "clauses.md": ("clauses", clauses_part),
        "commands.md": ("commands", commands_part),
        "service.md": ("access", access_part),
        "operator.md": ("settings", settings_part),
        "python.md": ("names", names_part),
    }
    return {DOCS / page: with_part(DOCS / page, name, make()) for page, (name, make) in parts.items()}


def with_part(page: Path, name: str, part: str) -> str:
    """The text of ``page`` with its generated part replaced. Raises `ValueError` where the markers are missing."""
    begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
    text = page.read_text("utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{page.name} lacks {begin} or {end}.")
    head, rest = text.split(begin, 1)
    return f"{head}{begin}\n\n{part.strip()}\n\n{end}{rest.split(end, 1)[1]}"


def tables_part() -> str:
    """Every table of a programme with its columns."""
    return "\n\n".join(_table_section(schema) for schema in TABLES.values())


def _table_section(schema: TableSchema) -> str:
    needed = "A programme needs this table." if schema.needed else "A programme may do without this table."
    lines = [(f"`{column.name}`", _meaning(column), _when_empty(column)) for column in schema.columns]
    return f"### {schema.name}\n\n{needed}\n\n{_markdown_table(('column', 'holds', 'when empty'), lines)}"


def _meaning(column: Column) -> str:
    concept = CONCEPTS.get(column.concept, column.concept)
    if column.kind == "reference":
        return f"id in `{column.concept}`"
    if column.kind in ("number", "integer"):
        return f"{'whole number' if column.kind == 'integer' else 'number'} from {column.least:g}"
    if column.kind == "labels":
        return f"list: {concept}"
    return concept if column.kind == "label" else KINDS[column.kind]


def _when_empty(column: Column) -> str:
    if column.filled:
        said = "refused"
    elif column.default is None:
        said = "none" if column.kind in ("labels", "levels", "months") else "not given"
    elif column.kind in ("date", "moment"):
        said = EMPTY_DATES[int(column.default)]
    else:
        said = f"{column.default:g}"
    return f"{said}; the column may be absent" if column.optional else said


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
        f"Rule: {_one_line(inspect.getdoc(kind) or '')}",
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


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("``", "`")


def _parameters(kind: type[Rule]) -> str:
    if not fields(kind):
        return "No parameters of its own."
    lines = [(f"`{field.name.rstrip('_')}`", _wanted(field), *_needed(field)) for field in fields(kind)]
    return _markdown_table(("parameter", "is", "required", "when absent"), lines)


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
    return "no", "everything" if field.default == EVERYTHING else f"`{_toml(field.default)}`"


def _examples(examples: Sequence[Example]) -> str:
    lines = [
        ("accepted" if example.holds else "refused", _one_line(example.says), _code(example.parameters), _case(example))
        for example in examples
    ]
    return _markdown_table(("", "example", "parameters", "differs from the plain case in"), lines)


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
    return f"`{', '.join(f'{key} = {_toml(value)}' for key, value in row.items())}`" if row else "(plain)"


def _toml(value: Any) -> str:
    """A value as it stands in a TOML file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    return value.isoformat() if isinstance(value, date) else str(value)


def commands_part() -> str:
    """Every command with its arguments and options, those of other packages included."""
    commands = _flat("", command_group().commands)
    return "\n\n".join(_command_section(name, commands[name]) for name in sorted(commands))


def _flat(prefix: str, commands: Mapping[str, Any]) -> dict[str, Any]:
    """Commands by their whole names, those within groups included."""
    found: dict[str, Any] = {}
    for name, command in commands.items():
        within = getattr(command, "commands", None)
        found |= {f"{prefix}{name}": command} if within is None else _flat(f"{prefix}{name} ", within)
    return found


def command_group() -> Any:
    """The command line as `vaiven` builds it, without touching the engine's own."""
    from engine.cli import app

    whole = typer.Typer()
    whole.registered_commands = list(app.registered_commands)
    for command in entry_points(group="vaiven.commands"):
        command.load()(whole)
    return typer.main.get_command(whole)


def _command_section(name: str, command: Any) -> str:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and not param.hidden]
    usage = " ".join(["vaiven", name, *(_shown_argument(argument) for argument in arguments)])
    parts = [f"## {name}", f"```text\n{usage}{' [OPTIONS]' if options else ''}\n```", _paragraphs(command.help)]
    if arguments:
        told = [(f"`{_metavar(argument)}`", _one_line(argument.help or "")) for argument in arguments]
        parts.append(_markdown_table(("argument", "is"), told))
    if options:
        chosen = [(f"`{', '.join(option.opts)}`", _option_help(option), _default(option)) for option in options]
        parts.append(_markdown_table(("option", "does", "default"), chosen))
    return "\n\n".join(parts)


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(_one_line(paragraph) for paragraph in (text or "").split("\n\n"))


def _metavar(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _shown_argument(argument: Any) -> str:
    return _metavar(argument) if argument.required else f"[{_metavar(argument)}]"


def _option_help(option: Any) -> str:
    choices = type(option.default) if isinstance(option.default, Enum) else ()
    said = _one_line(option.help or "")
    return f"{said} One of {', '.join(f'`{choice.value}`' for choice in choices)}." if choices else said


def _default(option: Any) -> str:
    if option.is_flag or option.default is None:
        return ""
    return f"`{option.default.value if isinstance(option.default, Enum) else option.default}`"


def access_part() -> str:
    """Which role may do what, and what the others are told."""
    shown = {role: role.replace("_", " ") for role in ROLES}
    lines = [
        (f"`{action}`", ", ".join(shown[role] for role in ROLES if role in grant.roles), grant.reason)
        for action, grant in GRANTS.items()
    ]
    return _markdown_table(("action", "who may", "what the others are told"), lines)


def settings_part() -> str:
    """Every setting of the service with its default."""
    lines = [
        (f"`VAIVEN_{name.upper()}`", field.description or "", f"`{field.default}`" if field.default != "" else "")
        for name, field in Settings.model_fields.items()
    ]
    return _markdown_table(("variable", "says", "default"), lines)


def names_part() -> str:
    """Every public name of `import vaiven`, with what it says of itself and of its own names."""
    return "\n\n".join(_name_section(name) for name in vaiven.__all__)


def _name_section(name: str) -> str:
    named = getattr(vaiven, name)
    parts = [f"### {name}"]
    if inspect.isfunction(named):
        parts.append(f"```python\n{_call(name, named)}\n```")
    parts.append(_paragraphs(inspect.getdoc(named)))
    lines = [(f"`{_call(own, told)}`", _one_line(inspect.getdoc(told) or "")) for own, told in _own_names(named)]
    return "\n\n".join([*parts, *([_markdown_table(("name", "is"), lines)] if lines else [])])


def _own_names(named: Any) -> list[tuple[str, Any]]:
    """What a class of ours offers beyond its fields: properties and methods, each of which says what it is."""
    ours = (
        [one for one in reversed(inspect.getmro(named)) if one.__module__.startswith("engine")]
        if inspect.isclass(named)
        else []
    )
    members = {name: member for one in ours for name, member in vars(one).items() if not name.startswith("_")}
    return [(name, member) for name, member in members.items() if inspect.getdoc(member) and _is_offered(member)]


def _is_offered(member: Any) -> bool:
    """Whether somebody may call or read it."""
    return isinstance(member, property | cached_property | classmethod | staticmethod) or inspect.isfunction(member)


def _call(name: str, named: Any) -> str:
    called = named.__func__ if isinstance(named, classmethod | staticmethod) else named
    if not inspect.isfunction(called):
        return name
    parameters = [one for one in inspect.signature(called).parameters.values() if one.name not in ("self", "cls")]
    unquoted = [re.sub(": '([^']*)'", r": \1", str(one)) for one in parameters]
    return f"{name}({', '.join(unquoted)})"


def _markdown_table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [headings, ["---"] * len(headings), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)


def main() -> None:
    """Rewrite every generated part and name the pages that changed."""
    for page, text in generate().items():
        if page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")
            print(f"{page.name} rewritten")


if __name__ == "__main__":
    main()
