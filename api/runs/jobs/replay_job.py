"""A plan computed again from what its run read: whether every file comes out the same, which it has to."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from api.identity.access import Principal
from api.requests.shapes import example
from api.runs.audience import audience_of
from api.runs.earlier import require_earlier
from api.runs.gate import gated, is_served
from api.runs.job import Job, Results
from api.runs.kind import Kind, Source, kinds
from api.runs.queue import file_of_run
from api.runs.schemas import PlanId, RunIn
from api.snapshots.packing import unpack
from api.storage.tables import BEGUN_FROM, CHECKPOINT, INPUT, run_files, runs
from engine.words import msgid

KEPT, OF = "kept", "of.json"
CUT_SHORT = ("time_limit", "interrupted")


class ReplayIn(RunIn):
    """A replay of the run `plan`, which has a plan: it is computed again and compared file by file."""

    model_config = example({"kind": "replay", "plan": "0198"})
    kind: Literal["replay"]
    plan: PlanId


class Replay(Kind):
    """A replay. It reads what the earlier run read, and tells nothing of it but which files are the same."""

    name, asked, keeps_input = "replay", ReplayIn, False
    title, place = msgid("Plan computed again"), 61
    template = "runs/replay.html"

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: ReplayIn) -> None:
        """Raise `InputError` where there is no such plan, 409 where what it read was deleted."""
        require_earlier(connection, principal, programme_id, asked.plan, True)

    def is_long(self, asked: ReplayIn) -> bool:
        """Always: nobody waits for a job by it."""
        return True

    def write_input(self, source: Source, folder: Path) -> None:
        """What the earlier run read, whose it was, and the files that came of it."""
        connection, identifier = source.connection, source.run.options["plan"]
        run = connection.execute(sa.select(runs).where(runs.c.id == identifier)).one()
        unpack(file_of_run(connection, identifier, INPUT), folder)
        told = {"role": run.role, "country": run.country, "kind": run.kind, "options": dict(run.options)}
        (folder / OF).write_text(json.dumps(told), "utf-8")
        named = sa.and_(run_files.c.run_id == identifier, run_files.c.name != INPUT)
        for name, content in connection.execute(sa.select(run_files.c.name, run_files.c.content).where(named)):
            if not name.startswith(CHECKPOINT):
                (folder / KEPT / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / KEPT / name).write_bytes(content)

    def compute(self, job: Job) -> Results:
        """Compute the plan again, and compare."""
        of, kept = json.loads((job.folder / OF).read_text("utf-8")), job.folder / KEPT
        certificate = json.loads((kept / "certificate.json").read_text("utf-8"))
        begun = kept / BEGUN_FROM
        if begun.is_dir():
            begun.rename(job.done / "checkpoint")
        cut_short = certificate["status"] in CUT_SHORT
        options = {**of["options"], "most_steps": certificate["steps"] if cut_short else None}
        audience = audience_of(of["role"], of["country"], job.programme)
        again = replace(job, options=options, audience=audience, time_limit=math.inf, seconds_left=math.inf)
        made = gated(kinds()[of["kind"]].compute(again), audience).files
        names = sorted(path.name for path in kept.iterdir() if path.is_file() and is_served(path.name))
        differing = [name for name in names if not _same(name, (kept / name).read_bytes(), made.get(name), cut_short)]
        told: dict[str, Any] = {"of": job.options["plan"], "compared": names, "differing": differing}
        return Results({}, {"replay": told})


def _same(name: str, before: bytes, after: bytes | None, cut_short: bool) -> bool:
    """Whether a file is the same; of a certificate how long it took doesn't count."""
    if name != "certificate.json" or after is None:
        return before == after
    left = {"seconds": 0, **({"status": ""} if cut_short else {})}
    return bool({**json.loads(before), **left} == {**json.loads(after), **left})


KIND = Replay()
