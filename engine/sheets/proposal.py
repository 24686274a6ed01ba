"""A map that is proposed by looking at a sheet; what can't be known is ``"?"``, which the reader of maps refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.programme.column_titles import plain
from engine.programme.schema import TABLES, Column
from engine.sheets.cell_forms import CURRENCY_SIGNS, DATES, NUMBERS, day_in_form
from engine.sheets.code_words import word_codes
from engine.sheets.headings import nearest_columns
from engine.sheets.number_forms import decimal_marks
from engine.sheets.sheet_reading import Sheet
from engine.words import message
from engine.words.wording import say

_CONCEPTS = {"label", "labels", "levels", "months"}
_AMOUNT = re.compile(r"(?P<sign>[^\d\s.,]*\.?)\s*[\d.,]+\s*(?P<after>[^\d\s.,]*)")
_MOST_TOLD = 12


@dataclass(frozen=True)
class _Found:
    """A column of a sheet: its heading and what stands under it."""

    title: str
    cells: list[str]


def propose_map(sheet: Sheet, table: str, chosen: Mapping[str, int] | None = None) -> tuple[str, list[str]]:
    """A map as TOML text for a sheet, and the headings that nothing was found for; comments in the language spoken.

    Where somebody has ``chosen`` which column of the sheet (from 0) each column comes from, that is what is mapped.
    """
    lines = [
        f'table = "{table}"',
        f"sheet = {quoted(sheet.name)}",
        f"header_row = {sheet.header + 1}",
        "",
        "[columns]",
    ]
    columns = _columns(sheet)
    taken = likely_columns(sheet, table) if chosen is None else dict(chosen)
    countries = _countries(columns, taken)
    for schema in TABLES[table].columns:
        if schema.name in taken:
            lines += _lines(schema, columns[taken[schema.name]], countries)
        elif not schema.optional:
            lines.append(f'{schema.name} = {{ value = "" }}  # {say(message("nothing on the sheet is called so"))}')
    left = [one for number, one in enumerate(columns) if one.title and number not in taken.values()]
    lines += ["", *(_unused(one) for one in left)]
    return "\n".join(lines) + "\n", [one.title for one in left]


def _columns(sheet: Sheet) -> list[_Found]:
    return [
        _Found(title, [record[number] for record in sheet.records if record[number]])
        for number, title in enumerate(sheet.titles)
    ]


def likely_columns(sheet: Sheet, table: str) -> dict[str, int]:
    """Which column of a sheet (from 0) each of a table comes from: the likeliest pairs first, where the cells fit."""
    columns = _columns(sheet)
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    pairs = [
        (-likeness, number, name)
        for number, one in enumerate(columns)
        for name, likeness in nearest_columns(one.title, table)
        if _fits(kinds[name], name, one.cells)
    ]
    taken: dict[str, int] = {}
    for _, number, name in sorted(pairs):
        if name not in taken and number not in taken.values():
            taken[name] = number
    return taken


def _fits(kind: str, name: str, cells: list[str]) -> bool:
    """Whether a good part of a column's cells could be what is sought: a number of a passport is not when it ends."""
    if kind == "date":
        good = [cell for cell in cells if any(char in "/-. " for char in cell) or (_age(cell) and name == "birth_date")]
        return 2 * len(good) >= len(cells) or len(word_codes("flag", cells)) == len(set(cells))
    if kind in NUMBERS:
        return 2 * sum(_AMOUNT.fullmatch(cell) is not None for cell in cells) >= len(cells)
    return True


