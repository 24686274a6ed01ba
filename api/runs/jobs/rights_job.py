"""The rights report of a plan: every placement held against what protects workers, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from api.identity.access import DESTINATION
from api.requests.shapes import example
from api.runs.job import Job, Results, as_kept, files_in
from api.runs.kind import Finished
from api.runs.own_files import Rows, RowsOfWorkers, as_it_is, redacted_json
from api.runs.plan_kind import OfPlanIn, PlanKind
from engine.planning.rights_files import MARKS, MOST_SHOWN, rights_told, write_rights
from engine.rights.report import rights
from engine.words import msgid


class RightsIn(OfPlanIn):
    """The rights report of the plan of the run `plan`."""

    model_config = example({"kind": "rights", "plan": "0198", "lang": "en"})
    kind: Literal["rights"]


class RightsReport(PlanKind):
    """A rights report. A ministry of destination is told counts, and no placement by its worker."""

    name, asked = "rights", RightsIn
    title, place = msgid("Rights report"), 71
    button = msgid("Hold it against what protects workers")
    template = "runs/rights.html"
    files = {
        "lines.csv": Rows(),
        "marked.csv": RowsOfWorkers(("worker_id", "order_id")),
        "rights.json": redacted_json,
        "rights.html": as_it_is,
    }

    def compute(self, job: Job) -> Results:
        """Hold the plan against every line."""
        plan = self.read(job)
        found = rights(plan.programme, plan.worker, plan.order)
        most = 0 if job.audience.role == DESTINATION else MOST_SHOWN
        folder = job.folder / "result"
        folder.mkdir()
        write_rights(folder, found, job.options["lang"] or "en", most)
        manifest = {"rights": as_kept(rights_told(found, most))} | job.provenance(plan.programme)
        return Results(files_in(folder), manifest)

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The marks in words."""
        return {"marks": MARKS}


KIND = RightsReport()
