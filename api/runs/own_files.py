"""How each form of file is made an audience's own before it leaves a run: what of it is another's is left out.

Kinds of run say of each of their files which of these it is (`Kind.files`); the gate asks no other way.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from api.identity.access import DESTINATION, ORIGIN
from api.runs.audience import Audience
from engine.plan.reason import without_facts

Own = Callable[[bytes, Audience], "bytes | None"]


@dataclass(frozen=True)
class Rows:
    """A table without the rows of which one of these columns names another's; other cells are redacted."""

    columns: tuple[str, ...] = ()

    def __call__(self, content: bytes, audience: Audience) -> bytes | None:
        if not audience.hidden:
            return content
        titles, rows = _read(content)
        keys = [number for number, title in enumerate(titles) if title in self.columns]
        own = (row for row in rows if not any(audience.is_hidden(row[key]) for key in keys))
        return _written(titles, ([audience.redacted(cell) for cell in row] for row in own))


@dataclass(frozen=True)
class RowsOfWorkers(Rows):
    """Rows about single workers that say more than where they are placed: told to their own state, and to planners."""

    def __call__(self, content: bytes, audience: Audience) -> bytes | None:
        return None if audience.role == DESTINATION else super().__call__(content, audience)


ROWS_OF_REGIONS = Rows(("origin_region", "REF_AREA"))


def unplaced_rows(content: bytes, audience: Audience) -> bytes | None:
    """Who has no place and why: a worker's profile is told to his or her own state alone, the rules that stand in the
    way and what a place is worth to no ministry of destination.
    """
    if audience.role != ORIGIN:
        content = without_facts(content.decode()).encode()
    if audience.role == DESTINATION:
        titles, rows = _read(content)
        content = _written(titles, ((worker, reason.partition(":")[0]) for worker, reason in rows))
    return Rows(("worker_id",))(content, audience)


def redacted_json(content: bytes, audience: Audience) -> bytes | None:
    """JSON with its texts redacted."""
    if not audience.hidden:
        return content
    return (json.dumps(audience.redacted_content(json.loads(content)), indent=1) + "\n").encode()


def own_certificate(content: bytes, audience: Audience) -> bytes | None:
    """The certificate without the checks of others' agreements; what it says of the plan is about all of it."""
    if not audience.hidden:
        return content
    certificate = json.loads(content)
    own = [check for check in certificate["checks"] if not audience.is_hidden(check["rule"])]
    return (json.dumps(audience.redacted_content(certificate | {"checks": own}), indent=1) + "\n").encode()


def as_it_is(content: bytes, _audience: Audience) -> bytes | None:
    """A picture or a page that is drawn from what is the audience's own already."""
    return content


def drawn(*names: str, page: bool = False) -> Mapping[str, Own]:
    """Pictures by their names, as PNG and SVG, and with ``page`` as HTML too."""
    endings = ("png", "svg", "narrow.svg", *(("html",) if page else ()))
    return {f"{name}.{ending}": as_it_is for name in names for ending in endings}


PLAN_FILES: Mapping[str, Own] = {
    "placements.csv": Rows(("worker_id", "order_id")),
    "unplaced.csv": unplaced_rows,
    "unfilled.csv": Rows(("order_id",)),
    "prices.csv": Rows(("limit", "clause_id", "scope")),
    "certificate.json": own_certificate,
}


def _read(content: bytes) -> tuple[list[str], Iterable[list[str]]]:
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return next(rows, []), rows


def _written(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows(rows)
    return target.getvalue().encode()