def _age(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and 10 <= int(cell) <= 99


def _countries(columns: list[_Found], taken: dict[str, int]) -> frozenset[str]:
    """The countries that a sheet names, for the names of their regions."""
    named = [columns[at].cells for name, at in taken.items() if name.endswith("country")]
    cells = {cell for found in named for cell in found}
    codes = {cell for cell in cells if re.fullmatch("[A-Z]{2}", cell)}
    return frozenset(codes | set(word_codes("country", cells).values()))


def _lines(schema: Column, found: _Found, countries: frozenset[str]) -> list[str]:
    """The line of a column, and what it leaves open, as comments."""
    parts = [f"from = {quoted(found.title)}"]
    told: list[str] = []
    if schema.kind == "date":
        parts += _day_parts(schema.name, found.cells)
    if schema.kind in _CONCEPTS:
        parts += _word_parts(schema, found, countries, told)
    if schema.kind in NUMBERS:
        parts += _number_parts(schema.name, found, told)
    if schema.kind in ("id", "reference") and any(re.search(r"\s", cell) for cell in found.cells):
        parts.append('spaces = ""')
    line = quoted(found.title) if len(parts) == 1 else "{ " + ", ".join(parts) + " }"
    return [f"{schema.name} = {line}", *(f"# {schema.name}: {_plainly(say(text))}" for text in told)]


def _day_parts(name: str, cells: list[str]) -> list[str]:
    if name == "birth_date" and cells and all(map(_age, cells)):
        return ['age_on = "?"']
    if asked := _asked_flags(cells):
        return [_words(asked)]
    days = [cell for cell in cells if any(_is_day(form, cell) for form in DATES)]
    # Few cells that are no day in any form are faults of their own, not of the form of the others.
    fitting = (
        [form for form in DATES if all(_is_day(form, cell) for cell in days)] if 2 * len(days) > len(cells) else []
    )
    if not fitting or fitting[0] == "YYYY-MM-DD":
        return []
    unclear = {"DD/MM/YYYY", "MM/DD/YYYY"} <= set(fitting)
    return [f'dates = "{"?" if unclear else fitting[0]}"']


def _asked_flags(cells: list[str]) -> dict[str, str]:
    """Of a column of yes and no its words: no is nothing, what yes stands for is asked; none of another column."""
    flags = word_codes("flag", cells)
    return {cell: "?" if code else "" for cell, code in flags.items()} if set(flags) == set(cells) else {}


def _is_day(form: str, cell: str) -> bool:
    text = day_in_form(form, cell) or day_in_form("YYYY-MM-DD", cell)
    _, month, day = text.split("-") if text else ("", "0", "0")
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _word_parts(schema: Column, found: _Found, countries: frozenset[str], told: list[str]) -> list[str]:
    """Words for codes; of lists, those of the entries."""
    parts, cells = [], found.cells
    if schema.concept != "sex" and (asked := _asked_flags(cells)):
        told.append(message("a column of yes and no: say what yes stands for"))
        return [_words(asked)]
    listed = schema.kind in ("labels", "levels", "months") and not any(";" in cell for cell in cells)
    mark = next((mark for mark in (",", "/", "\n") if listed and any(mark in cell for cell in cells)), "")
    entries = [part.strip() for cell in cells for part in cell.split(mark or "\0")]
    if mark:
        parts.append(f"separator = {quoted(mark)}")
    words = word_codes(schema.concept, entries, countries)
    spanish = plain(found.title) not in ("sex", "gender")
    if schema.concept == "sex" and spanish and {plain(cell) for cell in cells} == {"m"}:
        words = {cell: "?" for cell in cells}
    if words:
        parts.append(_words(words))
    if schema.kind == "months" and words and not any(":" in entry for entry in entries):
        parts.append('suffix = ":0"')
        told.append(message("no months of experience are known; join a column that has them, or say how many"))
    unknown = sorted({entry for entry in entries if entry not in words and re.search(r"[a-z]{3}|\s", entry)})
    if schema.concept in ("country", "region", "isco08", "language") and unknown and schema.kind != "labels":
        told.append(message("no code was found for {words}", words=tuple(unknown[:_MOST_TOLD])))
    return parts


def _number_parts(name: str, found: _Found, told: list[str]) -> list[str]:
    amounts = [_AMOUNT.fullmatch(cell) for cell in found.cells]
    signs = {amount["sign"] or amount["after"] for amount in amounts if amount} - {""}
    parts = []
    bare = [re.sub(r"^[^\d]+|[^\d]+$", "", cell) for cell in found.cells] if signs else found.cells
    if decimal_marks(bare) == {","}:
        parts.append("decimal_comma = true")
    known = {code for code, own in CURRENCY_SIGNS.items() if signs and signs <= {code, *own}}
    if signs:
        code = known.pop() if len(known) == 1 else "?"
        parts += [f'currency = "{code}"', 'factor = "?"']
        told.append(message("factor is what one of the currency is worth in the programme's"))
    if name == "reservation_weekly_income" and re.search(r"mensual|monthly|por mes", plain(found.title)):
        told.append(
            message(
                "a month's income is a week's times 12/52: factor = {factor}, times the currency's", factor="0.230769"
            )
        )
        parts += [] if signs else ["factor = 0.230769"]
    return parts


def _unused(found: _Found) -> str:
    """The comment for a column that isn't used; of one of yes and no, what it could be used for."""
    told = message("not used: {heading}", heading=found.title)
    if asked := _asked_flags(found.cells):
        skill = f"skills = {{ from = {quoted(found.title)}, {_words(asked)} }}"
        told = message("{unused} (yes or no; as a skill: {line})", unused=told, line=skill)
    return f"# {_plainly(say(told))}"


def _words(words: dict[str, str]) -> str:
    return "words = { " + ", ".join(f"{quoted(word)} = {quoted(code)}" for word, code in sorted(words.items())) + " }"


def _plainly(text: str) -> str:
    """A text in a comment: on one line."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def quoted(text: str) -> str:
    """A text as TOML has it."""
    return '"' + re.sub(r'[\x00-\x1f\x7f"\\]', lambda found: f"\\u{ord(found[0]):04x}", text) + '"'
