"""Why: an explanation of a worker, an order, a placement, a clause, or of commitments that can't be kept.

It is a run and no plain answer, since it reads the whole programme and may ask the solver: seconds to minutes that no
web process has. It is short, so it comes before what-ifs and sweeps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from api.answers.problems import content_fault, refused
from api.identity.access import MINISTRIES, ORIGIN, Principal
from api.requests.shapes import example
from api.runs.earlier import EARLIER, earlier_programme, require_earlier, with_others, write_earlier
from api.runs.explanation_shown import explanation_shown
from api.runs.job import Job, Results, as_kept
from api.runs.kind import Finished, Kind, Source
from api.runs.own_files import redacted_json
from api.runs.schemas import PlanId, SpokenIn
from engine.planning.explain import explained
from engine.planning.explain.ranked import CandidatesExplanation
from engine.planning.explain.reading import unknown_id
from engine.programme import read_programme
from engine.words import message, msgid
from engine.words.wording import worded_all

Id = Annotated[str, Field(min_length=1, max_length=130)]


class ExplainIn(SpokenIn):
    """What to explain of the run `plan`: a worker, an order, both (a placement), a clause, or its commitments.

    `commitments`, and an order of a run without a plan, need no plan. With `ranked` who else fits the order, or what
    else the worker could do: the best by the plan's prices, each tried in the plan.
    """

    model_config = example({"kind": "explain", "plan": "0198", "order": "E12~O1", "lang": "en"})
    kind: Literal["explain"]
    plan: PlanId
    worker: Id | None = None
    order: Id | None = None
    clause: Id | None = None
    commitments: bool = False
    ranked: bool = False


class Explain(Kind):
    """An explanation."""

    name, asked, keeps_input = "explain", ExplainIn, False
    title, place = msgid("Explanation"), 60
    template = "runs/explanation.html"
    files = {"explanation.json": redacted_json}

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: ExplainIn) -> None:
        """Raise `InputError` unless one thing is asked of a run that can be looked at again, 403 where a worker's
        profile would be told to whoever doesn't keep it.
        """
        of_pair = asked.worker is not None or asked.order is not None
        if of_pair + (asked.clause is not None) + asked.commitments != 1:
            expected = message("one of worker, order, both of them, clause, commitments")
            raise content_fault("kind", "explain", message("says nothing, or too much, to explain"), expected)
        if asked.ranked and (asked.worker is None) == (asked.order is None):
            expected = message("a worker or an order")
            raise content_fault("ranked", "true", message("says nothing, or too much, to rank"), expected)
        if asked.worker is not None and asked.order is None and principal.role != ORIGIN:
            raise refused(message("What stands in a worker's way is told to the ministry of the worker's own state."))
        without = asked.commitments or (asked.order is not None and asked.worker is None and not asked.ranked)
        require_earlier(connection, principal, programme_id, asked.plan, not without)

    def write_input(self, source: Source, folder: Path) -> None:
        """What the earlier run read, and its plan."""
        write_earlier(source, folder)

    def compute(self, job: Job) -> Results:
        """Explain what is asked. Raises `CallError` for what isn't there or is another's."""
        plan = job.folder / EARLIER if (job.folder / EARLIER).is_dir() else None
        names = {name: job.options[name] for name in ("worker", "order", "clause")}
        for what, name in names.items():
            if name is not None and job.audience.is_hidden(name):
                raise unknown_id(what, name)
        if plan is not None:
            with_others(job.folder, job.audience)
        # A plan brings the events that it was repaired after.
        programme = earlier_programme(job.folder) if plan is None else read_programme(job.folder / "programme")
        ranked = job.options.get("ranked", False)  # of a run that waits since before there was any
        found = explained(programme, plan, **names, commitments=job.options["commitments"], ranked=ranked)
        if isinstance(found, CandidatesExplanation):
            found = found.without(job.audience.is_hidden)
        told = {"about": type(found).__name__.removesuffix("Explanation").lower(), **asdict(found)}
        worded = worded_all(told, job.options["lang"] or "en")
        content = json.dumps(worded, indent=1, default=str, ensure_ascii=False) + "\n"
        return Results({"explanation.json": content.encode()}, {"explanation": as_kept(told)})

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The lines and candidates, and whether the plan may be changed by them."""
        may = of.principal.role in MINISTRIES and of.principal.may("run.start")
        return {"may_change": may, **explanation_shown(of.run.manifest["explanation"], of.known)}


KIND = Explain()
