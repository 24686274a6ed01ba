"""Cells as text become typed columns; each distinct text is read once, each wrong cell becomes a fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.arrays import entries_from, offsets_of, row_of_each
from engine.days import NO_DATE, day_number
from engine.errors import Fault
from engine.programme import codes
from engine.programme.clauses import ID_RULE, is_id
from engine.programme.raw_table import RawTable
from engine.programme.schema import CEFR_LEVELS, EXIT_REASONS, SEXES, Column
from engine.programme.shown_errors import ERRORS, LOST
from engine.words import message, plural

Report = Callable[[Fault], None]
MOST_FAULTS_OF_A_COLUMN = 1000
_NUMBER = r"^(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_ID = r"^[^\s\p{Z};:|]{1,64}$"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LANGUAGE = re.compile(r"([a-z]{2,3})(-[A-Za-z0-9]{1,8})*")
_SECTOR = re.compile(r"[A-U](\d{2,4})?")
NO_MOMENT = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a raw table with its distinct texts: row r holds ``texts[code[r]]``."""

    column: Column
    table: RawTable
    texts: pa.StringArray
    code: npt.NDArray[np.int32]
    report: Report
    most: int = MOST_FAULTS_OF_A_COLUMN

    def refuse(self, wrong: npt.NDArray[np.bool_], problem: str, expected: str, code: str = "value") -> None:
        """Report every row whose distinct text is marked wrong."""
        if wrong.any():
            self.refuse_rows(np.flatnonzero(wrong[self.code]), problem, expected, code)

    def refuse_rows(self, rows: npt.NDArray[Any], problem: str, expected: str, code: str = "value") -> None:
        """Report the rows given by number; past the ``most`` that are shown the rest is told as a count."""
        shown = rows[: self.most]
        texts = self.texts.take(pa.array(self.code[shown])).to_pylist()
        for row, text in zip(shown, texts, strict=True):
            self.report(Fault(self.table.file, self.table.row(row), self.column.name, text, problem, expected, code))
        if len(rows) > len(shown):
            more = plural(
                "{problem}, as does {n:,} more row",
                "{problem}, as do {n:,} more rows",
                n=len(rows) - len(shown),
                problem=problem,
            )
            last = self.table.row(rows[-1])
            self.report(Fault(self.table.file, last, self.column.name, "", more, expected, code))

    def empty(self) -> npt.NDArray[np.bool_]:
        """Which distinct text is empty."""
        return np.asarray(pc.equal(self.texts, ""))


def cells_of(table: RawTable, column: Column, report: Report, most: int = MOST_FAULTS_OF_A_COLUMN) -> Cells | None:
    """The cells of a column, or None where the table lacks it (a fault unless it is optional)."""
    raw = table.columns.get(column.name)
    if raw is None:
        if not column.optional:
            report(
                Fault(
                    table.file,
                    1,
                    column.name,
                    "",
                    message("is a missing column"),
                    message("a column of this name"),
                    "column",
                )
            )
            return None
        raw = pa.array([""] * table.size, pa.string())
    encoded = raw.dictionary_encode()
    cells = Cells(column, table, encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False), report, most)
    if column.filled:
        cells.refuse(cells.empty(), message("is empty"), message("a value in every row"))
    return _without_errors(cells)


def _without_errors(cells: Cells) -> Cells:
    """The cells, empty where they show an error of a spreadsheet; each of those is reported, whatever the column is."""
    shown = np.asarray(pc.is_in(cells.texts, pa.array(sorted(ERRORS), pa.string())))
    if not shown.any():
        return cells
    lost = np.asarray(pc.equal(cells.texts, LOST))
    typed = message("the cell as text, typed again")
    cells.refuse(lost, message("has more digits than a spreadsheet keeps"), typed)
    cells.refuse(shown & ~lost, message("is an error of the spreadsheet"), message("a value, or an empty cell"))
    return replace(cells, texts=pc.if_else(pa.array(shown), "", cells.texts))


def read_ids(cells: Cells) -> pa.StringArray:
    """A key column: each cell an id, no id twice."""
    wrong = ~np.asarray(pc.match_substring_regex(cells.texts, _ID)) & ~cells.empty()
    cells.refuse(wrong, message("is not an id"), ID_RULE)
    counts = np.bincount(cells.code, minlength=len(cells.texts))
    cells.refuse((counts > 1) & ~cells.empty(), message("stands more than once"), message("each id once"), "duplicate")
    if cells.column.name == "employer_id":
        two = np.asarray(pc.match_substring_regex(cells.texts, "^[A-Za-z]{2}$"))
        cells.refuse(two, message("could be taken for a country"), message("an employer id that is not two letters"))
    return cells.texts.take(pa.array(cells.code))


