"""A request on its way in: one transaction, who asks, what it is about, and whether that is allowed.

The order is always the same: who (401), what (404 for what may not be seen), whether (403 with the table's reason).
What is done is committed, with its entries in the audit log, before the answer leaves.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from api.audit_log import Entry, append
from api.identity.access import Principal
from api.identity.authenticate import principal_of
from api.identity.visibility import operations_seen, orders_seen, programmes_seen, rows_seen, runs_seen
from api.problems import ServiceError, not_found, refused
from api.storage.database import database, insert_new, now, transaction
from api.storage.tables import accounts, idempotency, operations, orders, programmes, registers, runs

Row = sa.Row[Any]
bearer_scheme = HTTPBearer(auto_error=False, description="An access token from /v1/sessions.")
key_scheme = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key of an account.")
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=8, max_length=200, description="The same key and content are done once, and answered alike."),
]
MATCH_HEADER = "If-Match"
# Actions that change what a programme is made of: they take it one after another.
CHANGE_PROGRAMMES = (
    "programme.change",
    "agreement.write",
    "register.write",
    "worker.change",
    "worker.erase",
    "plan.publish",
)


class Replayed(Exception):
    """The request was made before; ``response`` is what it was answered."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass
class Context:
    """A request that may be answered: who asks, the transaction, and the objects that the path names."""

    principal: Principal
    connection: sa.Connection
    request: Request
    action: str
    credentials: tuple[str | None, str | None]
    objects: dict[str, Row] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    idempotency_key: str | None = None

    @property
    def programme(self) -> Row:
        """The programme that the path names."""
        return self.objects["programme_id"]

    def record(self, action: str, about: str, **details: Any) -> None:
        """Put an entry into the audit log; pseudonymous ids and numbers only."""
        self.entries.append(Entry(self.principal.account_id, action, about, details))

    def require_version(self, row: Row) -> int:
        """The version of an object, held against If-Match. Raises 428 without that header, 412 where it is another."""
        asked = self.request.headers.get(MATCH_HEADER)
        if asked is None:
            raise ServiceError(428, "Say which version is meant.", "Send its ETag as If-Match.")
        if asked.strip() not in ("*", etag(row.version)):
            headers = {"ETag": etag(row.version)}
            raise ServiceError(412, "It was changed meanwhile.", "Read it again, then decide.", headers)
        return int(row.version)

    def answer(self, content: BaseModel, status: int = 200, **headers: str) -> Response:
        """A JSON answer, kept for a repetition where the request has an Idempotency-Key."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = content.model_dump(mode="json")
        if self.idempotency_key is not None:
            key = self.idempotency_key
            self.connection.execute(
                idempotency.update()
                .where(idempotency.c.account_id == self.principal.account_id, idempotency.c.key == key)
                .values(status=status, headers=named, body=body)
            )
        return JSONResponse(body, status, named)


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


@dataclass(frozen=True)
class Opening:
    """A request that asks for an action and was not looked at yet."""

    action: str
    request: Request
    bearer: str | None
    api_key: str | None

    @contextmanager
    def opened(self) -> Iterator[Context]:
        """The request within its transaction, which is committed with its entries in the audit log at the end.

        Who reads of persons leaves an entry too: a transaction that reads alone can't write it, so it is written in one
        of its own before the answer leaves. Where it can't be written, nothing is told.
        """
        reads = self.request.method in ("GET", "HEAD")
        with transaction(database(), reads) as connection:
            context = _opened(self.action, self.request, connection, self.bearer, self.api_key)
            yield context
            if not reads:
                append(connection, context.entries)
        if reads and context.entries:
            with transaction(database()) as connection:
                append(connection, context.entries)


def allowed(action: str) -> Any:
    """The dependency of a handler's ``context``: the action that it is, and the credentials that came."""

    async def opening(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)],
        api_key: Annotated[str | None, Security(key_scheme)],
    ) -> Opening:
        return Opening(action, request, bearer.credentials if bearer else None, api_key)

    return Depends(opening)


class Router(APIRouter):
    """A router whose handlers run, from the first look at who asks to the commit, in one go on one thread.

    A request that waits for a thread so never holds a lock that others wait for on all threads.
    """

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        """Add a handler; its ``context`` is opened around it."""
        super().add_api_route(path, _within_transaction(endpoint), **kwargs)


