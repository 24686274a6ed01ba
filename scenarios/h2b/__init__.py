"""Import of the H-2B disclosure workbook: non-agricultural seasonal orders, each in the sector of its NAICS code."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from scenarios.calibration import table
from scenarios.columns import Text, text
from scenarios.disclosure.importer import import_workbook, only_file
from scenarios.disclosure.visa import Visa
from scenarios.h2b.agreements import h2b_agreements
from scenarios.preset import Draft
from scenarios.united_states import visa_shares

SOURCE = "h2b"
SUMMARY = "US Department of Labor, H-2B disclosure data: the workbook of one fiscal year, as published."

# Illustrative: seafood and hotels hire women, landscaping and forestry hardly any.
WOMEN = 0.15


def import_files(files: Sequence[Path], workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
    """Import one workbook given as a list of files, as the command line hands it over."""
    return import_h2b(only_file(SOURCE, files), workers, seed)


def import_h2b(file: Path, workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
    """Make a programme of the workbook's certified orders, with a synthetic register of `workers` workers.

    Returns and raises what `scenarios.disclosure.importer.import_workbook` does.
    """
    return import_workbook(H2B, file, workers, seed)


def sectors_of(naics: pd.Series) -> Text:
    """The ISIC division or section of each NAICS code, by the longest prefix that the table has; empty without one."""
    prefixes = table("naics_isic").set_index("naics").isic.to_dict()
    digits = naics.fillna("").astype(str).str.replace(r"\.0$", "", regex=True).str.strip()
    codes = {
        code: next((prefixes[code[:n]] for n in range(len(code), 1, -1) if code[:n] in prefixes), "")
        for code in digits.unique()
    }
    return text(digits.map(codes))


H2B = Visa("H-2B", "h2b", WOMEN, sectors_of, lambda: visa_shares("h2b"), h2b_agreements, housed=False)

__all__ = ["SOURCE", "SUMMARY", "import_files", "import_h2b"]
