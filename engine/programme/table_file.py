"""One table in a file of its own, whatever program wrote it: CSV with commas or semicolons, or a workbook."""

from __future__ import annotations

from pathlib import Path

from python_calamine import CalamineError

from engine.errors import Fault
from engine.programme.csv_table import read_csv
from engine.programme.raw_table import RawTable, Report
from engine.programme.sheet_cells import workbook_sheets
from engine.programme.workbook import sheet_table, workbook_is_safe
from engine.words import message

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_table_file(path: Path, name: str, report: Report) -> RawTable | None:
    """Read a table as text columns; of a workbook the sheet called ``name`` or, where none is, the only one.

    None where it can't be read; the faults are reported.
    """
    if path.suffix.lower() not in WORKBOOKS:
        return read_csv(path, name, report)
    if path.suffix.lower() != ".xls" and not workbook_is_safe(path, report):
        return None
    try:
        sheets = workbook_sheets(path)
    except (CalamineError, OSError, ValueError) as error:
        problem = message("can't be read as a workbook ({error})", error=str(error)[:120])
        report(Fault(path.name, 0, "", "", problem, message("an .xlsx file"), "file"))
        return None
    if name not in sheets and len(sheets) != 1:
        expected = message("a sheet named {names}", names=name)
        report(Fault(path.name, 0, "", "", message("is a missing table"), expected, "table"))
        return None
    own = name if name in sheets else next(iter(sheets))
    return sheet_table(name, f"{path.name}, sheet {own}", sheets[own], report)
