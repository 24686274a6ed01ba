"""Whom an order would admit: from all workers through each rule, in numbers that name nobody."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.identity.access import EMPLOYER, ORIGIN, Principal
from api.registers.snapshot import Scope, write_snapshot
from api.wire.orders import CheckOut
from engine.planning.explain.order import funnel
from engine.planning.explain.words import Words, rule_name
from engine.programme import read_programme

FEW = 10


def check_order(connection: sa.Connection, principal: Principal, programme: sa.Row[Any], order_id: str) -> CheckOut:
    """How many workers an order would admit, and which rule refuses most; small numbers aren't told to employers, nor
    what each rule takes away, for the difference of two large numbers may be small.

    Raises `InputError` where the programme as it stands can't be read.
    """
    origin = principal.country if principal.role == ORIGIN else ""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        write_snapshot(connection, programme, Scope(origin=origin, only_order=order_id), Path(place, "programme"))
        read = read_programme(Path(place, "programme"))
    steps, admitted = funnel(read, 0)
    lost, before = {}, read.workers.size
    for rule, left in steps:
        lost[rule], before = before - left, left
    worst = max(lost, key=lambda rule: lost[rule], default=None)

    def told(count: int) -> str:
        return f"fewer than {FEW}" if principal.role == EMPLOYER and count < FEW else str(count)

    return CheckOut(
        registered=told(read.workers.size),
        admitted=told(len(admitted)),
        refuses_most="" if worst is None else rule_name(worst),
        in_words="" if worst is None else Words().rule(worst),
        funnel={} if principal.role == EMPLOYER else {rule_name(rule): str(left) for rule, left in steps},
    )
