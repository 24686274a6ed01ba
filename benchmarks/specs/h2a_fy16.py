"""The real H-2A orders of fiscal year 2016, with a synthetic register; skipped where the workbook is not at hand."""

from __future__ import annotations

from pathlib import Path

from benchmarks.draft_edits import with_tighter_caps
from benchmarks.registry import Spec
from scenarios.h2a import import_h2a

WORKBOOK = Path(__file__).resolve().parents[3] / "shared" / "data" / "us_dol_H-2A_Disclosure_Data_FY16.xlsx"


def build(workers: int, folder: Path, severity: float = 1.0) -> None:
    """Write the programme of this size. Raises FileNotFoundError without the workbook."""
    if not WORKBOOK.is_file():
        raise FileNotFoundError(WORKBOOK.name)
    draft, _ = import_h2a(WORKBOOK, workers, 0)
    with_tighter_caps(draft, severity).write(folder, "parquet")


SPEC = Spec(
    name="h2a-fy16",
    summary="real orders of the H-2A programme with a synthetic register",
    build=build,
    sizes=(200_000,),
    smoke=20,
    gap=0.005,
)
