"""What the parts of the adversarial preset share: its places, words and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from scenarios.columns import Dates

ORIGINS: Mapping[str, Sequence[str]] = {
    "GT": ("GT-13", "GT-16"),
    "HN": ("HN-CR", "HN-YO"),
    "JM": ("JM-10", "JM-13"),
}
DESTINATIONS: Mapping[str, Sequence[str]] = {
    "CA": ("CA-ON", "CA-QC"),
    "ES": ("ES-H", "ES-LU"),
    "US": ("US-FL", "US-NC"),
}
PLACES: Mapping[str, Sequence[str]] = {**ORIGINS, **DESTINATIONS}
OCCUPATIONS = ("6111", "6112", "7511", "9112", "9211", "9212")
ANCHOR = 0  # the row of the anchor's employer, site, order and worker


@dataclass(frozen=True)
class Season:
    """The year of the programme; a leap year brings orders and stays that touch 29 February."""

    year: int

    @property
    def as_of(self) -> date:
        """The day of the run, shortly before the season."""
        return date(self.year - 1, 12, 20)

    def day(self, month: int, day: int, year: int = 0) -> np.datetime64:
        """Give a day of the season, or of a year counted from it."""
        return np.datetime64(date(self.year + year, month, day), "D")


def seconds(dates: Any) -> Dates:
    """Hand dates to a table in the unit that pandas keeps."""
    return np.asarray(np.asarray(dates, "datetime64[D]"), "datetime64[s]")
