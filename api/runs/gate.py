"""The one gate through which everything leaves a run: files, placements, manifest, progress and problems.

Each kind of run says of its files how they are made an audience's own. A file that isn't declared is not kept, and
is not served should it be there; what still names another's after that is withheld. Both are logged.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import structlog

from api.answers.problems import problem_content
from api.identity.access import ORIGIN
from api.runs.audience import Audience
from api.runs.job import Results
from api.runs.kind import kinds
from api.runs.own_files import Own
from api.runs.reason_words import REASON_WORDS, own_reason_words
from api.snapshots.scope import told_to
from api.storage.tables import BEGUN_FROM
from engine.errors import Fault, InputError, VaivenError
from engine.words import message

log = structlog.get_logger("vaiven.gate")
_CODE = re.compile(r"<script(?![^>]*application/json).*?</script>", re.DOTALL)
Records = dict[str, list[dict[str, str]]]


@cache
def declared() -> Mapping[str, Own]:
    """The files that may leave a run, as the kinds declare them. Raises `ValueError` where two kinds declare files of
    one name that are made somebody's own in two ways.
    """
    found: dict[str, Own] = {}
    for kind in kinds().values():
        for name, own in kind.files.items():
            if found.setdefault(name, own) != own:
                raise ValueError(
                    message(
                        "{name} of {kind} is a file of another kind too, kept from others in another way.",
                        name=name,
                        kind=kind.name,
                    )
                )
    return found


def is_served(name: str) -> bool:
    """Whether a file of a run may be served at all: one of those declared."""
    return name in declared()


def gated(results: Results, audience: Audience) -> Results:
    """What of a run's results is the audience's own."""
    files = {name: own for name, content in results.files.items() if (own := _gated_file(name, content, audience))}
    told = audience.redacted_content(dict(results.manifest))
    if "certificate" in told and "certificate.json" in files:
        told["certificate"] = json.loads(files["certificate.json"])
    placed = [row for row in results.placed if not audience.is_hidden(row["worker_id"])]
    return replace(results, files=files, manifest=told, placed=placed)


def _gated_file(name: str, content: bytes, audience: Audience) -> bytes | None:
    if name.startswith(BEGUN_FROM):
        return content  # kept for a replay, never served
    if name == REASON_WORDS:
        return own_reason_words(content, audience)
    if not is_served(name):
        log.error("file withheld", file=name, why="not declared")
        return None
    own = declared()[name](content, audience)
    if own is not None and not name.endswith(".png") and audience.is_hidden(_body(name, own)):
        log.error("file withheld", file=name, why="names another's")
        return None
    return own


def _body(name: str, content: bytes) -> str:
    """What of a file says something: not the headings of a table, nor the code of a page."""
    text = content.decode()
    return text.partition("\n")[2] if name.endswith(".csv") else _CODE.sub("", text)


def gated_problem(error: VaivenError, audience: Audience, programme: Path) -> dict[str, Any]:
    """Why a run came to nothing, as its audience may read it."""
    if isinstance(error, InputError):
        records: Records = {}
        own = InputError([_gated_fault(fault, audience, programme, records) for fault in error.faults], error.hint)
        error = told_to(audience.role, own)
    told: dict[str, Any] = audience.redacted_content(problem_content(error))
    return told


def _gated_fault(fault: Fault, audience: Audience, programme: Path, records: Records) -> Fault:
    """A fault of a row that is another's tells the file, the column and what would be right."""
    if not audience.hidden or not fault.row or _is_own(fault, audience, programme, records):
        return fault
    problem = message("is wrong in a row that another keeps")
    return Fault(fault.file, 0, fault.column, "", problem, audience.redacted(fault.expected), fault.code)


def _is_own(fault: Fault, audience: Audience, programme: Path, records: Records) -> bool:
    """Whether the record that a fault is about names nothing of others; where it can't be found, it doesn't count."""
    path = programme / fault.file
    if path.suffix != ".csv":
        return not audience.is_hidden(path.stem)
    if fault.file not in records:
        records[fault.file] = _read(path)
    if not 2 <= fault.row < len(records[fault.file]) + 2:
        return False
    row = records[fault.file][fault.row - 2]
    if any(audience.is_hidden(cell) for cell in row.values() if isinstance(cell, str)):
        return False
    state = "origin_country" if audience.role == ORIGIN else "destination_country"
    return row.get(state, audience.country) in (audience.country, "")


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gated_progress(progress: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
    """How far a run is, as its audience may read it."""
    told: dict[str, Any] = audience.redacted_content(dict(progress))
    return told
