"""A request on its way in: who asks, what it is about, and whether that is allowed; then one transaction for the work.

The order is always the same: who (401), what (404 for what may not be seen), whether (403 with the table's reason). A
request that changes something is looked at so before its body is read, on a connection that locks nothing; what its
content says is judged next; then the transaction begins, in which all of this is found out again, under the locks that
it takes. What is done is committed, with its entries in the audit log, before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import sqlalchemy as sa
from fastapi import Request

from api.answers.problems import ServiceError, not_found, refused
from api.identity.access import Principal
from api.identity.authenticate import principal_of
from api.identity.browser_sessions import COOKIE
from api.identity.passwords import hash_secret
from api.logs.audit_log import append
from api.requests.context import Context, Manner
from api.requests.objects import finders
from api.requests.repeated import begin_once, was_asked
from api.storage.database import database, transaction
from api.storage.revisions import raise_revision, raise_revision_since
from engine.words import message

READING = ("GET", "HEAD")


class Overtaken(Exception):
    """Something binding was changed while a request was judged that hadn't taken the programme: nothing was written."""


@dataclass(frozen=True)
class Opening:
    """A request that asks for an action, with the credentials that came."""

    manner: Manner
    request: Request
    bearer: str | None
    api_key: str | None
    key: str | None = None
    browser: str | None = None  # the cookie of a page, '' without one; the interface takes none

    @property
    def unsafe(self) -> bool:
        """Whether it may change something."""
        return self.request.method not in READING and self.manner.takes != "nothing"

    def looked(self) -> Principal:
        """Who asks, once all that can be found out without a lock speaks for it; 401, 404, 403 and 429 come from here.

        A request that was sent before may be about what is no longer there: its first answer is what it gets.
        """
        with transaction(database(), read_only=True) as connection:
            context = self._context(connection)
            _require_rate(self.request, context.principal)
            if self.key is None or not was_asked(connection, context.principal.account_id, self.key):
                _find(context, locking=False)
        return context.principal

    @contextmanager
    def opened(self, asked: str) -> Iterator[Context]:
        """The request within its transaction, which is committed with its entries in the audit log at the end.

        ``asked`` is its fingerprint, by which a repeated one is known (`Replayed`). Who reads of persons leaves an
        entry too: a transaction that reads alone can't write it, so it is written in one of its own before the answer
        leaves. Where it can't be written, nothing is told.
        """
        with transaction(database(), not self.unsafe) as connection:
            context = self._context(connection)
            if self.unsafe and self.key is not None:
                begin_once(connection, context.principal.account_id, self.key, asked)
            if not self.unsafe:
                _require_rate(self.request, context.principal)
            _find(context, locking=self.unsafe)
            yield context
            if self.unsafe:  # the programme last: others may wait for it
                append(connection, context.entries)
                _raise_revision(context)
        if not self.unsafe and context.entries:
            with transaction(database()) as connection:
                append(connection, context.entries)
        if self.browser:
            self.request.app.state.last_uses.note(context.principal.session_id)

    def taking_first(self) -> Opening:
        """The same request, which takes the programme before it is judged."""
        return replace(self, manner=replace(self.manner, takes="programme"))

    def _context(self, connection: sa.Connection) -> Context:
        who = principal_of(connection, self.bearer, self.api_key, self.browser)
        return Context(who, connection, self.request, self.manner, (self.bearer, self.api_key))


def opening_key(request: Request) -> str:
    """Whose share of the threads a request takes before its sender is known: that of the credentials."""
    told = request.headers.get("authorization") or request.headers.get("x-api-key") or request.cookies.get(COOKIE)
    return hash_secret(told or "")


def opening_of(manner: Manner, request: Request) -> Opening:
    """A request whose body wasn't read yet."""
    if manner.page:
        return Opening(manner, request, None, None, browser=request.cookies.get(COOKIE, ""))
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    key = request.headers.get("idempotency-key")
    told = bearer.strip() if scheme.lower() == "bearer" else None
    return Opening(manner, request, told, request.headers.get("x-api-key"), key)


def _require_rate(request: Request, principal: Principal) -> None:
    wait = request.app.state.limit.take(principal.account_id)
    if wait:
        raise ServiceError(429, message("Too many requests."), headers={"Retry-After": str(int(wait) + 1)})


def _raise_revision(context: Context) -> None:
    if "programme_id" not in context.objects:
        return
    if context.manner.takes == "programme":
        raise_revision(context.connection, context.programme.id, context.binding)
    if context.manner.takes == "programme last":
        programme = context.programme
        if not raise_revision_since(context.connection, programme.id, programme.binding_revision):
            raise Overtaken


def _find(context: Context, locking: bool) -> None:
    """Look up what a request is about, and whether it is allowed: 404 and 403 are told apart here and nowhere else."""
    context.locking = locking
    for name, identifier in context.request.path_params.items():  # a programme stands before what is in it
        finder = finders().get(name)
        if finder is not None:
            found = finder.found(context, identifier)
            if found is None:
                raise not_found()
            context.objects[name] = found
    reason = context.principal.reason_against(context.manner.action)
    if reason:
        raise refused(reason)
