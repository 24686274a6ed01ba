"""Two plans of one programme side by side: people, places, income, groups, employers, prices, who gained and lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa
from pydantic import BaseModel

from api.answers.problems import content_fault
from api.identity.access import Principal
from api.identity.visibility import runs_seen
from api.requests.shapes import example
from api.runs.earlier import has_plan
from api.runs.kind import kinds
from api.runs.result_files import table_of
from api.storage.tables import placements, runs
from engine.words import message

COLUMNS = ("worker_id", "change", "before", "after")
GAINED, LOST, MOVED = "gained", "lost", "moved"


class CountedOut(BaseModel):
    """A measure or a group in both plans; the income of groups is told where both plans know it."""

    name: str
    base: float
    other: float
    income_base: float | None = None
    income_other: float | None = None


class PricedOut(BaseModel):
    """A limit whose price differs between two plans."""

    limit: str
    clause_id: str
    base: float
    other: float


class PlansComparedOut(BaseModel):
    """Two plans side by side. `changes` counts the people who have a job in the other plan alone (gained), in the base
    alone (lost), and another in each (moved); `best_at_least` and `best_at_most` bound by how much the best plan of the
    other's season is worth more than that of the base's.
    """

    model_config = example(
        {
            "base": "0198",
            "other": "0199",
            "same_season": True,
            "best_at_least": -1.0,
            "best_at_most": 4.5,
            "measures": [{"name": "workers", "base": 10, "other": 12}],
            "groups": {"sector": [{"name": "A01", "base": 10, "other": 12}]},
            "changes": {"gained": 2, "lost": 0, "moved": 1},
            "prices": [],
        }
    )
    base: str
    other: str
    same_season: bool
    best_at_least: float
    best_at_most: float
    measures: list[CountedOut]
    groups: dict[str, list[CountedOut]]
    changes: dict[str, int]
    prices: list[PricedOut]


def plan_seen(connection: sa.Connection, principal: Principal, programme_id: str, run_id: str) -> sa.Row[Any]:
    """A run with a plan. Raises `InputError` where there is none that somebody sees."""
    mine = sa.and_(runs.c.id == run_id, runs.c.programme_id == programme_id, runs_seen(principal))
    run = connection.execute(sa.select(runs).where(mine)).one_or_none()
    if run is None or not has_plan(run):
        raise content_fault("with", run_id, message("is no run with a plan"), message("the id of another plan"))
    return run


def other_plans(connection: sa.Connection, principal: Principal, run: sa.Row[Any], most: int) -> list[sa.Row[Any]]:
    """The other plans of a run's programme that somebody sees, the newest first."""
    planned = [name for name, kind in kinds().items() if kind.has_plan]
    mine = sa.and_(runs.c.programme_id == run.programme_id, runs_seen(principal), runs.c.id != run.id)
    ready = sa.and_(runs.c.state == "done", runs.c.kind.in_(planned))
    return list(connection.execute(sa.select(runs).where(mine, ready).order_by(runs.c.id.desc()).limit(most)))


def as_outcome(run: sa.Row[Any]) -> dict[str, Any]:
    """A plan as comparisons of what-ifs have their branches."""
    measures, certificate = run.manifest.get("measures", {}), run.manifest["certificate"]
    return {
        "id": run.id,
        "title": run.id,
        "failure": "",
        "totals": measures.get("totals", {}) | {"objective": certificate["objective"]},
        "groups": measures.get("groups", {}),
        "bound": certificate["bound"],
    }


def plans_compared(connection: sa.Connection, base: sa.Row[Any], other: sa.Row[Any]) -> PlansComparedOut:
    """Two plans side by side, in numbers."""
    one, two = as_outcome(base), as_outcome(other)
    names = [name for name in one["totals"] if name in two["totals"]]
    groupings = [name for name in one["groups"] if name in two["groups"]]
    frame = people_changed(connection, base.id, other.id)
    return PlansComparedOut(
        base=base.id,
        other=other.id,
        same_season=base.manifest.get("programme_sha256") == other.manifest.get("programme_sha256"),
        best_at_least=two["totals"]["objective"] - one["bound"],
        best_at_most=two["bound"] - one["totals"]["objective"],
        measures=[CountedOut(name=name, base=one["totals"][name], other=two["totals"][name]) for name in names],
        groups={name: _groups(one["groups"][name], two["groups"][name]) for name in groupings}
        | {"employer_id": employers_counted(connection, base.id, other.id)},
        changes={name: int((frame["change"] == name).sum()) for name in (GAINED, LOST, MOVED)},
        prices=prices_changed(connection, base.id, other.id),
    )


def _groups(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[CountedOut]:
    found = []
    for name in sorted(set(before) | set(after)):
        (was, earned), (placed, income) = before.get(name, (0, 0.0)), after.get(name, (0, 0.0))
        found.append(CountedOut(name=name, base=was, other=placed, income_base=earned, income_other=income))
    return found


def employers_counted(connection: sa.Connection, base: str, other: str) -> list[CountedOut]:
    """The placements of each employer in both plans."""
    key = (placements.c.employer_id, placements.c.run_id)
    asked = sa.select(*key, sa.func.count()).where(placements.c.run_id.in_((base, other))).group_by(*key)
    counts: dict[str, dict[str, int]] = {}
    for employer, run, count in connection.execute(asked):
        counts.setdefault(str(employer), {})[run] = int(count)
    return [
        CountedOut(name=name, base=own.get(base, 0), other=own.get(other, 0)) for name, own in sorted(counts.items())
    ]


def people_changed(connection: sa.Connection, base: str, other: str) -> pd.DataFrame:
    """Who has a job in one plan alone, or another in each: `COLUMNS` as texts, the orders of several joined."""
    held: dict[str, dict[str, list[str]]] = {}
    asked = sa.select(placements.c.worker_id, placements.c.run_id, placements.c.order_id)
    chosen = asked.where(placements.c.run_id.in_((base, other))).order_by(placements.c.order_id)
    for worker, run, order in connection.execute(chosen):
        held.setdefault(str(worker), {}).setdefault(str(run), []).append(str(order))
    rows = []
    for worker, own in sorted(held.items()):
        before, after = own.get(base, []), own.get(other, [])
        if before != after:
            change = GAINED if not before else LOST if not after else MOVED
            rows.append((worker, change, " ".join(before), " ".join(after)))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def prices_changed(connection: sa.Connection, base: str, other: str) -> list[PricedOut]:
    """The limits whose prices differ, those that differ most first."""
    tables = [{row["limit"]: row for row in table_of(connection, run, "prices.csv")} for run in (base, other)]
    found = []
    for limit in {**tables[0], **tables[1]}:
        known = [table.get(limit, {}) for table in tables]
        before, after = (float(row.get("price") or 0) for row in known)
        clause = (known[0] or known[1]).get("clause_id", "")
        if abs(before - after) > 1e-6:
            found.append(PricedOut(limit=limit, clause_id=clause, base=before, other=after))
    return sorted(found, key=lambda one: (-abs(one.other - one.base), one.limit))
