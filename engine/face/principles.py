"""The verb that compares mechanisms on one season."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from engine.atomic import written_aside
from engine.planning.principle_files import mechanisms_table, worse_off_table, write_principles
from engine.planning.principles import FORMER_RULE, Principles, compare_principles
from engine.programme import Programme
from engine.run import Options


@dataclass(frozen=True)
class PrinciplesTable:
    """One season by several mechanisms, held against last year's rule."""

    compared: Principles

    @property
    def table(self) -> pd.DataFrame:
        """A row a mechanism: people, places, income, wishes met, claims, spread, value, who is worse off."""
        return mechanisms_table(self.compared).to_pandas()

    @property
    def worse_off(self) -> pd.DataFrame:
        """A row for each worker whom a mechanism leaves with less: mechanism, worker_id, income_before, income."""
        return worse_off_table(self.compared).to_pandas()

    def plot(self, language: str = "en") -> Any:
        """The picture, as an altair chart. Raises `CallError` where the drawing libraries are missing."""
        from engine.charts import require_drawing_packages

        require_drawing_packages()
        from engine.charts.principles.picture import draw

        currency = self.compared.programme.settings.currency
        return draw(self.table, self.compared.against, currency, language)

    def to_folder(self, folder: Path | str, language: str = "en") -> Path:
        """Write the tables and the picture to a new folder; its path."""
        with written_aside(Path(folder)) as target:
            write_principles(target, self.compared, language)
        return Path(folder)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.table.to_html()


def compare(
    programme: Programme, *mechanisms: str, against: str = FORMER_RULE, options: Options | None = None
) -> PrinciplesTable:
    """Match a season by some mechanisms, all of them without any, and count who is worse off than by the rule
    ``against``.

    Raises `CallError` for a mechanism that isn't known, and what matching raises.
    """
    return PrinciplesTable(compare_principles(programme, options or Options(), mechanisms, against))
