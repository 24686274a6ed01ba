"""What-ifs side by side, compared with the programme as it is; finished branches are kept for another attempt."""

from __future__ import annotations

import tomllib
from decimal import Decimal

from api.registers.safe_ids import unsafe_ids
from api.runs.branching import branched
from api.runs.job import Job, Results, files_in
from engine.errors import Fault, InputError
from engine.planning.comparison import as_json, write_comparison
from engine.programme.edits import Edits, edits_from

KIND = "what_if"


def compute(job: Job) -> Results:
    """Match the base, then each branch from it."""
    branches = read_what_ifs(job.options["what_ifs"])
    base, outcomes, manifest = branched(job, branches, job.done / "points")
    folder = job.folder / "result"
    folder.mkdir()
    write_comparison(folder, base.outcome, outcomes)
    return Results(files_in(folder), manifest | {"comparison": as_json(base.outcome, outcomes)})


def read_what_ifs(texts: list[str]) -> list[Edits]:
    """What-ifs as TOML texts. Raises `InputError` with every fault of form."""
    faults: list[Fault] = []
    found = []
    for number, text in enumerate(texts, 1):
        file = f"what_ifs {number}"
        try:
            content = tomllib.loads(text, parse_float=Decimal)
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            faults.append(Fault(file, 0, "", "", f"is not TOML ({error})", "[[edit]] tables", "edit"))
            continue
        faults += unsafe_ids(content, file)
        found.append(edits_from(content, f"what-if-{number}", file, faults.append))
    names = [edits.id for edits in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault("what_ifs", 0, "id", name, "stands twice", "an id of its own for each", "edit"))
    if faults:
        raise InputError(faults)
    return found
