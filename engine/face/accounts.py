"""The verb that keeps the accounts of a plan at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.accounts.accounts import KEYS, Accounts
from engine.accounts.accounts import accounts as accounts_of
from engine.accounts.away import away
from engine.accounts.evaluations import beside_evaluations
from engine.accounts.rates import read_rates
from engine.atomic import written_aside
from engine.face.plan import Plan
from engine.plan.read_plan import read_plan
from engine.planning.accounts_files import write_accounts


@dataclass(frozen=True)
class PlanAccounts:
    """The accounts of a plan at both ends, line by line, by the rates of one file."""

    found: Accounts

    @property
    def totals(self) -> pd.DataFrame:
        """A row a line over all placements: line, unit, placements, low, middle, high."""
        return self.found.by([])

    def by(self, keys: Sequence[str] = KEYS) -> pd.DataFrame:
        """A row a line for each group by some of origin_country, origin_region, destination_country, sector, year."""
        return self.found.by(keys)

    @property
    def placements(self) -> pd.DataFrame:
        """A row a placement: worker_id, order_id and the middle reading of every line."""
        return self.found.by_placement

    @property
    def uses(self) -> pd.DataFrame:
        """What income that reaches home is used for, by region: use, low, middle, high."""
        return self.found.uses

    @property
    def away(self) -> pd.DataFrame:
        """Workers away by region, occupation and month, beside the register: watched, away, registered, share."""
        return away(self.found.ledger.placements, self.found.ledger.rates)

    @property
    def evaluations(self) -> pd.DataFrame:
        """The plan beside published evaluations: name, measures, plan, low, high, source, explains."""
        return beside_evaluations(self.found.ledger)

    def to_folder(self, folder: Path | str, language: str = "en") -> Path:
        """Write the tables, accounts.json and accounts.html to a new folder, whole or not at all; its path.

        Raises `CallError` where the folder is not empty or what pages are made with is missing.
        """
        with written_aside(Path(folder)) as target:
            write_accounts(target, self.found, language)
        return Path(folder)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.totals.to_html()


def accounts(plan: Plan, rates: Path | str | None = None) -> PlanAccounts:
    """Keep the accounts of a plan at both ends, by the rates that come with Vaivén or those of a file.

    Raises `InputError` where the rates have faults, `CallError` where they lack one. A repaired plan is read with the
    programme as its events left it.
    """
    asked = read_rates(None if rates is None else Path(rates))
    if plan.files.events is None:
        return PlanAccounts(accounts_of(plan.programme, plan.worker, plan.order, asked))
    with plan.in_folder() as folder:
        read = read_plan(plan.programme, folder)
    return PlanAccounts(accounts_of(read.programme, read.worker, read.order, asked))
