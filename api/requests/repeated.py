"""Idempotency-Key: a request that changes something is done once, however often it is sent.

The key is taken in the transaction that does the work and the answer is kept in it, so that both are there or neither.
What is told once (secrets) isn't kept, and erasing a person erases the kept answers that name the person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.answers.problems import ServiceError
from api.storage.account_tables import idempotency
from api.storage.database import insert_new, now
from engine.words import message

TOLD_ONCE = ("secret", "otpauth_uri", "recovery_codes", "password")
KEPT_HEADERS = ("etag", "location")


class Replayed(Exception):
    """The request was made before; ``response`` is what it was answered."""

    def __init__(self, response: Response) -> None:
        self.response = response


def fingerprint(request: Request, content: Mapping[str, Any]) -> str:
    """The sha256 of all that a request asks: method, path, each argument of its handler; files by what is in them."""
    target = hashlib.sha256(f"{request.method} {request.url.path}".encode())
    for name in sorted(content):
        target.update(f"\n{name} ".encode() + _told(content[name]))
    return target.hexdigest()


def _told(value: Any) -> bytes:
    if isinstance(value, UploadFile):
        digest = hashlib.file_digest(value.file, "sha256").digest()  # type: ignore[arg-type]  # a file of bytes
        value.file.seek(0)
        return digest
    if isinstance(value, BaseModel):
        return value.model_dump_json().encode()
    return json.dumps(value, default=str, sort_keys=True).encode()


def was_asked(connection: sa.Connection, account_id: str, key: str) -> bool:
    """Whether an account has used a key already."""
    return connection.scalar(_STATUS, {"of_account": account_id, "of_key": key}) is not None


def begin_once(connection: sa.Connection, account_id: str, key: str, asked: str) -> None:
    """Take a key for a request with the fingerprint ``asked``; whoever has taken it just now is waited for.

    Raises `Replayed` with the first answer where it was done before, 422 where the key was used for something else, 409
    where the answer isn't kept any more.
    """
    first = {"account_id": account_id, "key": key, "fingerprint": asked, "status": 0}
    values = {**first, "headers": {}, "body": None, "created_at": now()}
    if insert_new(connection, idempotency, values):
        return
    done = connection.execute(_DONE, {"of_account": account_id, "of_key": key}).one()
    if done.fingerprint != asked:
        raise ServiceError(
            422, message("This Idempotency-Key was used for another request."), message("Draw a new key.")
        )
    if not done.status or (done.body is None and done.status != 204):
        raise ServiceError(
            409, message("It was done; its answer isn't kept any more."), message("Read what became of it.")
        )
    headers = {**done.headers, "Idempotent-Replayed": "true"}
    empty = done.body is None
    raise Replayed(Response(None, 204, headers) if empty else JSONResponse(done.body, done.status, headers))


def keep_answer(connection: sa.Connection, account_id: str, key: str, response: Response) -> None:
    """Keep the answer of a request whose key was taken in this transaction; of a file, that it was given."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    body = json.loads(bytes(response.body)) if response.body and is_json else None
    if isinstance(body, dict):
        body |= {name: None for name in TOLD_ONCE if name in body}
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    values = {"status": response.status_code, "headers": headers, "body": body}
    connection.execute(_KEPT, {**values, "of_account": account_id, "of_key": key})


def forget_answers(connection: sa.Connection, worker_id: str) -> None:
    """Erase the kept answers that name a person; who repeats such a request learns that it was done."""
    naming = sa.cast(idempotency.c.body, sa.Text).contains(worker_id, autoescape=True)
    connection.execute(idempotency.update().where(naming).values(body=sa.null()))


_MINE = sa.and_(idempotency.c.account_id == sa.bindparam("of_account"), idempotency.c.key == sa.bindparam("of_key"))
# Put together once: every change asks them.
_STATUS = sa.select(idempotency.c.status).where(_MINE)
_DONE = sa.select(idempotency).where(_MINE)
_KEPT = idempotency.update().where(_MINE).values({name: sa.bindparam(name) for name in ("status", "headers", "body")})
