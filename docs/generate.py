"""Writes the parts of the documentation that the code itself can tell: tables, kinds of clause, commands.

    python docs/generate.py

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``.
"""

from __future__ import annotations

import csv
import inspect
import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer
from clause_sections import clauses_part
from page_text import markdown_table, one_line
from scheme_sections import schemes_part

import vaiven
from api.identity.access import GRANTS, ROLES
from api.settings import Settings
from engine.accounts.ledger import every_line as every_account_line
from engine.days import NO_DATE, OPEN_END, OPEN_START
from engine.programme.schema import CEFR_LEVELS, EXIT_REASONS, SEXES, TABLES, Column, TableSchema
from engine.rights.report import every_line

DOCS = Path(__file__).resolve().parent
PRINCIPLES = DOCS / "images" / "principles.csv"
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
    "operator": "id",
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


def generate() -> dict[Path, str]:
    """The whole text of every page that has a generated part, as it should be."""
    parts: dict[str, tuple[str, Callable[[], str]]] = {
        "programme.md": ("tables", tables_part),
        "clauses.md": ("clauses", clauses_part),
        "commands.md": ("commands", commands_part),
        "service.md": ("access", access_part),
        "operator.md": ("settings", settings_part),
        "python.md": ("names", names_part),
        "schemes.md": ("schemes", schemes_part),
        "../README.md": ("principles", principles_part),
        "rights.md": ("lines", rights_part),
        "accounts.md": ("lines", account_lines_part),
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
    return f"### {schema.name}\n\n{needed}\n\n{markdown_table(('column', 'holds', 'when empty'), lines)}"


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
        told = [(f"`{_metavar(argument)}`", one_line(argument.help or "")) for argument in arguments]
        parts.append(markdown_table(("argument", "is"), told))
    if options:
        chosen = [(f"`{', '.join(option.opts)}`", _option_help(option), _default(option)) for option in options]
        parts.append(markdown_table(("option", "does", "default"), chosen))
    return "\n\n".join(parts)


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(one_line(paragraph) for paragraph in (text or "").split("\n\n"))


def _metavar(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _shown_argument(argument: Any) -> str:
    return _metavar(argument) if argument.required else f"[{_metavar(argument)}]"


def _option_help(option: Any) -> str:
    choices = type(option.default) if isinstance(option.default, Enum) else ()
    said = one_line(option.help or "")
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
    return markdown_table(("action", "who may", "what the others are told"), lines)


def settings_part() -> str:
    """Every setting of the service with its default."""
    lines = [
        (f"`VAIVEN_{name.upper()}`", field.description or "", f"`{field.default}`" if field.default != "" else "")
        for name, field in Settings.model_fields.items()
    ]
    return markdown_table(("variable", "says", "default"), lines)


def principles_part() -> str:
    """The price of each principle, of the comparison that is kept beside the picture of it."""
    with PRINCIPLES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    headings = (
        *("mechanism", "people placed", "value, of the most possible", "net income, million USD", "on a first choice"),
        *("pairs of justified envy", "worse off than by first come"),
    )
    lines = [
        (
            f"`{row['mechanism']}`",
            f"{float(row['workers']):,.0f}",
            f"{float(row['share_of_bound']):.1%}",
            f"{float(row['net_income']) / 1e6:,.1f}",
            f"{float(row['first_choices']):,.0f}",
            f"{float(row['envy_pairs']):,.0f}",
            f"{float(row['worse_off']):,.0f}",
        )
        for row in sorted(rows, key=lambda row: -float(row["share_of_bound"]))
    ]
    return markdown_table(headings, lines)


def rights_part() -> str:
    """Every line of the rights report: what it asks, what it cites, what data can't tell."""
    lines = [
        (f"`{name}`", kind.ASKS, "<br>".join(cited.in_words for cited in kind.PRINCIPLES), kind.UNKNOWN)
        for name, kind in every_line().items()
    ]
    return markdown_table(("line", "asks", "cites", "what data can't tell"), lines)


def account_lines_part() -> str:
    """Every line of the accounts, in their order: its formula and the rates that it uses."""
    lines = [
        (f"`{name}`", kind.TITLE, kind.FORMULA, ", ".join(f"`{rate}`" for rate in kind.RATES))
        for name, kind in every_account_line().items()
    ]
    return markdown_table(("line", "is", "formula", "rates"), lines)


def names_part() -> str:
    """Every public name of `import vaiven`, with what it says of itself and of its own names."""
    return "\n\n".join(_name_section(name) for name in vaiven.__all__)


def _name_section(name: str) -> str:
    named = getattr(vaiven, name)
    parts = [f"### {name}"]
    if inspect.isfunction(named):
        parts.append(f"```python\n{_call(name, named)}\n```")
    parts.append(_paragraphs(inspect.getdoc(named)))
    lines = [(f"`{_call(own, told)}`", one_line(inspect.getdoc(told) or "")) for own, told in _own_names(named)]
    return "\n\n".join([*parts, *([markdown_table(("name", "is"), lines)] if lines else [])])


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


def main() -> None:
    """Rewrite every generated part and name the pages that changed."""
    for page, text in generate().items():
        if page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")
            print(f"{page.name} rewritten")


if __name__ == "__main__":
    main()
