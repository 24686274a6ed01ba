"""The verbs of fairness between groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from engine.atomic import written_aside
from engine.face.plan import Plan
from engine.plan.read_plan import read_plan
from engine.planning.fairness.frontier import SMALLEST, Frontier
from engine.planning.fairness.frontier import equity_frontier as find_frontier
from engine.planning.fairness.frontier_files import frontier_table, groups_table, write_frontier
from engine.planning.fairness.grievances import NONE, read_grievances
from engine.planning.fairness.impact import adverse_impact as find_impact
from engine.planning.fairness.impact_files import impact_table
from engine.planning.fairness.recall_files import recalls_table
from engine.planning.fairness.recalls import recalls_after_speaking as compare_recalls
from engine.planning.fairness.score import ScoredGroup, ScoredPlan, scored_groups, scored_plans
from engine.planning.fairness.score_files import scored_groups_table, scored_plans_table
from engine.programme import Programme
from engine.run import Options


@dataclass(frozen=True)
class EquityFrontier:
    """What each step towards equity gives up, each plan certified."""

    found: Frontier

    @property
    def table(self) -> pd.DataFrame:
        """A row a step: what was asked, value and bound, people, weeks and income, and what of them is given up."""
        return frontier_table(self.found).to_pandas()

    @property
    def groups(self) -> pd.DataFrame:
        """A row for each sex, age band and region of each step: registered, admitted, placed, rate."""
        return groups_table(self.found).to_pandas()

    def plot(self, language: str = "en") -> Any:
        """The picture, as an altair chart. Raises `CallError` where the drawing libraries are missing."""
        from engine.charts import require_drawing_packages

        require_drawing_packages()
        from engine.charts.fairness.frontier import draw

        return draw(self.table, self.found.titles, self.found.programme.settings.currency, language)

    def to_folder(self, folder: Path | str, language: str = "en") -> Path:
        """Write tables, plans and picture to a new folder; its path."""
        with written_aside(Path(folder)) as target:
            write_frontier(target, self.found, language)
        return Path(folder)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.table.to_html()


def equity_frontier(
    programme: Programme, *measures: str, steps: int = 5, smallest: int = SMALLEST, options: Options | None = None
) -> EquityFrontier:
    """Match a season, then ask for ever more equity between regions or households, by some measures or by all.

    Regions with fewer than ``smallest`` workers admitted are left out. Raises `CallError` for a measure that isn't
    known, and what matching raises.
    """
    return EquityFrontier(find_frontier(programme, options or Options(time_limit=60.0), measures, steps, smallest))


def adverse_impact(plan: Plan) -> pd.DataFrame:
    """A row for each sex, age band and region at each stage (admitted of registered, placed of admitted): the rate, its
    interval, its ratio to the highest, the exact test and a verdict, which groups too small to say don't get.
    """
    if plan.files.events is None:
        return impact_table(find_impact(plan.programme, plan.worker)).to_pandas()
    with plan.in_folder() as folder:
        read = read_plan(plan.programme, folder)
    return impact_table(find_impact(read.programme, read.worker)).to_pandas()


def recalls_after_speaking(programme: Programme, grievances: Path | str | None = None) -> pd.DataFrame:
    """A row for each employer: how many of last year's crew who transferred or, by a table of ``grievances``
    (worker_id, employer_id, filed_on), complained it asks back, beside the others, with an exact test.

    Raises `CallError` where there is no such table and `InputError` for its faults.
    """
    known = NONE if grievances is None else read_grievances(programme, Path(grievances))
    return recalls_table(compare_recalls(programme, known)).to_pandas()


@dataclass(frozen=True)
class ScoreAudit:
    """An outside score looked through before it gets a weight."""

    scored: Sequence[ScoredGroup]
    planned: Sequence[ScoredPlan]

    @property
    def groups(self) -> pd.DataFrame:
        """A row for each sex, age band and region: whom the score favours, and whether it keeps its word."""
        return scored_groups_table(self.scored).to_pandas()

    @property
    def plans(self) -> pd.DataFrame:
        """A row for the best plan without a weight on the score, and one for that with it."""
        return scored_plans_table(self.planned).to_pandas()

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.groups.to_html()


def score_audit(programme: Programme, weight: float = 0.3, options: Options | None = None) -> ScoreAudit:
    """Look through the scores of a programme: by group, and by the plan with a weight beside that without.

    Raises `CallError` where nobody has a score, and what matching raises.
    """
    planned = scored_plans(programme, weight, options or Options(time_limit=60.0))
    return ScoreAudit(scored_groups(programme), planned)
