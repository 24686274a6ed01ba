"""The season that `vaiven demo --serve` draws: published, and open to each of its accounts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from browser import Browser, text_of
from fastapi.testclient import TestClient
from world import World

from api.app import create_app
from api.demonstration.season import put_demonstration
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
        placed = connection.scalar(sa.select(sa.func.count()).select_from(operations))
        assert verify(connection)[1] == ""
    assert placed
    with TestClient(create_app()) as client:
        world = World(client, engine, {}, {one.email: ids[one.email] for one in made}, str(programme))
        for one in made:
            page = Browser(world, one.email).get("/programmes/{p}")
            assert page.status_code == 200, one.email
        typed = {"email": made[0].email, "password": PASSWORD}
        signed = Browser(world)
        assert signed.post("/sign-in", typed).status_code == 303
        assert f"{placed} placements to offer" in text_of(signed.get("/home"))
