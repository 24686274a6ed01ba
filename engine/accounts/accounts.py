"""The accounts: every line added up over placements, by corridor, region, sector and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.accounts.amounts import READINGS
from engine.accounts.ledger import Ledger, Unit, every_line
from engine.accounts.rates import Rates
from engine.audit.placement_table import PlacementTable
from engine.programme.programme import Programme

KEYS = ("origin_country", "origin_region", "destination_country", "sector", "year")


@dataclass(frozen=True)
class Accounts:
    """The accounts of a plan by the rates of one file."""

    ledger: Ledger

    @cached_property
    def groups(self) -> pd.DataFrame:
        """What a placement is added up under: `KEYS`, the year being that in which it starts."""
        placements = self.ledger.placements
        table = {"origin_country": "workers", "origin_region": "workers"}
        told = {key: placements.text(table.get(key, "orders"), key) for key in KEYS if key != "year"}
        year = placements.date("orders", "start_date").astype("datetime64[Y]").astype(np.int64) + 1970
        return pd.DataFrame({**told, "year": year})

    def by(self, keys: Sequence[str] = KEYS) -> pd.DataFrame:
        """A row for each line and each group that ``keys`` make (none: over all placements).

        Columns: keys, line, unit, placements, low, middle, high; money is the sum in the programme's currency, exact to
        the cent, days are the average over placements.
        """
        frames = [self._line(name, list(keys)) for name in every_line()]
        return pd.concat(frames, ignore_index=True)

    def _line(self, name: str, keys: list[str]) -> pd.DataFrame:
        amounts = self.ledger.line(name)
        table = self.groups[keys].assign(placements=1, **dict(zip(READINGS, amounts, strict=True)))
        summed = table.groupby(keys, sort=True).sum().reset_index() if keys else table.sum().to_frame().T
        unit = every_line()[name].UNIT
        share = 100 if unit == Unit.MONEY else 100 * np.maximum(summed["placements"], 1)
        for reading in READINGS:
            summed[reading] = np.round(summed[reading] / share, 2)
        summed.insert(len(keys), "line", name)
        summed.insert(len(keys) + 1, "unit", str(unit))
        return summed.astype({"placements": np.int64})

    @cached_property
    def by_placement(self) -> pd.DataFrame:
        """A row a placement: worker_id, order_id, then the middle reading of every line."""
        placements = self.ledger.placements
        programme = placements.programme
        ids = {
            "worker_id": programme.workers.id_text("worker_id")[placements.worker],
            "order_id": programme.orders.id_text("order_id")[placements.order],
        }
        return pd.DataFrame(ids | {name: self.ledger.line(name)[1] / 100 for name in every_line()})

    @cached_property
    def uses(self) -> pd.DataFrame:
        """What income that reaches home is used for, by region of origin, as surveys say: use, low, middle, high.

        Shares of `income_at_home`, each use apart; what surveys don't name is no row.
        """
        names, ledger = self.ledger.rates.beginning("use_"), self.ledger
        keys = list(KEYS[:2])
        frames = []
        for name in names:
            income = np.maximum(ledger.line("income_at_home"), 0)
            used = np.rint(np.round(income * ledger.rate(name), 6)).astype(np.int64)
            table = self.groups[keys].assign(**dict(zip(READINGS, used, strict=True)))
            summed = table.groupby(keys, sort=True).sum().reset_index()
            summed.insert(len(keys), "use", name.removeprefix("use_"))
            frames.append(summed)
        told = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*keys, "use", *READINGS])
        return told.assign(**{reading: np.round(told[reading] / 100, 2) for reading in READINGS})

    @cached_property
    def rates(self) -> pd.DataFrame:
        """The figures of the file: name, origin, destination, sector, low, middle, high, as_of, source."""
        columns = ["name", "origin", "destination", "sector", *READINGS, "as_of", "source"]
        return pd.DataFrame([vars(rate) for rate in self.ledger.rates.rates], columns=columns)


def accounts(
    programme: Programme, worker: npt.NDArray[np.int64], order: npt.NDArray[np.int64], rates: Rates
) -> Accounts:
    """Keep the accounts of the placements of workers (row numbers) on orders (row numbers)."""
    return Accounts(Ledger(PlacementTable(programme, worker, order), rates))
