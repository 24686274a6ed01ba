"""The accounts of a plan at both ends: pay, costs, remittances, savings, and what homes give up."""

from __future__ import annotations

from typing import Literal

from api.requests.shapes import example
from api.runs.job import Job, Results, as_kept, files_in
from api.runs.plan_kind import OfPlanIn, RecordsKind
from engine.accounts.accounts import accounts
from engine.accounts.rates import read_rates
from engine.planning.accounts_files import accounts_told, write_accounts

OF_PLACEMENTS = "placement_accounts.csv"


class AccountsIn(OfPlanIn):
    """The accounts of the plan of the run `plan`, by the rates that come with Vaivén."""

    model_config = example({"kind": "accounts", "plan": "0198", "lang": "en"})
    kind: Literal["accounts"]


class AccountsOfPlan(RecordsKind):
    """Accounts of a plan."""

    name, asked = "accounts", AccountsIn

    def compute(self, job: Job) -> Results:
        """Add up every line."""
        plan = self.read(job)
        found = accounts(plan.programme, plan.worker, plan.order, read_rates(None))
        folder = job.folder / "result"
        folder.mkdir()
        write_accounts(folder, found, job.options["lang"] or "en")
        folder.joinpath("placements.csv").rename(folder / OF_PLACEMENTS)  # a plan's file has the other name
        manifest = {"accounts": as_kept(accounts_told(found)), "programme_sha256": plan.programme.sha256}
        return Results(files_in(folder), manifest)


KIND = AccountsOfPlan()
