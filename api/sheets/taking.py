"""The rows of a sheet taken into their register, or among the orders; and what stands against that."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import Principal
from api.orders.uploads import file_orders
from api.storage.records import ProgrammeRecord
from api.uploads.uploads import Upload
from api.workers.uploads import recorded, upload_rows
from engine.errors import Fault, InputError

ORDERS = "orders"


class Taken(NamedTuple):
    """What was taken: ``told`` on a page (added, changed, notices), and the entry of the audit log about it."""

    told: dict[str, Any]
    action: str
    about: str
    recorded: dict[str, Any]


def take_rows(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, upload: Upload, submit: bool
) -> Taken:
    """Take the rows of a sheet, all or none. Raises `InputError` and 409 for what is against it."""
    place, table = f"programme/{programme.id}", upload.raw.name
    if table == ORDERS:
        filed = file_orders(connection, principal, programme, upload.raw, submit)
        counts: dict[str, Any] = {"added": len(filed.added), "changed": len(filed.changed)}
        return Taken({**counts, "notices": filed.notices}, "orders.uploaded", place, counts)
    done = upload_rows(connection, principal, programme, upload)
    told = {"added": done.added, "changed": done.changed, "notices": done.notices}
    return Taken(told, "register.uploaded", f"{place}/{table}", recorded(upload, done))


def faults_of(error: InputError | ServiceError) -> tuple[Fault, ...]:
    """What an error says of a sheet, one that names no row as a fault of the whole. Raises it again where it is no
    contradiction.
    """
    if getattr(error, "http_status", 409) != 409:
        raise error
    return tuple(getattr(error, "faults", ())) or (Fault("", 0, "", "", error.message, error.hint),)
