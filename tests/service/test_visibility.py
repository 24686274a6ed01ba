"""Every rule of what is seen ends closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from world import World

from api.identity.access import GRANTS, MINISTRIES, ROLES, Principal
from api.identity.visibility import (
    agreements_seen,
    operations_seen,
    orders_seen,
    owns,
    programmes_seen,
    rows_seen,
    runs_seen,
)
from api.storage.tables import agreements, operations, orders, programmes, registers, runs

RULES: list[tuple[sa.Table, Callable[[Principal], Any]]] = [
    (programmes, programmes_seen),
    (orders, orders_seen),
    (agreements, agreements_seen),
    (runs, runs_seen),
    (operations, operations_seen),
    *((registers[name], lambda who, name=name: rows_seen(name, who)) for name in registers),  # type: ignore[misc]  # a default binds it
]
NOBODY = [
    Principal("a", "inspector", "GT", "E1"),
    Principal("a", "", "", ""),
    *(Principal("a", role, "", "") for role in (*sorted(MINISTRIES), "employer")),
]


@pytest.fixture
def full_world(world: World) -> World:
    """A world with a row of everything that a rule is about, ids and countries left empty included."""
    order = world.certified(headcount=2)
    run = world.run("gt", gap=0.0)
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    worker = world.operations("gt")[0]["worker_id"]
    pair = {"worker_id": worker, "order_id": order["order_id"]}
    rows: dict[str, dict[str, str]] = {
        "history": {"worker_id": worker, "start_date": "2024-01-01"},
        "recalls": pair,
        "preferences": pair,
        "corridors": {"origin_country": "GT", "destination_country": "CA"},
        "commitments": pair,
        "exclusions": pair,
        "scores": pair,
        "employers": {"employer_id": "", "country": ""},
        "sites": {"site_id": "S0", "employer_id": ""},
    }
    with world.engine.begin() as connection:
        for name, cells in rows.items():
            connection.execute(registers[name].insert().values(programme_id=world.programme, **cells))
        connection.execute(operations.update().values(employer_id=""))
    return world


def test_who_is_no_role_of_the_table_sees_nothing_anywhere(full_world: World) -> None:
    """An unknown role, a ministry without a country and an employer without an id: no row by any rule."""
    with full_world.engine.connect() as connection:
        for table, rule in RULES:
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)), table.name
            for who in NOBODY:
                seen = sa.select(sa.func.count()).select_from(table).where(rule(who))
                assert connection.scalar(seen) == 0, (table.name, who)
        programme = connection.execute(sa.select(programmes)).one()
    assert not any(owns(who, programme) for who in NOBODY)


def test_an_unknown_role_may_do_nothing() -> None:
    """The table of actions names its roles; whoever isn't one of them is in none."""
    assert not [action for action in GRANTS if Principal("a", "inspector", "GT", "E1").may(action)]
    assert all(grant.roles <= set(ROLES) for grant in GRANTS.values())
