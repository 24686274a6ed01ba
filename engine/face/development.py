"""The verb that reports to a planning ministry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.accounts.development import Development
from engine.atomic import written_aside
from engine.face.accounts import accounts
from engine.face.plan import Plan
from engine.planning.development_files import write_development


@dataclass(frozen=True)
class DevelopmentReport:
    """What a plan means for the places that people come from."""

    found: Development

    @property
    def regions(self) -> pd.DataFrame:
        """A row a region of origin: people abroad, months away, income, remittances, savings, work that comes home."""
        return self.found.regions

    @property
    def countries(self) -> pd.DataFrame:
        """The same by country of origin."""
        return self.found.countries

    @property
    def months(self) -> pd.DataFrame:
        """People away by region and month, beside the register."""
        return self.found.months

    @property
    def records(self) -> pd.DataFrame:
        """What is written to workers' records: occupation and skills of each stay, months, and the agreement."""
        return self.found.records

    @property
    def openings(self) -> pd.DataFrame:
        """Orders in countries of origin: headcount, filled, and by how many whom the same plan has abroad too."""
        return self.found.openings

    @property
    def share_at_home(self) -> float:
        """The share of those who are abroad that have an opening at home in the off-season."""
        return self.found.share_at_home

    @property
    def statistics(self) -> pd.DataFrame:
        """The regions' figures in long form for a statistics office, those of few people withheld."""
        return self.found.statistics

    def to_folder(self, folder: Path | str, language: str = "en") -> Path:
        """Write the tables, the chart and development.html to a new folder, whole or not at all; its path.

        Raises `CallError` where the folder is not empty or what pages are made with is missing.
        """
        with written_aside(Path(folder)) as target:
            write_development(target, self.found, language)
        return Path(folder)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.regions.to_html()


def development(plan: Plan, rates: Path | str | None = None) -> DevelopmentReport:
    """Report what a plan means for each region of origin, by the rates that come with Vaivén or those of a file.

    Raises as `accounts` does.
    """
    return DevelopmentReport(Development(accounts(plan, rates).found))
