"""The season that `vaiven demo --serve` draws: published, and open to each of its accounts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from fastapi.testclient import TestClient
from world import World

from api.app import create_app
from api.demonstration.season import HOST, put_demonstration
from api.logs.audit_log import verify
from api.storage.account_tables import accounts
from api.storage.tables import operations, programmes

PASSWORD = "a demonstration's password"


@pytest.mark.computes
def test_a_season_is_put_in_and_each_account_sees_its_part(engine: sa.Engine) -> None:
    """Each account signs in with the password; the ministry that published has placements, others what is theirs."""
    made = put_demonstration(engine, PASSWORD, "northern-triangle", 120, 1)
    with engine.connect() as connection:
        ids = dict(connection.execute(sa.select(accounts.c.email, accounts.c.id)).all())
        programme = connection.scalar(sa.select(programmes.c.id))
        counted = sa.select(operations.c.state, sa.func.count()).group_by(operations.c.state)
        states = dict(connection.execute(counted).all())
        crew = connection.scalar(sa.select(operations.c.employer_id).where(operations.c.state == "accepted"))
        assert verify(connection)[1] == ""
    assert set(states) == {"proposed", "offered", "declined", "accepted", "travelling"} and crew
    with TestClient(create_app()) as client:
        world = World(client, engine, {}, {one.email: ids[one.email] for one in made}, str(programme))
        for one in made:
            page = Browser(world, one.email).get("/programmes/{p}")
            assert page.status_code == 200, one.email
        typed = {"email": made[0].email, "password": PASSWORD}
        signed = Browser(world)
        assert signed.post("/sign-in", typed).status_code == 303
        home = text_of(signed.get("/home"))
        assert f"{states['proposed']} placements to offer" in home and f"{states['offered']} offers unanswered" in home
        employer = Browser(world, f"{crew.lower()}@{HOST}")
        shown = employer.get("/programmes/{p}/crew?form=json").json()
        assert any(one["name"] for one in shown) and all(" " in one["name"] for one in shown if one["name"])
        assert employer.get("/programmes/{p}/crew?form=ics").text.count("BEGIN:VEVENT") == len(shown)
