"""Import of the H-2A disclosure workbook: seasonal orders of farms, with housing and floors under wages by state."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from scenarios.columns import Text, text
from scenarios.disclosure.importer import import_workbook, only_file
from scenarios.disclosure.visa import Visa
from scenarios.h2a.agreements import beds_by_state, h2a_agreements
from scenarios.preset import Draft
from scenarios.united_states import h2a_origins

SOURCE = "h2a"
SUMMARY = "US Department of Labor, H-2A disclosure data: the workbook of one fiscal year, as published."

# GAO-25-106389: 97 % of H-2A workers are men.
WOMEN = 0.03
SECTOR = "A01"


def import_files(files: Sequence[Path], workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
    """Import one workbook given as a list of files, as the command line hands it over."""
    return import_h2a(only_file(SOURCE, files), workers, seed)


def import_h2a(file: Path, workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
    """Make a programme of the workbook's certified orders, with a synthetic register of `workers` workers.

    Returns and raises what `scenarios.disclosure.importer.import_workbook` does.
    """
    return import_workbook(H2A, file, workers, seed)


def _farms(naics: pd.Series) -> Text:
    return text([SECTOR] * len(naics))


H2A = Visa("H-2A", "h2a", WOMEN, _farms, h2a_origins, h2a_agreements, beds_by_state, titled=True)

__all__ = ["SOURCE", "SUMMARY", "import_files", "import_h2a"]
