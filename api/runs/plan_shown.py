"""The page of a plan, as a minister asks of it: who has a job, who not and why, what to negotiate, how good it is."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from api.agreements.agreements import newest_agreements
from api.identity.access import MINISTRIES, ORIGIN, Principal
from api.identity.visibility import agreements_seen, orders_seen, rows_seen, runs_seen
from api.runs.kind import in_order, titles
from api.runs.plan_words import GROUPS, ORDER_GROUPS, Agreements, code_of
from api.runs.plans_compared import other_plans
from api.runs.result_files import names_of, table_of
from api.storage.database import utc
from api.storage.tables import agreements, orders, placements, registers, runs
from engine.plan.metrics import most_gain
from engine.plan.statuses import status_in_words
from engine.words import Message, message
from engine.words.names import country, sector

MOST_EMPLOYERS, MOST_TO_NEGOTIATE, MOST_QUOTAS, MOST_OTHERS, MOST_REPORTS = 12, 5, 40, 30, 200
# Limits that are no clause: an employer's own.
OWN_LIMITS = ("headcount", "beds", "min_crew")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Lever:
    """A limit, with its article: one more unit adds at most so many ``weeks`` of work and ``people``, None where the
    plan doesn't say how much of its worth a week is.
    """

    limit: str
    source: str
    used: float
    count: float
    gain: float
    weeks: float | None
    people: float | None


def plan_in_words(connection: sa.Connection, principal: Principal, run: sa.Row[Any]) -> dict[str, Any]:
    """What the page of a run's plan says, to somebody who sees the run."""
    manifest = run.manifest
    certificate, measures = manifest["certificate"], manifest.get("measures", {})
    count = sa.select(sa.func.count(), sa.func.count(placements.c.worker_id.distinct()))
    jobs, people = connection.execute(count.where(placements.c.run_id == run.id)).one()
    unplaced = Counter(code_of(row["reason"]) for row in table_of(connection, run.id, "unplaced.csv"))
    known = seen_agreements(connection, principal, run.programme_id)
    prices = table_of(connection, run.id, "prices.csv")
    return {
        "run": run,
        "moments": (utc(run.created_at), run.published_at and utc(run.published_at)),
        "jobs": jobs,
        "people": people,
        "without": unplaced.total(),
        "groups": [(code, *GROUPS[code], unplaced[code]) for code in GROUPS if unplaced[code]],
        "measures": measures,
        "certificate": certificate,
        "status_in_words": status_in_words(certificate["status"]),
        "checked": sum(check["checked"] for check in certificate["checks"]),
        "rule_count": len(certificate["checks"]),
        "rules": own_agreements(connection, principal, run.programme_id).choices()["rule"],
        "left_out": {state: n for state, n in manifest.get("left_out", {}).get("orders", {}).items() if n},
        "levers": _levers(known, prices, certificate),
        "quotas": _quotas(known, prices),
        "employers": _open_employers(connection, principal, run, table_of(connection, run.id, "unfilled.csv")),
        "destinations": _by_destination(connection, run),
        "others": _others(connection, principal, run),
        "reports": _reports(connection, principal, run),
        "country_name": _country_name,
        "sector_name": _sector_name,
        "order_groups": ORDER_GROUPS,
        "files": list(names_of(connection, run.id)),
        "buttons": [one for one in in_order() if one.of_plan and one.button and one.is_told(principal)],
        "may_publish": principal.role in MINISTRIES and run.published_at is None,
        "may_repair": principal.role in MINISTRIES and run.published_at is not None,
    }


def seen_agreements(connection: sa.Connection, principal: Principal, programme_id: str) -> Agreements:
    """The agreements of a programme that somebody sees, read."""
    asked = newest_agreements(programme_id).where(agreements_seen(principal))
    rows = connection.execute(asked.with_only_columns(agreements.c.agreement_id, agreements.c.content))
    return Agreements({row.agreement_id: tomllib.loads(row.content, parse_float=Decimal) for row in rows})


def own_agreements(connection: sa.Connection, principal: Principal, programme_id: str) -> Agreements:
    """Those of them that somebody's runs read: a ministry's own corridors, also in a programme that it owns."""
    seen = seen_agreements(connection, principal, programme_id).contents
    if principal.role not in MINISTRIES:
        return Agreements(seen)

    def sides(content: Mapping[str, Any]) -> Sequence[str]:
        return content.get("origins", ()) if principal.role == ORIGIN else [str(content.get("destination", ""))]

    return Agreements({name: content for name, content in seen.items() if principal.country in sides(content)})


def _others(connection: sa.Connection, principal: Principal, run: sa.Row[Any]) -> list[tuple[str, Message]]:
    """The other plans, each by its day and what it is worth, to choose one to compare with."""
    found = other_plans(connection, principal, run, MOST_OTHERS)
    return [
        (
            one.id,
            message(
                "{kind}, {day:long}, worth {worth:,.1f}",
                kind=Message(titles()[one.kind], {}),
                day=utc(one.created_at).date(),
                worth=one.manifest["certificate"]["objective"],
            ),
        )
        for one in found
    ]


