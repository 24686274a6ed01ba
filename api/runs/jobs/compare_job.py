"""One season by several mechanisms: what each principle gives, and whom it leaves worse off than the former rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from api.identity.access import Principal
from api.requests.shapes import example
from api.runs.job import Job, Results, files_in
from api.runs.jobs.match_job import Mechanism, require_mechanism
from api.runs.kind import Finished, Kind
from api.runs.own_files import Rows, RowsOfWorkers, drawn
from api.runs.principles_shown import principles_shown
from api.runs.schemas import EACH_ONCE, SpokenIn
from engine.planning.principle_files import write_principles
from engine.planning.principles import FORMER_RULE, Principles, compare_principles
from engine.programme import read_programme
from engine.run import Options
from engine.words import msgid


class CompareIn(SpokenIn):
    """A comparison of `mechanisms`, of all without any, on the same season, each held against the rule `against`."""

    model_config = example({"kind": "compare", "mechanisms": ["optimal", "stable"], "against": "first-come"})
    kind: Literal["compare"]
    mechanisms: Annotated[list[Mechanism], Field(max_length=20), EACH_ONCE] = []
    against: Mechanism = FORMER_RULE


class Compare(Kind):
    """A comparison of mechanisms. A ministry of origin is told of its own workers alone."""

    name, asked = "compare", CompareIn
    title, place = msgid("One season by several principles"), 20
    form = "principles"
    template = "runs/principles.html"
    files = {
        "mechanisms.csv": Rows(),
        "worse_off.csv": RowsOfWorkers(("worker_id",)),
        **drawn("principles"),
    }

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: CompareIn) -> None:
        """Raise `InputError` for an unknown mechanism."""
        for name in asked.mechanisms:
            require_mechanism("mechanisms", name)
        require_mechanism("against", asked.against)

    def is_long(self, asked: CompareIn) -> bool:
        """Always: it is many matches."""
        return True

    def compute(self, job: Job) -> Results:
        """Match the season by each mechanism."""
        programme, asked = read_programme(job.programme), job.options
        options = Options(gap=asked["gap"], time_limit=job.time_limit, seed=asked["seed"])
        compared = compare_principles(programme, options, asked["mechanisms"], asked["against"], job.listen, job.origin)
        folder = job.folder / "result"
        folder.mkdir()
        write_principles(folder, compared, asked["lang"] or "en")
        return Results(files_in(folder), {"principles": _told(compared)} | job.provenance(programme))

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """A table a question."""
        return principles_shown(of.run.manifest["principles"])


def _told(compared: Principles) -> dict[str, Any]:
    """What each mechanism came to; a total that isn't known is None."""
    rows = [
        {"mechanism": one.mechanism}
        | {name: None if math.isnan(total) else round(total, 6) for name, total in one.totals.items()}
        for one in compared.found
    ]
    return {"against": compared.against, "currency": compared.programme.settings.currency, "mechanisms": rows}


KIND = Compare()