def read_numbers(cells: Cells) -> npt.NDArray[np.float64]:
    """A column of finite numbers not below the column's least; the default where empty."""
    empty = cells.empty()
    right = np.asarray(pc.match_substring_regex(cells.texts, _NUMBER))
    with_comma = np.asarray(pc.match_substring_regex(cells.texts, r"^-?\d+,\d+$")) & ~right
    cells.refuse(with_comma, message("has a decimal comma"), message("a decimal point, such as 12.5"))
    cells.refuse(~right & ~empty & ~with_comma, message("is not a number from 0"), _expected_number(cells.column))
    safe = pc.if_else(pa.array(right), cells.texts, "0")
    values = np.array(pc.cast(safe, pa.float64()), np.float64)
    beyond = right & ((values < cells.column.least) | ~np.isfinite(values) | (values > cells.column.most))
    if cells.column.kind == "integer":
        beyond |= right & (values != np.floor(values)) | (values > 2**31 - 1)
    if cells.column.kind == "share":
        beyond |= right & (values > 1)
    cells.refuse(beyond, message("is out of range"), _expected_number(cells.column))
    values[empty] = np.nan if cells.column.default is None else cells.column.default
    return values[cells.code]


def _expected_number(column: Column) -> str:
    if column.kind == "share":
        return message("a number between 0 and 1")
    most = min(column.most, 2**31 - 1) if column.kind == "integer" else column.most
    shown = f"{most:.0f}" if most < 2**31 else f"{most:.0e}"
    if column.kind == "integer":
        return message("a whole number from {least:g} (at most {most})", least=column.least, most=shown)
    return message("a number from {least:g} (at most {most})", least=column.least, most=shown)


def read_dates(cells: Cells) -> npt.NDArray[np.int32]:
    """A column of ISO dates as day numbers; the default where empty."""
    default = NO_DATE if cells.column.default is None else int(cells.column.default)
    days = np.full(len(cells.texts), default, np.int32)
    wrong = np.zeros(len(cells.texts), bool)
    for i, text in enumerate(cells.texts.to_pylist()):
        if text:
            day = _iso_date(text)
            wrong[i] = day is None
            days[i] = default if day is None else day_number(day)
    cells.refuse(wrong, message("is not a date"), message("a date between 1900 and 2199 such as 2026-05-01"))
    return days[cells.code]


def _iso_date(text: str) -> date | None:
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def read_moments(cells: Cells) -> npt.NDArray[np.int64]:
    """A column of ISO dates or date-times as seconds from 1970-01-01; those with an offset are told in UTC."""
    seconds = np.full(len(cells.texts), NO_MOMENT, np.int64)
    wrong = np.zeros(len(cells.texts), bool)
    for i, text in enumerate(cells.texts.to_pylist()):
        if text:
            try:
                if _iso_date(text[:10]) is None:
                    raise ValueError(text)
                moment = datetime.fromisoformat(text)
                moment = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
                seconds[i] = np.datetime64(moment, "s").astype(np.int64)
            except (ValueError, OverflowError):
                wrong[i] = True
    cells.refuse(wrong, message("is not a moment"), message("a date or date-time such as 2026-01-31T09:00:00"))
    return seconds[cells.code]


def read_labels(cells: Cells) -> tuple[npt.NDArray[np.int32], list[str]]:
    """A column of codes: the code of each row into the distinct texts, -1 where empty, and those texts."""
    texts = cells.texts.to_pylist()
    wrong = np.array([bool(text) and not is_label(cells.column.concept, text) for text in texts], bool)
    cells.refuse(wrong, *label_fault(cells.column.concept))
    codes_of_texts = np.where(cells.empty(), -1, np.arange(len(texts))).astype(np.int32)
    return codes_of_texts[cells.code], texts


