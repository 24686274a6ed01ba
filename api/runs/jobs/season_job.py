"""Drawn seasons replayed week by week by several policies, each held against the best in hindsight."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pandas as pd
import sqlalchemy as sa
from pydantic import Field

from api.answers.problems import content_fault
from api.identity.access import Principal
from api.requests.shapes import example
from api.runs.ahead_shown import season_shown
from api.runs.job import Job, Results, files_in
from api.runs.kind import Finished
from api.runs.own_files import Rows, drawn
from api.runs.own_people import OwnPeopleKind
from api.runs.schemas import EACH_ONCE, SpokenIn
from engine.planning.assumptions import read_assumptions
from engine.planning.season.comparison import SeasonsAsked, desk_in_file, make_desk, policies_table, season_rows
from engine.planning.season.policies import policies
from engine.planning.season.season_files import write_season
from engine.programme import read_programme
from engine.words import message, msgid

Policy = Annotated[str, Field(pattern=r"^[a-z_-]{1,40}$")]


class SeasonIn(SpokenIn):
    """A replay of drawn `seasons` by `policies`, all without any; employers ask `demand` times the forecast."""

    model_config = example({"kind": "season", "seasons": 10, "demand": 1.2})
    kind: Literal["season"]
    gap: Annotated[float, Field(ge=0, le=1, description="Within which the best in hindsight is known.")] = 0.002
    seasons: Annotated[int, Field(ge=1, le=50)] = 10
    policies: Annotated[list[Policy], Field(max_length=20), EACH_ONCE] = []
    demand: Annotated[float, Field(ge=0, le=4)] = 1.0


class Season(OwnPeopleKind):
    """A replay of seasons; those that are done are kept for another attempt."""

    name, asked = "season", SeasonIn
    title, place = msgid("A season as it comes"), 40
    form = "season-replay"
    template = "runs/season.html"
    files = {
        **dict.fromkeys(("policies.csv", "seasons.csv", "assumptions.csv"), Rows()),
        **drawn("policies"),
    }

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: SeasonIn) -> None:
        """Raise `InputError` for a policy that isn't known."""
        for name in asked.policies:
            if name not in policies():
                expected = message("one of {names}", names=tuple(policies()))
                raise content_fault("policies", name, message("is no policy"), expected)

    def compute(self, job: Job) -> Results:
        """Replay season after season."""
        programme, known, options = read_programme(job.programme), read_assumptions(None), job.options
        asked = SeasonsAsked(
            options["seasons"],
            tuple(options["policies"]),
            options["demand"],
            options["seed"],
            options["gap"],
        )
        rows: list[dict[str, Any]] = []
        with desk_in_file(make_desk(programme, known)) as path:
            for number in range(asked.seed, asked.seed + asked.seasons):
                rows += _kept_or_made(job, path, asked, number)
        seasons = pd.DataFrame(rows)
        folder = job.folder / "result"
        folder.mkdir()
        write_season(folder, seasons, known, options["lang"] or "en")
        told = {"policies": policies_table(seasons).to_dict("records"), "demand": asked.demand}
        return Results(files_in(folder), {"season": told} | job.provenance(programme))

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The policies side by side."""
        return season_shown(of.run.manifest["season"])


def _kept_or_made(job: Job, path: str, asked: SeasonsAsked, number: int) -> list[dict[str, Any]]:
    name = f"seasons/{number}.json"
    if (job.done / name).is_file():
        kept: list[dict[str, Any]] = json.loads((job.done / name).read_text("utf-8"))
        return kept
    job.heed()
    made = season_rows(path, asked, number)
    job.keep({name: json.dumps(made, default=float).encode()})
    return made


KIND = Season()