def _reports(connection: sa.Connection, principal: Principal, run: sa.Row[Any]) -> list[tuple[str, str, date]]:
    """The reports of a plan that somebody sees, the newest of each kind: (id, what it is called, its day)."""
    kinds = [kind.name for kind in in_order() if kind.of_plan]
    mine = sa.and_(runs.c.programme_id == run.programme_id, runs.c.kind.in_(kinds), runs.c.state == "done")
    asked = sa.select(runs).where(mine, runs_seen(principal)).order_by(runs.c.id.desc()).limit(MOST_REPORTS)
    found: dict[str, tuple[str, str, date]] = {}
    for one in connection.execute(asked):
        if one.options.get("plan") == run.id:
            found.setdefault(one.kind, (one.id, titles()[one.kind], utc(one.created_at).date()))
    return [found[kind] for kind in kinds if kind in found]


def _country_name(code: str) -> Message:
    return Message("{name}", {"name": country(code)})


def _sector_name(code: str) -> Message:
    return Message("{name}", {"name": sector(code)})


def _number(text: str) -> float:
    return float(text) if text else 0.0


def _levers(known: Agreements, prices: Sequence[Row], certificate: Row) -> list[Lever]:
    """The clauses with the highest prices, with what one more of each adds at most to this plan."""
    found = [row for row in prices if row["count"] and row["clause_id"] not in OWN_LIMITS and _number(row["price"]) > 0]
    found.sort(key=lambda row: -_number(row["price"]))
    levers = []
    for row in found[:MOST_TO_NEGOTIATE]:
        price = _number(row["price"])
        gain = most_gain(certificate, price)
        told = [_number(row.get(name, "")) for name in ("price_in_weeks", "price_in_people")]
        weeks, people = (gain * amount / price if amount else None for amount in told)
        label = known.limit_in_words(row["limit"], row["clause_id"])
        source = known.source_of(row["limit"], row["clause_id"])
        levers.append(Lever(label, source, _number(row["used"]), _number(row["count"]), gain, weeks, people))
    return levers


def _quotas(known: Agreements, prices: Sequence[Row]) -> list[tuple[str, float, float, float]]:
    """The quotas with what is used of each, the fullest first: (in words, used, count, price)."""
    found = []
    for row in prices:
        used, count = _number(row["used"]), _number(row["count"])
        if count and row["clause_id"] not in OWN_LIMITS and "household_id=" not in row["scope"]:
            found.append((known.limit_in_words(row["limit"], row["clause_id"]), used, count, _number(row["price"])))
    return sorted(found, key=lambda one: (-one[1] / one[2], -one[2], one[0]))[:MOST_QUOTAS]


def _open_employers(
    connection: sa.Connection, principal: Principal, run: sa.Row[Any], unfilled: Sequence[Row]
) -> list[tuple[str, str, int, Counter[str]]]:
    """Employers with open places, the most first: (id, name, open places, how many by code of reason)."""
    seen = sa.and_(orders.c.programme_id == run.programme_id, orders_seen(principal))
    home = _pairs(connection, sa.select(orders.c.order_id, orders.c.employer_id).where(seen))
    rows = registers["employers"].c
    named = sa.and_(rows.programme_id == run.programme_id, rows_seen("employers", principal))
    names = _pairs(connection, sa.select(rows.employer_id, rows.name).where(named))
    by_employer: dict[str, Counter[str]] = {}
    for row in unfilled:
        if row["order_id"] in home:
            by_employer.setdefault(home[row["order_id"]], Counter())[code_of(row["reason"])] += int(row["open_places"])
    found = [(one, names.get(one, ""), codes.total(), codes) for one, codes in by_employer.items()]
    return sorted(found, key=lambda one: (-one[2], one[0]))[:MOST_EMPLOYERS]


def _pairs(connection: sa.Connection, asked: sa.Select[Any]) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.execute(asked)}


def _by_destination(connection: sa.Connection, run: sa.Row[Any]) -> list[tuple[str, str, int, int]]:
    """How many people and placements the plan has by state of destination and sector, the most first."""
    same = sa.and_(orders.c.programme_id == run.programme_id, orders.c.order_id == placements.c.order_id)
    key = (orders.c.destination_country, orders.c.sector)
    counts = (sa.func.count(placements.c.worker_id.distinct()), sa.func.count())
    asked = sa.select(*key, *counts).join_from(placements, orders, same).where(placements.c.run_id == run.id)
    ordered = asked.group_by(*key).order_by(counts[1].desc(), *key)
    return [(str(row[0]), str(row[1]), int(row[2]), int(row[3])) for row in connection.execute(ordered)]
