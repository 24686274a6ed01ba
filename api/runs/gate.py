"""The one gate through which everything leaves a run: files, placements, manifest, progress and problems.

Each kind of file says here how it is made an audience's own. A file that isn't declared is not kept, and is not served
should it be there; what still names another's after that is withheld. Both are logged.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from api.answers.problems import problem_content
from api.identity.access import DESTINATION, ORIGIN
from api.runs.audience import Audience
from api.runs.job import Results
from api.runs.reason_words import REASON_WORDS, own_reason_words
from api.snapshots.scope import told_to
from api.storage.tables import BEGUN_FROM
from engine.errors import Fault, InputError, VaivenError
from engine.plan.reason import without_facts
from engine.words import message

log = structlog.get_logger("vaiven.gate")
_CODE = re.compile(r"<script(?![^>]*application/json).*?</script>", re.DOTALL)
Own = Callable[[bytes, Audience], bytes]
Records = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Rows:
    """A table without the rows of which one of these columns names another's; other cells are redacted."""

    columns: tuple[str, ...] = ()

    def __call__(self, content: bytes, audience: Audience) -> bytes:
        rows = csv.reader(io.StringIO(content.decode(), newline=""))
        titles = next(rows, [])
        keys = [number for number, title in enumerate(titles) if title in self.columns]
        target = io.StringIO(newline="")
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(titles)
        for row in rows:
            if not any(audience.is_hidden(row[key]) for key in keys):
                writer.writerow([audience.redacted(cell) for cell in row])
        return target.getvalue().encode()


def _redacted_json(content: bytes, audience: Audience) -> bytes:
    return (json.dumps(audience.redacted_content(json.loads(content)), indent=1) + "\n").encode()


def _own_certificate(content: bytes, audience: Audience) -> bytes:
    """The certificate without the checks of others' agreements; what it says of the plan is about all of it."""
    certificate = json.loads(content)
    own = [check for check in certificate["checks"] if not audience.is_hidden(check["rule"])]
    return (json.dumps(audience.redacted_content(certificate | {"checks": own}), indent=1) + "\n").encode()


def _as_it_is(content: bytes, _audience: Audience) -> bytes:
    """A picture or a page that is drawn from what is the audience's own already."""
    return content


UNPLACED, WORSE_OFF, MARKED = "unplaced.csv", "worse_off.csv", "marked.csv"
DRAWN = ("principles", "yields", "policies", "bands", "people_away")
OF_REGIONS = (
    *("accounts.csv", "totals.csv", "corridors.csv", "regions.csv", "sectors.csv", "uses.csv", "away.csv"),
    *("evaluations.csv", "rates.csv", "countries.csv", "months.csv", "skills.csv", "openings.csv", "statistics.csv"),
)
# Rows about single workers that say more than where they are placed: told to their own state, and to planners.
OF_WORKERS = frozenset({WORSE_OFF, MARKED, "placement_accounts.csv", "records.csv"})
FILES: Mapping[str, Own] = {
    "placements.csv": Rows(("worker_id", "order_id")),
    UNPLACED: Rows(("worker_id",)),
    "unfilled.csv": Rows(("order_id",)),
    "prices.csv": Rows(("limit", "clause_id", "scope")),
    "changes.csv": Rows(("worker_id", "order_id")),
    "reserves.csv": Rows(("worker_id", "order_id")),
    "events.csv": Rows(("worker_id", "order_id", "employer_id")),
    "certificate.json": _own_certificate,
    "comparison.csv": Rows(),
    "groups.csv": Rows(("name",)),
    "branches.csv": Rows(),
    "comparison.json": _redacted_json,
    "sweep.csv": Rows(),
    "explanation.json": _redacted_json,
    "overview.json": _redacted_json,
    **{f"{name}.{ending}": _as_it_is for name in ("comparison", "sweep") for ending in ("png", "svg", "html")},
    "mechanisms.csv": Rows(),
    WORSE_OFF: Rows(("worker_id",)),
    "relaxations.csv": Rows(("agreement",)),
    "harmonisation.json": _redacted_json,
    "harmonised.toml": _as_it_is,
    **{f"{name}.{ending}": _as_it_is for name in DRAWN for ending in ("png", "svg")},
    **dict.fromkeys(("policies.csv", "seasons.csv", "years.csv", "bands.csv", "gain.csv", "assumptions.csv"), Rows()),
    **dict.fromkeys(("placement_accounts.csv", "records.csv"), Rows(("worker_id", "order_id"))),
    **dict.fromkeys(OF_REGIONS, Rows(("origin_region", "REF_AREA"))),
    "accounts.json": _redacted_json,
    "lines.csv": Rows(),
    MARKED: Rows(("worker_id", "order_id")),
    "rights.json": _redacted_json,
    **{f"{name}.html": _as_it_is for name in ("report", "rights", "accounts", "development")},
    **{f"{name}.svg": _as_it_is for name in ("flows", "prices", "quota_use", "season_calendar")},
}


def is_served(name: str) -> bool:
    """Whether a file of a run may be served at all: one of those declared here."""
    return name in FILES


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
    if name in OF_WORKERS and audience.role == DESTINATION:
        return None
    if name == UNPLACED and audience.role != ORIGIN:
        content = without_facts(content.decode()).encode()  # a worker's profile is told to his or her own state alone
    if name == UNPLACED and audience.role == DESTINATION:
        content = _codes_alone(content)
    if not audience.hidden:
        return content
    own = FILES[name](content, audience)
    if not name.endswith(".png") and audience.is_hidden(_body(name, own)):
        log.error("file withheld", file=name, why="names another's")
        return None
    return own


def _codes_alone(content: bytes) -> bytes:
    """Reasons without the rules that stand in somebody's way and what a place is worth to him or her."""
    titles, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows((worker, reason.partition(":")[0]) for worker, reason in rows)
    return target.getvalue().encode()


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
