"""The development report of a plan: what it means for each region that people come from."""

from __future__ import annotations

from typing import Literal

from api.requests.shapes import example
from api.runs.job import Job, Results, as_kept, files_in
from api.runs.own_files import ROWS_OF_REGIONS, RowsOfWorkers, as_it_is, drawn
from api.runs.plan_kind import OfPlanIn, RecordsKind
from engine.accounts.accounts import accounts
from engine.accounts.development import Development
from engine.accounts.rates import read_rates
from engine.planning.development_files import TABLES, development_told, write_development
from engine.words import msgid


class DevelopmentIn(OfPlanIn):
    """The development report of the plan of the run `plan`, by the rates that come with Vaivén."""

    model_config = example({"kind": "development", "plan": "0198", "lang": "en"})
    kind: Literal["development"]


class DevelopmentOfPlan(RecordsKind):
    """A development report, of a ministry of origin's own regions alone."""

    name, asked = "development", DevelopmentIn
    title, place = msgid("Development report"), 75
    button = msgid("Report to a planning ministry")
    template = "runs/development.html"
    files = {
        **{f"{name}.csv": ROWS_OF_REGIONS for name in TABLES},
        "records.csv": RowsOfWorkers(("worker_id",)),
        "development.html": as_it_is,
        **drawn("people_away"),
    }

    def compute(self, job: Job) -> Results:
        """Report by region of origin."""
        plan = self.read(job)
        ledger = accounts(plan.programme, plan.worker, plan.order, read_rates(None))
        found = Development(ledger, job.origin)
        folder = job.folder / "result"
        folder.mkdir()
        write_development(folder, found, job.options["lang"] or "en")
        manifest = {"development": as_kept(development_told(found))} | job.provenance(plan.programme)
        return Results(files_in(folder), manifest)


KIND = DevelopmentOfPlan()
