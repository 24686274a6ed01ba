"""The accounts of a plan at both ends: pay, costs, remittances, savings, and what homes give up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from api.requests.shapes import example
from api.runs.job import Job, Results, as_kept, files_in
from api.runs.kind import Finished
from api.runs.own_files import ROWS_OF_REGIONS, Rows, RowsOfWorkers, as_it_is, redacted_json
from api.runs.plan_kind import OfPlanIn, RecordsKind
from engine.accounts.accounts import accounts
from engine.accounts.rates import read_rates
from engine.planning.accounts_files import SHOWN, VIEWS, accounts_told, unit_in_words, write_accounts
from engine.words import msgid

OF_PLACEMENTS = "placement_accounts.csv"


class AccountsIn(OfPlanIn):
    """The accounts of the plan of the run `plan`, by the rates that come with Vaivén."""

    model_config = example({"kind": "accounts", "plan": "0198", "lang": "en"})
    kind: Literal["accounts"]


class AccountsOfPlan(RecordsKind):
    """Accounts of a plan."""

    name, asked = "accounts", AccountsIn
    title, place = msgid("Accounts of both ends"), 74
    button = msgid("Keep its accounts at both ends")
    template = "runs/accounts.html"
    files = {
        **{f"{name}.csv": ROWS_OF_REGIONS if "origin_region" in keys else Rows() for name, keys in VIEWS.items()},
        **{f"{name}.csv": ROWS_OF_REGIONS for name in ("accounts", "totals", "uses", "away", "evaluations", "rates")},
        OF_PLACEMENTS: RowsOfWorkers(("worker_id", "order_id")),
        "accounts.json": redacted_json,
        "accounts.html": as_it_is,
    }

    def compute(self, job: Job) -> Results:
        """Add up every line."""
        plan = self.read(job)
        found = accounts(plan.programme, plan.worker, plan.order, read_rates(None))
        folder = job.folder / "result"
        folder.mkdir()
        write_accounts(folder, found, job.options["lang"] or "en")
        folder.joinpath("placements.csv").rename(folder / OF_PLACEMENTS)  # a plan's file has the other name
        manifest = {"accounts": as_kept(accounts_told(found))} | job.provenance(plan.programme)
        return Results(files_in(folder), manifest)

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The units of lines, and the headings of corridors."""
        told = of.run.manifest["accounts"]
        units = [unit_in_words(line["unit"], told["currency"]) for line in told["lines"]]
        return {"units": units, "headings": [line["title"] for line in told["lines"] if line["line"] in SHOWN]}


KIND = AccountsOfPlan()
