"""Several years ahead over many futures, each year matched and audited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from api.requests.shapes import example
from api.runs.ahead_shown import outlook_shown
from api.runs.job import Job, Results, files_in
from api.runs.kind import Finished
from api.runs.own_files import Rows, drawn
from api.runs.own_people import OwnPeopleKind
from api.runs.schemas import SpokenIn
from engine.planning.assumptions import read_assumptions
from engine.planning.outlook.futures import Outlook as Ahead
from engine.planning.outlook.many_futures import many_futures
from engine.planning.outlook.outlook_files import write_outlook
from engine.planning.pool import process_pool
from engine.programme import read_programme
from engine.words import message, msgid


class OutlookIn(SpokenIn):
    """An outlook over `years` in so many `futures`; with `far_sighted` beside it plans in which a stay has a price."""

    model_config = example({"kind": "outlook", "years": 5, "futures": 20})
    kind: Literal["outlook"]
    gap: Annotated[float, Field(ge=0, le=1, description="Asked of every year.")] = 0.005
    years: Annotated[int, Field(ge=1, le=10)] = 5
    futures: Annotated[int, Field(ge=2, le=100)] = 20
    far_sighted: bool = False


class Outlook(OwnPeopleKind):
    """An outlook; futures that are done are kept for another attempt."""

    name, asked = "outlook", OutlookIn
    title, place = msgid("Several years ahead"), 41
    form = "outlook"
    template = "runs/outlook.html"
    files = {
        **dict.fromkeys(("years.csv", "bands.csv", "gain.csv", "assumptions.csv"), Rows()),
        **drawn("bands"),
    }

    def compute(self, job: Job) -> Results:
        """Run the futures."""
        programme, known, asked = read_programme(job.programme), read_assumptions(None), job.options
        programme.require_weights(message("An outlook"))
        done = job.done / "futures"
        done.mkdir(parents=True, exist_ok=True)
        kept = {path.name for path in done.glob("*.json")}

        def tell(_: str) -> None:
            fresh = {path for path in done.glob("*.json") if path.name not in kept}
            job.keep({f"futures/{path.name}": path.read_bytes() for path in fresh})
            kept.update(path.name for path in fresh)
            job.heed()

        ahead = Ahead(programme, known, asked["years"], asked["gap"], asked["seed"])
        found = many_futures(ahead, asked["futures"], asked["far_sighted"], process_pool, done, tell)
        folder = job.folder / "result"
        folder.mkdir()
        write_outlook(folder, found, known, asked["lang"] or "en")
        told: dict[str, Any] = {"bands": found.bands.to_dict("records"), "gain": found.gain.to_dict("records")}
        told |= {"currency": programme.settings.currency}
        return Results(files_in(folder), {"outlook": told} | job.provenance(programme))

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The bands by year."""
        return outlook_shown(of.run.manifest["outlook"])


KIND = Outlook()
