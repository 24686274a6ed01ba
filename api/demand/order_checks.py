"""Whom an order would admit: from all workers through each rule, in numbers that name nobody."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.identity.access import EMPLOYER, Principal
from api.problems import ServiceError
from api.registers.snapshot import scope_of, told_to, write_snapshot
from api.wire.orders import CheckOut
from engine.errors import InputError
from engine.planning.explain.order import funnel
from engine.planning.explain.words import Words, rule_name
from engine.programme import Programme, read_programme

FEW = 10


def check_order(connection: sa.Connection, principal: Principal, programme: sa.Row[Any], order_id: str) -> CheckOut:
    """How many workers an order would admit, and which rule refuses most; small numbers aren't told to employers, nor
    what each rule takes away, and large ones are rounded down to tens, for the difference of two may be small.

    Raises 409 or `InputError` where the programme as it stands can't be read.
    """
    scope = replace(scope_of(principal.role, principal.country), only_order=order_id)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        write_snapshot(connection, programme, scope, Path(place, "programme"))
        read = _read(principal, Path(place, "programme"))
    steps, admitted = funnel(read, 0)
    lost, before = {}, read.workers.size
    for rule, left in steps:
        lost[rule], before = before - left, left
    worst = max(lost, key=lambda rule: lost[rule], default=None)

    def told(count: int) -> str:
        if principal.role != EMPLOYER:
            return str(count)
        return f"fewer than {FEW}" if count < FEW else str(count // FEW * FEW)

    return CheckOut(
        registered=told(read.workers.size),
        admitted=told(len(admitted)),
        refuses_most="" if worst is None else rule_name(worst),
        in_words="" if worst is None else Words().rule(worst),
        funnel={} if principal.role == EMPLOYER else {rule_name(rule): str(left) for rule, left in steps},
    )


def _read(principal: Principal, folder: Path) -> Programme:
    """The programme; an employer isn't told what is wrong with one, for that may be somebody's data."""
    try:
        return read_programme(folder)
    except InputError as error:
        if principal.role == EMPLOYER:
            hint = "Its ministries see why; try again later."
            raise ServiceError(409, "The programme isn't sound at present.", hint) from error
        raise told_to(principal.role, error) from error
