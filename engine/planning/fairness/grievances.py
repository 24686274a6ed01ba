"""Grievances as an office keeps them: a table of who filed one against which employer on which day."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.errors import CallError, Fault, InputError
from engine.programme.programme import Programme
from engine.programme.table_file import read_table_file
from engine.words import message

COLUMNS = ("worker_id", "employer_id", "filed_on")


@dataclass(frozen=True)
class Grievances:
    """Grievance i: a ``worker`` (row) against an ``employer`` (id), ``filed_on`` a day (number)."""

    worker: npt.NDArray[np.int64]
    employer: npt.NDArray[np.object_]
    filed_on: npt.NDArray[np.int64]


NONE = Grievances(np.empty(0, np.int64), np.empty(0, object), np.empty(0, np.int64))


def read_grievances(programme: Programme, path: Path) -> Grievances:
    """Read a table of worker_id, employer_id and filed_on. Raises `CallError` where there is none and `InputError` for
    missing columns, unknown workers, employers of no season, and days that are none.
    """
    if not path.is_file():
        raise CallError(
            message("There is no table {path}.", path=path),
            message("Name a file with worker_id, employer_id, filed_on."),
        )
    faults: list[Fault] = []
    table = read_table_file(path, "grievances", faults.append)
    missing = [name for name in COLUMNS if table is None or name not in table.columns]
    for name in missing:
        said, right = message("is a missing column"), message("a column of this name")
        faults.append(Fault(path.name, 1, name, "", said, right, "column"))
    if table is None or faults:
        raise InputError(faults)
    texts = {name: np.asarray(table.columns[name].to_pylist(), object) for name in COLUMNS}
    worker = pd.Index(programme.workers.id_text("worker_id")).get_indexer(pd.Index(texts["worker_id"]))
    filed = pd.to_datetime(pd.Series(texts["filed_on"]), format="%Y-%m-%d", errors="coerce").to_numpy("datetime64[D]")
    unknown = message("is not in {owner}", owner="workers"), message("an id of {owner}", owner="workers")
    no_employer = message("is not in {owner}", owner="employers"), message("an id of {owner}", owner="employers")
    no_day = message("is not a date"), message("a day as 2026-01-31")
    wrong = (
        ("worker_id", worker < 0, unknown),
        ("employer_id", ~np.isin(texts["employer_id"].astype(str), _employers(programme)), no_employer),
        ("filed_on", np.isnat(filed), no_day),
    )
    for name, of_row, (said, right) in wrong:
        for row in np.flatnonzero(of_row).tolist():
            faults.append(Fault(path.name, table.row(row), name, str(texts[name][row] or ""), said, right))
    if faults:
        raise InputError(faults)
    return Grievances(worker.astype(np.int64), texts["employer_id"], filed.astype(np.int64))


def _employers(programme: Programme) -> npt.NDArray[np.str_]:
    """Employers of this season and of earlier stays."""
    past = programme["history"].labels("employer_id").names
    return np.array([*programme["employers"].id_text("employer_id"), *past], dtype=str)