def _within_transaction(handler: Callable[..., Any]) -> Callable[..., Any]:
    if "context" not in inspect.signature(handler).parameters:
        return handler

    @wraps(handler)
    def run(*args: Any, context: Opening, **kwargs: Any) -> Any:
        with context.opened() as opened:
            return handler(*args, context=opened, **kwargs)

    return run


def _opened(
    action: str, request: Request, connection: sa.Connection, bearer: str | None, api_key: str | None
) -> Context:
    """Who asks, what about, and whether: 401, 404 and 403 are told apart here and nowhere else."""
    context = Context(principal_of(connection, bearer, api_key), connection, request, action, (bearer, api_key))
    wait = request.app.state.limit.take(context.principal.account_id)
    if wait:
        raise ServiceError(429, "Too many requests.", headers={"Retry-After": str(int(wait) + 1)})
    for name, find in FINDERS.items():
        if name in request.path_params:
            found = connection.execute(find(context, request.path_params[name])).one_or_none()
            if found is None:
                raise not_found()
            context.objects[name] = found
    reason = context.principal.reason_against(action)
    if reason:
        raise refused(reason)
    return context


def begin_once(context: Context, key: str | None, content: str) -> None:
    """Let a request with this Idempotency-Key be done once; raises `Replayed` with the first answer, 422 where the
    key was used for something else.
    """
    if key is None:
        return
    said = f"{context.request.method} {context.request.url.path}\n{content}"
    fingerprint = hashlib.sha256(said.encode()).hexdigest()
    mine = sa.and_(idempotency.c.account_id == context.principal.account_id, idempotency.c.key == key)
    first = {"account_id": context.principal.account_id, "key": key, "fingerprint": fingerprint, "status": 0}
    values = {**first, "headers": {}, "body": None, "created_at": now()}
    if not insert_new(context.connection, idempotency, values):
        done = context.connection.execute(sa.select(idempotency).where(mine)).one()
        if done.fingerprint != fingerprint:
            raise ServiceError(422, "This Idempotency-Key was used for another request.", "Draw a new key.")
        raise Replayed(JSONResponse(done.body, done.status, {**done.headers, "Idempotent-Replayed": "true"}))
    context.idempotency_key = key


Finder = Callable[[Context, str], "sa.Select[Any]"]


def _programme(context: Context, identifier: str) -> sa.Select[Any]:
    chosen = sa.select(programmes).where(programmes.c.id == identifier, programmes_seen(context.principal))
    return chosen.with_for_update(of=programmes) if context.action in CHANGE_PROGRAMMES else chosen


def _order(context: Context, identifier: str) -> sa.Select[Any]:
    within = orders.c.programme_id == context.programme.id
    chosen = sa.select(orders).where(within, orders.c.order_id == identifier, orders_seen(context.principal))
    return chosen if context.request.method == "GET" else chosen.with_for_update()


def _worker(context: Context, identifier: str) -> sa.Select[Any]:
    workers = registers["workers"]
    within = workers.c.programme_id == context.programme.id
    return sa.select(workers).where(within, workers.c.worker_id == identifier, rows_seen("workers", context.principal))


def _run(context: Context, identifier: str) -> sa.Select[Any]:
    chosen = sa.select(runs).where(
        runs.c.programme_id == context.programme.id, runs.c.id == identifier, runs_seen(context.principal)
    )
    return chosen if context.request.method == "GET" else chosen.with_for_update()


def _operation(context: Context, identifier: str) -> sa.Select[Any]:
    within = operations.c.programme_id == context.programme.id
    chosen = sa.select(operations).where(within, operations.c.id == identifier, operations_seen(context.principal))
    return chosen if context.request.method == "GET" else chosen.with_for_update()


def _account(context: Context, identifier: str) -> sa.Select[Any]:
    seen = sa.true() if context.principal.may("account.read") else sa.false()
    return sa.select(accounts).where(accounts.c.id == identifier, seen)  # whoever changes it holds it with others


# In the order in which they are looked up: a programme before what is in it.
FINDERS: dict[str, Finder] = {
    "programme_id": _programme,
    "order_id": _order,
    "worker_id": _worker,
    "run_id": _run,
    "operation_id": _operation,
    "account_id": _account,
}
