"""Which columns of each register a role is told. A column that isn't named here is told to nobody.

Of workers a ministry of destination and an employer are told what entry, work and travel need, as long as a placement
is under way (`api.identity.visibility` says when that is): never what somebody would work for, refuses, has for a
family, or how many points he or she has. Planners are told values that stand for many people
(`api.identity.generalisation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from api.identity.access import AUDITOR, DESTINATION, EMPLOYER, ORIGIN, PLANNER, Principal
from engine.programme.schema import TABLES

HIDDEN_FROM_PLANNERS = ("household_id", "travel_group_id", "reason")
_ENTRY = (
    "worker_id",
    "origin_country",
    "origin_region",
    "birth_date",
    "sex",
    "occupations",
    "skills",
    "languages",
    "passport_expires",
    "medical_valid_until",
)
_WORK = ("worker_id", "origin_country", "occupations", "skills", "languages")
_STAYS = ("worker_id", "isco08", "destination_country", "start_date", "end_date")
_PAIR = ("worker_id", "order_id")


def _all(table: str) -> tuple[str, ...]:
    return TABLES[table].column_names


def _for_planners(table: str) -> tuple[str, ...]:
    return tuple(name for name in _all(table) if name not in HIDDEN_FROM_PLANNERS)


def _whole(table: str, **others: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """A register of workers: whole for its ministry and for auditors, of the others' what is said."""
    return {ORIGIN: _all(table), AUDITOR: _all(table), PLANNER: _for_planners(table), **others}


def _of_places(table: str, *roles: str) -> dict[str, tuple[str, ...]]:
    """A register that holds nothing of workers."""
    return dict.fromkeys((*roles, ORIGIN, DESTINATION, PLANNER, AUDITOR), _all(table))


SHOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "workers": _whole("workers", **{DESTINATION: _ENTRY, EMPLOYER: _WORK}),
    "history": _whole("history", **{DESTINATION: _STAYS}),
    "preferences": _whole("preferences"),
    "commitments": _whole("commitments", **{DESTINATION: _PAIR}),
    "exclusions": _whole("exclusions"),
    "scores": _whole("scores"),
    "recalls": _whole("recalls", **{DESTINATION: _PAIR, EMPLOYER: _PAIR}),
    "employers": _of_places("employers", EMPLOYER),
    "sites": _of_places("sites", EMPLOYER),
    "corridors": _of_places("corridors"),
}
# Of who somebody is.
PERSON: dict[str, tuple[str, ...]] = {
    ORIGIN: ("register_number", "name", "contact"),
    AUDITOR: ("register_number", "name", "contact"),
    DESTINATION: ("name", "contact"),
    EMPLOYER: ("name", "contact"),
}


def shown_columns(principal: Principal, table: str) -> tuple[str, ...]:
    """The columns of a register that a role is told, none where it isn't named."""
    return SHOWN.get(table, {}).get(principal.role, ())


def shown_cells(principal: Principal, table: str, row: Mapping[str, Any] | RowMapping) -> dict[str, str]:
    """The cells of a row that a role is told."""
    return {name: str(row[name]) for name in shown_columns(principal, table)}


def shown_person(principal: Principal, person: Mapping[str, str] | None) -> dict[str, str] | None:
    """What of a person a role is told, None for a role that isn't told who it is."""
    names = PERSON.get(principal.role, ())
    return {name: person[name] for name in names} if person and names else None
