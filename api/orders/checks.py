"""Whom an order would admit: from all workers through each rule, in numbers that name nobody."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import EMPLOYER, Principal
from api.orders.check_privacy import Blur, blur_of, count_variant
from api.orders.schemas import CheckOut
from api.snapshots.scope import scope_of, told_to
from api.snapshots.snapshot import write_snapshot
from api.storage.records import ProgrammeRecord
from engine.audit.lasting_rules import rule_code, rule_in_words
from engine.errors import InputError
from engine.planning.explain.order import funnel, left_out_alone
from engine.programme import Programme, read_programme
from engine.words import message

# The rules by which an order itself leaves somebody out, each with the columns that make it.
OWN_RULES: Mapping[str, tuple[str, ...]] = {
    "occupation": ("isco08", "min_experience_months"),
    "skills": ("required_skills",),
    "language": ("languages",),
    "availability": ("start_date", "end_date"),
    "reservation": ("weekly_hours", "hourly_wage", "weekly_deductions", "worker_cost"),
}


def check_order(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, order: Mapping[str, str]
) -> CheckOut:
    """How many workers an order of these cells would admit, whether it is filed or not; which rule refuses most, and
    whom each of its own conditions alone leaves out. Who keeps no register of workers is told counts of values that
    stand for many; employers blurred ones alone, and a number of variants a day (`api.orders.check_privacy`), where all
    that isn't filed counts as one order.

    Raises 409 or `InputError` where the programme as it stands can't be read, 429 for too many variants.
    """
    blur = None
    if principal.role == EMPLOYER:
        blur = blur_of(connection, principal, programme.id, order)
        count_variant(principal, programme.id, order["order_id"], blur.variant)
    scope = replace(scope_of(principal.role, principal.country), only_order=order)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        write_snapshot(connection, programme, scope, Path(place, "programme"))
        read = _read(principal, Path(place, "programme"))
    steps, admitted = funnel(read, 0)
    lost, before = {}, read.workers.size
    for rule, left in steps:
        lost[rule], before = before - left, left
    if blur is not None:
        lost = {rule: blur.count(f"lost by {rule_code(rule)}", count) for rule, count in lost.items()}
    worst = max(lost, key=lambda rule: lost[rule], default=None)
    alone = left_out_alone(read, 0)
    return CheckOut(
        registered=str(read.workers.size) if blur is None else blur.of_any().told("registered", read.workers.size),
        admitted=_told(blur, "admitted", len(admitted)),
        refuses_most="" if worst is None else rule_code(worst),
        in_words="" if worst is None else rule_in_words(worst),
        funnel={} if blur is not None else {rule_code(rule): str(left) for rule, left in steps},
        left_out={rule: _told(blur, f"left_out {rule}", alone.get(rule, 0)) for rule in own_rules(order)},
    )


def own_rules(order: Mapping[str, str]) -> list[str]:
    """The rules by which an order of these cells may leave somebody out by what it asks and pays."""
    return [rule for rule, columns in OWN_RULES.items() if any(order[name] for name in columns)]


def _told(blur: Blur | None, what: str, count: int) -> str:
    return str(count) if blur is None else blur.told(what, count)


def _read(principal: Principal, folder: Path) -> Programme:
    """The programme; an employer isn't told what is wrong with one, for that may be somebody's data."""
    try:
        return read_programme(folder)
    except InputError as error:
        if principal.role == EMPLOYER:
            hint = message("Its ministries see why; try again later.")
            raise ServiceError(409, message("The programme isn't sound at present."), hint) from error
        raise told_to(principal.role, error) from error
