"""What-ifs side by side, compared with the programme as it is; finished branches are kept for another attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from api.identity.access import Principal
from api.requests.shapes import example
from api.runs.branching import branched, text_of, title_of
from api.runs.comparison_shown import compared
from api.runs.job import Job, Results, files_in
from api.runs.kind import Finished, Kind
from api.runs.own_files import Rows, drawn, redacted_json
from api.runs.schemas import EACH_ONCE, SpokenIn
from api.runs.shown_edits import require_shown_columns
from api.uploads.safe_ids import unsafe_ids
from engine.errors import Fault, InputError
from engine.planning.comparison import as_json, write_comparison
from engine.programme.edits import Edits, edits_from
from engine.programme.toml_text import loads_shallow
from engine.words import message, msgid

What = Annotated[str, Field(min_length=1, max_length=50_000)]


class WhatIfIn(SpokenIn):
    """What-ifs: TOML texts of edits, or names of the library."""

    model_config = example({"kind": "what_if", "what_ifs": ["hurricane-in-florida"]})
    kind: Literal["what_if"]
    what_ifs: Annotated[list[What], Field(min_length=1, max_length=50), EACH_ONCE]


class WhatIf(Kind):
    """What-ifs."""

    name, asked = "what_if", WhatIfIn
    title, place = msgid("What if"), 12
    template = "runs/comparison.html"
    files = {
        **dict.fromkeys(("comparison.csv", "branches.csv"), Rows()),
        "groups.csv": Rows(("name",)),
        "comparison.json": redacted_json,
        **drawn("comparison", page=True),
    }

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: WhatIfIn) -> None:
        """Raise `InputError` with every fault of form."""
        for number, edits in enumerate(_read_what_ifs(asked.what_ifs), 1):
            require_shown_columns(principal, edits.entries, f"what_ifs {number}")

    def is_long(self, asked: WhatIfIn) -> bool:
        """Always: it is many matches."""
        return True

    def compute(self, job: Job) -> Results:
        """Match the base, then each branch from it."""
        branches = _read_what_ifs(job.options["what_ifs"])
        base, outcomes, manifest = branched(job, branches)
        folder = job.folder / "result"
        folder.mkdir()
        write_comparison(folder, base.programme, base.outcome, outcomes, job.options.get("lang") or "en")
        return Results(files_in(folder), manifest | {"comparison": as_json(base.outcome, outcomes)})

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """The branches side by side."""
        return compared(of.run.manifest["comparison"], of.known)


def _read_what_ifs(asked: list[str]) -> list[Edits]:
    """What-ifs as TOML texts or by name. Raises `InputError` with every fault of form."""
    faults: list[Fault] = []
    found = []
    for number, one in enumerate(asked, 1):
        file = f"what_ifs {number}"
        text = text_of(file, one)
        try:
            content = loads_shallow(text)
        except ValueError as error:
            faults.append(
                Fault(
                    file,
                    0,
                    "",
                    "",
                    message("is not TOML ({error})", error=str(error)),
                    message("[[edit]] tables"),
                    "edit",
                )
            )
            continue
        faults += unsafe_ids(content, file)
        name = one if text is not one else f"what-if-{number}"
        edits = edits_from(content, name, file, faults.append)
        found.append(replace(edits, title=title_of(one, edits.title)))
    names = [edits.id for edits in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(
            Fault("what_ifs", 0, "id", name, message("stands twice"), message("an id of its own for each"), "edit")
        )
    if faults:
        raise InputError(faults)
    return found


KIND = WhatIf()
