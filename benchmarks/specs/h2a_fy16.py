"""The real H-2A orders of fiscal year 2016, with a synthetic register; skipped where the workbook is not at hand."""

from __future__ import annotations

from pathlib import Path

from engine.programme import write_programme
from scenarios.h2a.importer import import_h2a

NAME = "h2a-fy16"
SIZES = (200_000,)
SMOKE = 200
GAP = 0.005
WORKBOOK = Path(__file__).resolve().parents[3] / "shared" / "data" / "us_dol_H-2A_Disclosure_Data_FY16.xlsx"


def build(workers: int, folder: Path) -> None:
    """Write the programme of this size. Raises FileNotFoundError without the workbook."""
    if not WORKBOOK.is_file():
        raise FileNotFoundError(WORKBOOK.name)
    draft, _ = import_h2a(WORKBOOK, workers, 0)
    write_programme(folder, draft.settings, draft.agreements, draft.tables, "parquet")
