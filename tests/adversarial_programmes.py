"""Small adversarial programmes for tests, in memory and on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.programme import Programme, read_programme, write_programme
from scenarios.presets import adversarial


@dataclass(frozen=True)
class Draft:
    """Settings, agreements and tables that a test may change before they are written."""

    settings: dict[str, Any]
    agreements: list[dict[str, Any]]
    tables: dict[str, pd.DataFrame]

    def programme(self, folder: Path) -> Programme:
        """Write to ``folder`` and read back."""
        write_programme(folder, self.settings, self.agreements, self.tables)
        return read_programme(folder)


def draft(seed: int, workers: int = 24) -> Draft:
    """The adversarial programme of a seed."""
    made = adversarial.build(workers, seed)
    return Draft(dict(made.settings), list(made.agreements), dict(made.tables))


def shuffled(tables: dict[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """The same tables with their rows in another order."""
    generator = np.random.default_rng(seed)
    return {
        name: table.iloc[generator.permutation(len(table))].reset_index(drop=True) for name, table in tables.items()
    }