def read_entries(
    cells: Cells,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int32], list[str]]:
    """A column of lists: offsets by row, codes into distinct labels, amounts (months or levels), the labels."""
    filled = pc.if_else(pc.equal(cells.texts, ""), pa.scalar(None, pa.string()), cells.texts)
    split = pc.split_pattern(filled, ";")
    lengths = np.asarray(pc.fill_null(pc.list_value_length(split), 0))
    entries = pc.utf8_trim_whitespace(pc.list_flatten(split)).dictionary_encode()
    distinct: list[str] = entries.dictionary.to_pylist()
    labels, amounts, wrong = _read_distinct_entries(cells.column, distinct)
    entry_codes = entries.indices.to_numpy(zero_copy_only=False)
    owner = row_of_each(lengths)
    bad_cells = np.zeros(len(lengths), bool)
    bad_cells[owner[wrong[entry_codes]]] = True
    cells.refuse(bad_cells, *entry_fault(cells.column))
    names = sorted(set(labels))
    position = {name: i for i, name in enumerate(names)}
    label_codes = np.array([position[label] for label in labels], np.int32)[entry_codes]
    _refuse_repeats(cells, owner, label_codes, len(names))
    offsets = offsets_of(lengths)
    row_lengths = lengths[cells.code]
    row_offsets = offsets_of(row_lengths)
    take = entries_from(offsets[:-1][cells.code], row_lengths)
    return row_offsets, label_codes[take], amounts[entry_codes][take], names


def _refuse_repeats(cells: Cells, owner: npt.NDArray[Any], labels: npt.NDArray[Any], label_count: int) -> None:
    key = owner.astype(np.int64) * max(label_count, 1) + labels
    order = np.argsort(key, kind="stable")
    twice = np.flatnonzero(np.diff(key[order]) == 0)
    repeated = np.zeros(len(cells.texts), bool)
    repeated[owner[order[twice]]] = True
    cells.refuse(repeated, message("names one entry twice"), message("each entry of the list once"))


def _read_distinct_entries(
    column: Column, distinct: Sequence[str]
) -> tuple[list[str], npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    labels, amounts = [], np.zeros(len(distinct), np.int32)
    wrong = np.zeros(len(distinct), bool)
    for i, entry in enumerate(distinct):
        label, amount = entry, "0"
        if column.kind in ("months", "levels"):
            label, _, amount = entry.partition(":")
        if column.kind == "levels":
            amount = str(CEFR_LEVELS.index(amount) + 1) if amount in CEFR_LEVELS else ""
        labels.append(label)
        wrong[i] = not (amount.isascii() and amount.isdigit() and len(amount) < 6 and is_label(column.concept, label))
        amounts[i] = 0 if wrong[i] else int(amount)
    return labels, amounts, wrong


def is_label(concept: str, text: str) -> bool:
    """Whether ``text`` is a code of the concept."""
    if concept == "country":
        return text in codes.countries()
    if concept == "region":
        return text in codes.regions()
    if concept == "isco08":
        return text in codes.occupations()
    if concept == "language":
        tag = _LANGUAGE.fullmatch(text)
        return tag is not None and tag[1] in codes.languages()
    if concept == "sector":
        return _SECTOR.fullmatch(text) is not None
    if concept == "sex":
        return text in SEXES
    if concept == "exit_reason":
        return text in EXIT_REASONS
    if concept == "skill":
        return bool(text.strip()) and len(text) <= 400
    return is_id(text)


_LABEL_FAULTS = {
    "country": (message("is not a country"), message("an ISO 3166-1 alpha-2 code such as GT")),
    "region": (message("is not a region"), message("an ISO 3166-2 code such as GT-13")),
    "isco08": (message("is not an occupation"), message("a four-digit ISCO-08 unit group such as 9211")),
    "sector": (message("is not a sector"), message("an ISIC Rev. 4 code such as A01")),
    "sex": (message("is not a sex"), message("one of F, M, X or empty")),
    "exit_reason": (message("is not an exit reason"), message("one of {names}", names=tuple(EXIT_REASONS))),
}


def label_fault(concept: str) -> tuple[str, str]:
    """What a wrong label of the concept is told: the problem and what would be right."""
    return _LABEL_FAULTS.get(concept, (message("is not an id"), ID_RULE))


def entry_fault(column: Column) -> tuple[str, str]:
    """What a wrong entry of a list is told."""
    expected = {
        "months": message("ISCO-08 codes and whole months such as 9211:24;6111:12"),
        "levels": message("BCP 47 languages and CEFR levels such as es:C2;en:A2"),
    }.get(column.kind, message("a list joined by ;, without an empty entry"))
    return message("has an entry that can't be read"), expected
