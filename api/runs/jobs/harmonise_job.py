"""What states could harmonise: which differences between agreements block most placements, and what relaxing brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from api.answers.problems import content_fault
from api.identity.access import Principal
from api.requests.shapes import example
from api.runs.branching import base_of, forget_base, matched
from api.runs.harmonisation_shown import harmonisation_shown
from api.runs.job import Job, Results, as_kept, files_in
from api.runs.kind import Finished, Kind
from api.runs.own_files import Rows, as_it_is, drawn, redacted_json
from api.runs.plan_shown import own_agreements
from api.runs.schemas import EACH_ONCE, SpokenIn
from engine.planning.branches import Base, Outcome
from engine.planning.harmonising import harmonise
from engine.planning.harmonising_files import harmonisation_told, write_harmonisation
from engine.programme.edits import Edits
from engine.words import message, msgid

Name = Annotated[str, Field(min_length=1, max_length=64)]


class HarmoniseIn(SpokenIn):
    """A search for what two or more `agreements` could relax: at most `most` relaxations are proposed together, each
    with `smallest` the least that brings as much.
    """

    model_config = example({"kind": "harmonise", "agreements": ["GT-US-h2a-2026", "MX-US-h2a-2026"]})
    kind: Literal["harmonise"]
    agreements: Annotated[list[Name], Field(max_length=30), EACH_ONCE]
    most: Annotated[int, Field(ge=1, le=10)] = 3
    smallest: bool = True


class Harmonise(Kind):
    """A search for relaxations, each matched alone; finished ones are kept for another attempt."""

    name, asked = "harmonise", HarmoniseIn
    title, place = msgid("What states could harmonise"), 30
    form = "harmonisation"
    template = "runs/harmonisation.html"
    files = {
        "relaxations.csv": Rows(("agreement",)),
        "harmonisation.json": redacted_json,
        "harmonised.toml": as_it_is,
        **drawn("yields"),
    }

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: HarmoniseIn) -> None:
        """Raise `InputError` unless two agreements or more are named, all of them of one's own corridors."""
        known = own_agreements(connection, principal, programme_id).contents
        names = tuple(sorted(known))
        for name in asked.agreements:
            if name not in known:
                expected = message("one of {names}", names=names)
                raise content_fault("agreements", name, message("is no agreement that you have a part in"), expected)
        if len(set(asked.agreements)) < 2:
            told = ", ".join(asked.agreements)
            raise content_fault("agreements", told, message("are too few"), message("two agreements or more"))

    def is_long(self, asked: HarmoniseIn) -> bool:
        """Always: it is many matches."""
        return True

    def compute(self, job: Job) -> Results:
        """Match the season, then with each relaxation."""
        asked, base = job.options, base_of(job)

        def match_all(base: Base, branches: Sequence[Edits]) -> list[Outcome]:
            return matched(job, base, branches)

        found = harmonise(base, asked["agreements"], asked["most"], match_all, asked["smallest"])
        forget_base()
        folder = job.folder / "result"
        folder.mkdir()
        write_harmonisation(folder, found, asked["lang"] or "en")
        told = {"base": found.base.totals, **harmonisation_told(found)}
        return Results(files_in(folder), {"harmonisation": as_kept(told)} | job.provenance(base.programme))

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """What is proposed, and what else was tried."""
        return harmonisation_shown(of.run.manifest["harmonisation"], of.known)


KIND = Harmonise()
