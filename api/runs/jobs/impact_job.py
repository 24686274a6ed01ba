"""Who is selected: rates of admitted and placed people of a plan by sex, age and region, held against each other."""

from __future__ import annotations

from typing import Literal

from api.requests.shapes import example
from api.runs.job import Job, Results
from api.runs.own_files import Rows
from api.runs.plan_kind import OfPlanIn, RecordsKind
from api.runs.told_reports import told_files, told_manifest
from engine.planning.fairness.impact import adverse_impact
from engine.planning.fairness.impact_files import impact_table, impact_told
from engine.words import msgid


class ImpactIn(OfPlanIn):
    """Who is selected by the plan of the run `plan`."""

    model_config = example({"kind": "impact", "plan": "0198", "lang": "en"})
    kind: Literal["impact"]


class Impact(RecordsKind):
    """Who is selected, of a ministry of origin's own people alone."""

    name, asked = "impact", ImpactIn
    title, place = msgid("Who is selected"), 72
    button = msgid("Hold groups of people against each other")
    template = "runs/told.html"
    files = {"impact.csv": Rows(("group",))}

    def compute(self, job: Job) -> Results:
        """Test each group."""
        plan = self.read(job)
        found = adverse_impact(plan.programme, plan.worker, job.origin)
        manifest = told_manifest(impact_told(found)) | job.provenance(plan.programme)
        return Results(told_files({"impact": impact_table(found)}), manifest)


KIND = Impact()
