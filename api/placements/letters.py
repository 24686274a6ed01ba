"""Decision letters of a plan: what is offered to each worker, in a language that he or she knows.

The language is the one of the catalogue that the worker's record has at the highest level, else one that is official in
the worker's state, else English.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from babel.languages import get_official_languages

from api.answers.problems import refused
from api.console.rendering import part
from api.identity.access import ORIGIN, Principal
from api.identity.visibility import operations_seen
from api.placements.slips import conditions_of
from api.settings import settings
from api.storage.tables import operations, persons, placements, registers
from engine.words import message
from engine.words.catalogue import ENGLISH, languages

WRITTEN = ("proposed", "offered", "accepted")  # states in which somebody is told what is offered
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
NO_LETTERS = message("Letters are written by the ministry of the worker's own state.")


@dataclass(frozen=True)
class Letter:
    """What one worker is told: the placement, its conditions, and the ``language`` (a tag) to tell it in."""

    operation: sa.Row[Any]
    name: str
    language: str
    conditions: dict[str, Any]

    def in_words(self, place: str, code: str) -> str:
        """The letter as HTML, in its language; with a ``code`` that is typed at the address ``place``, or without."""
        told = {"operation": self.operation, "name": self.name, "conditions": self.conditions, "code": code}
        return part("placements/letter.html", self.language, **told, place=place, days=settings().slip_days)


def letter_of(connection: sa.Connection, principal: Principal, operation: sa.Row[Any]) -> Letter:
    """The letter of one placement. Raises 403 for another than a ministry of origin."""
    if principal.role != ORIGIN:
        raise refused(NO_LETTERS)
    row = connection.execute(_written(sa.and_(operations.c.id == operation.id, operations_seen(principal)))).one()
    return _letter(row, conditions_of(connection, row))


def letters_of(
    connection: sa.Connection, principal: Principal, run: sa.Row[Any], first: int, most: int
) -> tuple[list[Letter], int]:
    """The letters of a published plan, by worker, from the ``first`` on, and how many there are in all.

    Raises 403 for another than a ministry of origin.
    """
    if principal.role != ORIGIN:
        raise refused(NO_LETTERS)
    placed = sa.exists().where(
        placements.c.run_id == run.id,
        placements.c.worker_id == operations.c.worker_id,
        placements.c.order_id == operations.c.order_id,
    )
    mine = sa.and_(
        placed,
        operations.c.programme_id == run.programme_id,
        operations.c.state.in_(WRITTEN),
        operations_seen(principal),
    )
    asked = _written(mine)
    count = connection.scalar(asked.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0
    ordered = asked.order_by(operations.c.worker_id, operations.c.order_id).limit(most).offset(first)
    told: dict[tuple[str, str], dict[str, Any]] = {}
    letters = []
    for row in connection.execute(ordered):
        key = (row.order_id, row.origin_country)
        told[key] = told.get(key) or conditions_of(connection, row)
        letters.append(_letter(row, told[key]))
    return letters, int(count)


def _written(mine: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The placements under a condition, with the worker's name and languages."""
    workers = registers["workers"].c
    known = sa.and_(workers.programme_id == operations.c.programme_id, workers.worker_id == operations.c.worker_id)
    joined = operations.outerjoin(registers["workers"], known)
    joined = joined.outerjoin(persons, persons.c.worker_id == operations.c.worker_id)
    return sa.select(operations, persons.c.name, workers.languages).select_from(joined).where(mine)


def _letter(row: sa.Row[Any], conditions: dict[str, Any]) -> Letter:
    return Letter(row, row.name or "", language_of(row.languages or "", row.origin_country), conditions)


def language_of_worker(connection: sa.Connection, programme_id: str, worker_id: str) -> str:
    """The language in which a worker is told what is offered, or why nothing is; English where nobody is registered."""
    workers = registers["workers"].c
    mine = sa.and_(workers.programme_id == programme_id, workers.worker_id == worker_id)
    row = connection.execute(sa.select(workers.languages, workers.origin_country).where(mine)).one_or_none()
    return ENGLISH if row is None else language_of(row.languages or "", row.origin_country)


def language_of(known: str, origin: str) -> str:
    """The tag of the catalogue's language that somebody reads best: ``known`` as a register has it, es:C2|en:A2."""
    spoken = languages()
    best = sorted(_levels(known), key=lambda one: -one[1])
    official = [(tag, 0) for tag in get_official_languages(origin, de_facto=True)]
    return next((tag for tag, _ in [*best, *official] if tag in spoken), "en")


def _levels(known: str) -> Sequence[tuple[str, int]]:
    pairs = [one.partition(":")[::2] for one in known.replace(";", "|").split("|")]
    return [(tag.strip(), LEVELS.index(level.strip())) for tag, level in pairs if level.strip() in LEVELS]
