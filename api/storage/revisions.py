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


# Put together once: every change asks one of them.
_NEXT = {"revision": programmes.c.revision + 1}
_CHANGED = programmes.update().where(programmes.c.id == sa.bindparam("of"))
_TOLD = programmes.c.revision, programmes.c.binding_revision
_RAISED = _CHANGED.values(_NEXT).returning(*_TOLD)
_RAISED_BINDING = _CHANGED.values(_NEXT | {"binding_revision": programmes.c.revision + 1}).returning(*_TOLD)


def raise_revision(connection: sa.Connection, programme_id: str, binding: bool = True) -> int:
    """Count a change of what a programme's plans stand on; returns the new revision.

    Invariant: whoever writes what a plan stands on (orders, registers, agreements, settings, operations, publications)
    takes the programme first and raises the revision in the same transaction; `api.requests` does both for all but
    what says that it ``takes`` something else. So such changes come one after another, and what was read at a revision
    is still so as long as that is the newest. One that is ``binding`` may contradict a placement of a plan; a new order
    can't, and takes the programme at the end (`raise_revision_since`).
    """
    raised = _RAISED_BINDING if binding else _RAISED
    return int(connection.execute(raised, {"of": programme_id}).one().revision)


def raise_revision_since(connection: sa.Connection, programme_id: str, binding_revision: int) -> bool:
    """Count a change that holds nobody and was judged at a binding revision; whether nothing binding came since.

    The programme is taken here, until the transaction ends. Where something came since, or the programme is gone, the
    change must be undone and judged anew.
    """
    found = connection.execute(_RAISED, {"of": programme_id}).one_or_none()
    return found is not None and found.binding_revision == binding_revision
