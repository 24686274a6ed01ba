"""An outside score looked through before it gets a weight: whom it favours, whether it keeps its word, its price."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.requests.shapes import example
from api.runs.job import Job, Results
from api.runs.own_files import Rows
from api.runs.plan_kind import OfPlanIn, RecordsKind
from api.runs.told_reports import told_files, told_manifest
from engine.planning.fairness.score import scored_groups, scored_plans
from engine.planning.fairness.score_files import score_told, scored_groups_table, scored_plans_table
from engine.run import Options
from engine.words import msgid


class ScoreIn(OfPlanIn):
    """The scores of the season that the run `plan` read, and its plan with a `weight` on them beside that without."""

    model_config = example({"kind": "score", "plan": "0198", "weight": 0.3, "lang": "en"})
    kind: Literal["score"]
    weight: Annotated[float, Field(ge=0, le=100)] = 0.3


class Score(RecordsKind):
    """A score looked through, of a ministry of origin's own people alone."""

    name, asked = "score", ScoreIn
    title, place = msgid("A score looked through"), 76
    button = msgid("Look through its scores")
    template = "runs/told.html"
    files = {"score_groups.csv": Rows(("group",)), "score_plans.csv": Rows()}

    def is_long(self, asked: ScoreIn) -> bool:
        """Always: it is two matches."""
        return True

    def compute(self, job: Job) -> Results:
        """Test each group, and match twice. Raises `CallError` where nobody has a score."""
        programme, options = self.read(job).programme, job.options
        groups = scored_groups(programme, job.origin)
        asked = Options(gap=options["gap"], time_limit=job.time_limit, seed=options["seed"])
        plans = scored_plans(programme, options["weight"], asked, job.origin)
        tables = {"score_groups": scored_groups_table(groups), "score_plans": scored_plans_table(plans)}
        return Results(told_files(tables), told_manifest(score_told(groups, plans)) | job.provenance(programme))


KIND = Score()
