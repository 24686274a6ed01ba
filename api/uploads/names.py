"""Names and contacts in an upload of workers: columns beside the format, kept in ``persons`` alone.

Invariant: they leave the table before it is a register, so no snapshot, profile, run or log holds them; they are shown
where `api.identity.shown_columns.PERSON` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import sqlalchemy as sa

from api.storage.tables import persons
from engine.errors import Fault, InputError
from engine.programme.column_titles import plain
from engine.programme.raw_table import RawTable
from engine.sheets.cell_forms import ColumnMap
from engine.sheets.sheet_map import SheetMap
from engine.words import message

PERSON_COLUMNS = ("name", "contact")
LONGEST = 200
HEADINGS = {
    "name": ("name", "nombre", "full name", "nombre completo", "nombre y apellidos"),
    "contact": ("contact", "contacto", "phone", "telefono"),
}


def with_names(chosen: SheetMap, titles: Sequence[str]) -> SheetMap:
    """A proposed map of workers with the headings under which a sheet has names and contacts."""
    if chosen.table != "workers":
        return chosen
    used = {column.source for column in chosen.columns.values()}
    free = {plain(title): title for title in titles if title and title not in used}
    found = {
        name: ColumnMap(source=next(free[one] for one in known if one in free))
        for name, known in HEADINGS.items()
        if any(one in free for one in known)
    }
    return replace(chosen, columns={**chosen.columns, **found})


def name_columns(table: str, titles: Sequence[str]) -> dict[str, int]:
    """The columns of a sheet, from 0, that most likely have names and contacts of workers."""
    plainly = [plain(title) for title in titles] if table == "workers" else []
    found = {name: [at for at, title in enumerate(plainly) if title in known] for name, known in HEADINGS.items()}
    return {name: places[0] for name, places in found.items() if places}


def names_apart(raw: RawTable) -> tuple[RawTable, dict[str, list[str]]]:
    """A table of workers without its names and contacts, and those by column, in the order of the rows.

    Raises `InputError` with every cell that can't be kept; the cell itself isn't told.
    """
    if raw.name != "workers":
        return raw, {}
    faults = []
    for name in PERSON_COLUMNS:
        if name in raw.columns:
            wrong = pc.match_substring_regex(raw.columns[name], f"[\\x00-\\x1f\\x7f]|^.{{{LONGEST + 1}}}")
            expected = message("printable text of at most {longest} characters", longest=LONGEST)
            faults += [
                Fault(raw.file, raw.row(record), name, "", message("can't be kept"), expected)
                for record in np.flatnonzero(np.asarray(wrong))[:1000]
            ]
    if faults:
        raise InputError(faults)
    told = {name: raw.columns[name].to_pylist() for name in PERSON_COLUMNS if name in raw.columns}
    kept = {name: column for name, column in raw.columns.items() if name not in PERSON_COLUMNS}
    return RawTable(raw.name, raw.file, kept, raw.size, raw.rows), told


def write_names(connection: sa.Connection, workers: Sequence[str], told: Mapping[str, Sequence[str]]) -> None:
    """Keep what is told of workers (pseudonyms); an empty cell leaves what is known.

    Persons are taken in the order of their pseudonyms, so that two programmes' uploads don't wait for each other.
    """
    said = [dict(zip(told, cells, strict=True)) for cells in zip(*told.values(), strict=True)]
    rows = [{"of": worker, **cells} for worker, cells in zip(workers, said, strict=True) if any(cells.values())]
    kept = {name: sa.func.coalesce(sa.func.nullif(sa.bindparam(name), ""), persons.c[name]) for name in told}
    if rows:
        one = persons.update().where(persons.c.worker_id == sa.bindparam("of")).values(kept)
        connection.execute(one, sorted(rows, key=lambda row: row["of"]))
