"""Who is asked back: whether employers recall those of last year's crew who moved away less than the others."""

from __future__ import annotations

from typing import Literal

from api.requests.shapes import example
from api.runs.job import Job, Results
from api.runs.own_files import Rows
from api.runs.plan_kind import OfPlanIn, RecordsKind
from api.runs.told_reports import told_files, told_manifest
from engine.planning.fairness.recall_files import recalls_table, recalls_told
from engine.planning.fairness.recalls import recalls_after_speaking
from engine.words import msgid


class RecallsIn(OfPlanIn):
    """Who is asked back in the season that the run `plan` read."""

    model_config = example({"kind": "recalls", "plan": "0198", "lang": "en"})
    kind: Literal["recalls"]


class Recalls(RecordsKind):
    """Who is asked back, of a ministry of origin's own people alone. It says who left whom, so no other end is told."""

    name, asked = "recalls", RecallsIn
    title, place = msgid("Who is asked back"), 73
    button = msgid("See who is asked back")
    template = "runs/told.html"
    files = {"recalls.csv": Rows(("employer_id",))}

    def compute(self, job: Job) -> Results:
        """Test each employer."""
        programme = self.read(job).programme
        found = recalls_after_speaking(programme, origin=job.origin)
        manifest = told_manifest(recalls_told(found)) | job.provenance(programme)
        return Results(told_files({"recalls": recalls_table(found)}), manifest)


KIND = Recalls()
