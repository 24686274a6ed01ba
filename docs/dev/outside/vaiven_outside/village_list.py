"""A source: the list that a village keeps, a line a person with the months that he or she has picked fruit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from engine.errors import CallError
from scenarios.preset import Draft
from vaiven_outside.one_valley import build, valley

SOURCE = "village-list"
SUMMARY = "The list of a village: months of picking, a line a person."


def import_files(files: Sequence[Path], workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
    """The season of a village, and the lines that are no number with the reason."""
    if len(files) != 1:
        raise CallError("A village has one list.", "Name one file.")
    lines = files[0].read_text("utf-8").splitlines()
    months = [int(line) for line in lines if line.strip().isdecimal()]
    wrong = [number for number, line in enumerate(lines, 1) if not line.strip().isdecimal()]
    refused = pd.DataFrame({"row": wrong, "reason": "is no whole number of months"})
    draft = build(len(months), seed)
    return replace(draft, tables={**draft.tables, "workers": valley(months)}), refused
