"""A faulty sheet with its faults marked: what pages and the interface give back of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.confined import confined
from api.uploads.answers import Reading, marked
from engine.errors import Fault
from engine.words import message
from engine.words.wording import say

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMED = {"Content-Disposition": 'attachment; filename="faults.xlsx"'}


def marked_sheet(path: Path, reading: Reading, faults: Sequence[Fault]) -> bytes:
    """The sheet in a file as a workbook with its faults marked and listed, in the language that is spoken."""
    marks = [(fault.row, fault.column, say(_sentence(fault))) for fault in faults]
    headings = (say(message("Cell")), say(message("Column")), say(message("What is wrong")))
    return bytes(confined(marked, path, reading, marks, headings))


def _sentence(fault: Fault) -> str:
    if not fault.expected:
        return message("{problem}", problem=fault.problem)
    told = {"value": str(fault.value), "problem": fault.problem, "expected": fault.expected}
    return message("“{value}” {problem}; expected: {expected}", **told)
