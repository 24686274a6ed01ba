"""Kinds of run that tell something of an earlier run's plan: they read what that run read, and its plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.answers.problems import refused
from api.identity.access import DESTINATION, Principal
from api.runs.earlier import EARLIER, require_earlier, write_earlier
from api.runs.job import Job
from api.runs.kind import Kind, Source
from api.runs.schemas import PlanId, SpokenIn
from engine.plan.read_plan import ReadPlan, read_plan
from engine.programme import read_programme
from engine.words import message


class OfPlanIn(SpokenIn):
    """What is told of the plan of the run `plan`."""

    plan: PlanId


class PlanKind(Kind):
    """A kind that tells of a plan as its audience has it: of a ministry's own placements."""

    of_plan, keeps_input = True, False

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: Any) -> None:
        """Raise `InputError` where there is no such plan, 409 where what it read was deleted."""
        require_earlier(connection, principal, programme_id, asked.plan, True)

    def write_input(self, source: Source, folder: Path) -> None:
        """What the earlier run read, and its plan."""
        write_earlier(source, folder)

    def read(self, job: Job) -> ReadPlan:
        """The plan beside its programme, as its events left it."""
        return read_plan(read_programme(job.programme), job.folder / EARLIER)


class RecordsKind(PlanKind):
    """A kind that looks at what workers' records say of earnings, occupations and homes: told to their own state and,
    in values that stand for many, to planners.
    """

    def is_told(self, principal: Principal) -> bool:
        """Everybody but a ministry of destination."""
        return principal.role != DESTINATION

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: Any) -> None:
        """Raise 403 for a ministry of destination, and what a `PlanKind` raises."""
        if not self.is_told(principal):
            raise refused(message("What workers' records say is told to the ministry of their own state and planners."))
        super().check(connection, principal, programme_id, asked)
