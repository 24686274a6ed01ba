"""The revision of a programme, which every change of what its plans stand on raises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from api.storage.tables import programmes


def take_programmes(connection: sa.Connection, ids: Iterable[str]) -> None:
    """Take programmes for a change, in the order in which everybody takes them, until the transaction ends."""
    for identifier in sorted(ids):
        connection.execute(taken(sa.select(programmes.c.id).where(programmes.c.id == identifier))).all()


def taken(chosen: sa.Select[Any]) -> sa.Select[Any]:
    """A choice of programmes that takes them: others who take one wait, who read it or add rows to it don't."""
    return chosen.with_for_update(of=programmes, key_share=True)


def raise_revision(connection: sa.Connection, programme_id: str, binding: bool = True) -> int:
    """Count a change of what a programme's plans stand on; returns the new revision.

    Invariant: whoever writes what a plan stands on (orders, registers, agreements, settings, operations, publications)
    takes the programme first and raises the revision in the same transaction; `api.requests` does both for all but
    what says that it ``takes`` something else. So such changes come one after another, and what was read at a revision
    is still so as long as that is the newest. One that is ``binding`` may contradict a placement of a plan; a new order
    can't.
    """
    changed = programmes.update().where(programmes.c.id == programme_id)
    values = {"revision": programmes.c.revision + 1}
    values |= {"binding_revision": programmes.c.revision + 1} if binding else {}
    found = connection.execute(changed.values(values).returning(programmes.c.revision))
    return int(found.scalar_one())
