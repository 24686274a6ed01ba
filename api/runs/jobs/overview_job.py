"""Register and demand at a glance: what could be matched, before anything is matched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from api.identity.access import ORIGIN
from api.requests.shapes import example
from api.runs.job import Job, Results, as_kept
from api.runs.kind import Finished, Kind
from api.runs.own_files import redacted_json
from api.runs.plain_words import plainly
from api.runs.schemas import SpokenIn
from engine.planning.overview import overview
from engine.programme import read_programme
from engine.words import msgid
from engine.words.wording import worded_all


class OverviewIn(SpokenIn):
    """An overview of the register beside the demand: by month, occupation and language, and who can never be placed."""

    model_config = example({"kind": "overview", "lang": "en"})
    kind: Literal["overview"]


class Overview(Kind):
    """An overview; which workers can never be placed, and why, is told to their own state alone."""

    name, asked, keeps_input = "overview", OverviewIn, False
    title, place = msgid("Register and demand at a glance"), 15
    button = msgid("Register and demand at a glance")
    template = "runs/overview.html"
    files = {"overview.json": redacted_json}

    def compute(self, job: Job) -> Results:
        """Look over the programme."""
        programme = read_programme(job.programme)
        told = asdict(overview(programme))
        if job.audience.role != ORIGIN:
            told |= {"workers": [], "missing": []}
        told["workers"] = [one for one in told["workers"] if not job.audience.is_hidden(one["id"])]
        content = json.dumps(worded_all(told, job.options["lang"] or "en"), indent=1, ensure_ascii=False) + "\n"
        manifest = {"overview": as_kept(told)} | job.provenance(programme)
        return Results({"overview.json": content.encode()}, manifest)

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The overview with rules in words."""
        return {"seen": plainly(of.run.manifest["overview"], of.known, asks=True)}


KIND = Overview()
