"""Calls drawn from the OpenAPI description: no 5xx, and no answer that the description doesn't hold.

`VAIVEN_FUZZ_EXAMPLES` says how many calls an operation gets for each role; the full count is part of ``make proof``.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from world import ROLES, World

from api.rate_limits import RequestLimit

EXAMPLES = int(os.environ.get("VAIVEN_FUZZ_EXAMPLES", "3"))
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
SKIPPED = {"follow_run"}  # a stream that ends when its run does; test_runs follows one


def _known(world: World) -> dict[str, list[str]]:
    """Ids that are there, so that calls get past the first look-up."""
    order, draft = world.certified(), world.order(submit=False)
    run = world.run(gap=0.0)
    world.must("gt", "POST", f"/v1/programmes/{{p}}/runs/{run['id']}/publication")
    return {
        "programme_id": [world.programme],
        "order_id": [order["order_id"], draft["order_id"]],
        "run_id": [run["id"]],
        "worker_id": [operation["worker_id"] for operation in world.operations()],
        "operation_id": [operation["id"] for operation in world.operations()],
        "account_id": [world.accounts["e1"]],
        "agreement_id": ["GT-CA"],
        "name": ["certificate.json"],
    }


PAIRS = [("sqlite", who) for who in ("gt", "planner", "administrator")]
PAIRS += [("postgresql", who) for who in ("ca", "e1", "auditor")]
if EXAMPLES > 3:  # the full count: every role on both
    PAIRS = [(kind, who) for kind in ("sqlite", "postgresql") for who in ROLES]


@pytest.mark.parametrize(("database_url", "who"), PAIRS, indirect=["database_url"])
def test_no_call_of_the_description_fails(world: World, who: str) -> None:
    """Every operation, by a role that may do something with it."""
    known = _known(world)
    app = world.client.app
    app.state.limit = RequestLimit(10**9)  # type: ignore[attr-defined]  # the application
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)  # type: ignore[arg-type]  # an ASGI application
    calls = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.definition.raw["operationId"] in SKIPPED:
            continue
        calls += _call_often(world, who, operation, known)
    assert calls >= 40 * EXAMPLES


def _call_often(world: World, who: str, operation: Any, known: dict[str, list[str]]) -> int:
    """Call an operation with drawn content; how often it was called."""
    calls = 0

    @seed(len(who))
    @settings(
        max_examples=EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(case=operation.as_strategy(), draw=st.integers(0, 2**31))
    def call(case: Any, draw: int) -> None:
        nonlocal calls
        chance = random.Random(draw)
        for name in case.path_parameters or {}:
            if name in known and chance.random() < 0.9:
                case.path_parameters[name] = chance.choice(known[name])
        headers = dict(case.headers or {}) | {"Authorization": f"Bearer {world.tokens[who]}"}
        if chance.random() < 0.7:
            headers["If-Match"] = "*"
        case.headers = headers
        calls += 1
        case.call_and_validate(checks=CHECKS)

    call()
    return calls
