"""A request on its way in: who asks, what it is about, and whether that is allowed; then one transaction for the work.

The order is always the same: who (401), what (404 for what may not be seen), whether (403 with the table's reason). A
request that changes something is looked at so before its body is read, on a connection that locks nothing; what its
content says is judged next; then the transaction begins, in which all of this is found out again, under the locks that
it takes. What is done is committed, with its entries in the audit log, before the answer leaves.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from api.answers.problems import ServiceError, not_found, refused
from api.identity.access import Principal
from api.identity.authenticate import principal_of
from api.identity.browser_sessions import COOKIE
from api.identity.passwords import hash_secret
from api.logs.audit_log import Entry, append
from api.requests.bodies import allow_body, require_shallow
from api.requests.lanes import Keys, lanes_of
from api.requests.objects import FINDERS, changes_programme
from api.requests.repeated import begin_once, fingerprint, keep_answer, was_asked
from api.storage.database import database, transaction
from api.storage.revisions import raise_revision
from engine.words import message

Row = sa.Row[Any]
bearer_scheme = HTTPBearer(auto_error=False, description="An access token from /v1/sessions.")
key_scheme = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key of an account.")
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=8, max_length=200, description="The same key and content are done once, and answered alike."),
]
MatchHeader = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="The ETag of the version that is meant; needed (428)."),
]
MATCH_HEADER = "If-Match"
READING = ("GET", "HEAD")
MOST_FIELDS, LARGEST_FIELD = 10, 64 * 1024


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
    locking: bool = False
    binding: bool = True  # whether what is changed may contradict a placement of a plan

    @property
    def programme(self) -> Row:
        """The programme that the path names."""
        return self.objects["programme_id"]

    def record(self, action: str, about: str, **details: Any) -> None:
        """Put an entry into the audit log; pseudonymous ids and numbers only."""
        self.entries.append(Entry(self.principal.account_id, action, about, details))

    def require_version(self, row: Row) -> int:
        """The version of an object, held against If-Match. Raises 428 without that header, 412 where it is another."""
        self.require_tag(etag(row.version))
        return int(row.version)

    def require_tag(self, tag: str) -> None:
        """Hold an object's entity tag against If-Match. Raises 428 without that header, 412 where it is another."""
        asked = self.request.headers.get(MATCH_HEADER)
        if asked is None:
            raise ServiceError(428, message("Say which version is meant."), message("Send its ETag as If-Match."))
        if asked.strip() not in ("*", tag):
            raise ServiceError(
                412, message("It was changed meanwhile."), message("Read it again, then decide."), {"ETag": tag}
            )

    def answer(self, content: BaseModel, status: int = 200, **headers: str) -> Response:
        """A JSON answer with headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return JSONResponse(content.model_dump(mode="json"), status, named)


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def content_tag(content: Any) -> str:
    """The entity tag of something that counts no versions: a digest of all that can be changed of it."""
    return f'"{hash_secret(json.dumps(content, sort_keys=True, default=str))[:32]}"'


@dataclass(frozen=True)
class Opening:
    """A request that asks for an action, with the credentials that came."""

    action: str
    request: Request
    bearer: str | None
    api_key: str | None
    key: str | None = None
    browser: str | None = None  # the cookie of a page, '' without one; the interface takes none

    @property
    def unsafe(self) -> bool:
        """Whether it may change something."""
        return self.request.method not in READING

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
            if self.unsafe:
                _raise_revision(context)
                append(connection, context.entries)
        if not self.unsafe and context.entries:
            with transaction(database()) as connection:
                append(connection, context.entries)
        if self.browser:
            self.request.app.state.last_uses.note(context.principal.session_id)

    def _context(self, connection: sa.Connection) -> Context:
        who = principal_of(connection, self.bearer, self.api_key, self.browser)
        return Context(who, connection, self.request, self.action, (self.bearer, self.api_key))


def allowed(action: str, heavy: bool = False, upload: bool = False, versioned: bool = False) -> Any:
    """The dependency of a handler's ``context``: the action that it is, and the credentials that came.

    ``heavy`` calls read or compute a whole programme, and share few threads; an ``upload`` may send a file, and is
    heavy; what is ``versioned`` needs If-Match.
    """

    async def opening(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)],
        api_key: Annotated[str | None, Security(key_scheme)],
    ) -> Opening:
        return Opening(action, request, bearer.credentials if bearer else None, api_key)

    async def matched(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)],
        api_key: Annotated[str | None, Security(key_scheme)],
        if_match: MatchHeader = None,  # noqa: ARG001  # `Context.require_version` reads it; here it is described
    ) -> Opening:
        return Opening(action, request, bearer.credentials if bearer else None, api_key)

    chosen = matched if versioned else opening
    chosen.manner = Manner(action, heavy or upload, upload)  # type: ignore[attr-defined]  # a function's own attribute
    return Depends(chosen)


@dataclass(frozen=True)
class Manner:
    """How a handler is to be run: the action that it is, whether it is heavy, whether a file may come."""

    action: str
    heavy: bool
    upload: bool
    page: bool = False


class Route(APIRoute):
    """A route that knows who asks before it reads a body, and reads no more of one than its operation takes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with the look at who asks in front of it."""
        handle = super().get_route_handler()
        manner: Manner | None = getattr(self.endpoint, "manner", None)

        async def guarded(request: Request) -> Response:
            if manner is None:
                return await handle(request)
            if request.method in READING and not manner.heavy:
                return await handle(request)
            opening = _opening(manner, request)
            lanes = lanes_of(request)
            who = await lanes.reading.run((opening_key(request),), opening.looked)
            request.state.account_id = who.account_id
            allow_body(request.scope, manner.upload)
            if not manner.upload:
                if request.method not in READING and not manner.page:
                    require_shallow(await request.body())
                return await handle(request)
            with lanes.uploads.taken(who.account_id):
                await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
                return await handle(request)

        return guarded


def opening_key(request: Request) -> str:
    """Whose share of the threads a request takes before its sender is known: that of the credentials."""
    told = request.headers.get("authorization") or request.headers.get("x-api-key") or request.cookies.get(COOKIE)
    return hash_secret(told or "")


def _opening(manner: Manner, request: Request) -> Opening:
    """A request whose body wasn't read yet."""
    if manner.page:
        return Opening(manner.action, request, None, None, browser=request.cookies.get(COOKIE, ""))
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    key = request.headers.get("idempotency-key")
    told = bearer.strip() if scheme.lower() == "bearer" else None
    return Opening(manner.action, request, told, request.headers.get("x-api-key"), key)


class Router(APIRouter):
    """A router that does for every handler what none of them has to think of.

    - The handler's ``context`` is opened around it: it runs from the first look at who asks to the commit in one go on
      one thread, so that a request which waits for a thread never holds a lock that others wait for on all threads.
    - Every POST, PUT, PATCH and DELETE takes `Idempotency-Key`: the same key and content are done once and answered
      alike. Handlers neither declare the header nor call anything for it.
    - Before a body is read the sender is known and allowed (401, 403, 404), and no more is read than the operation
      takes.
    - What `preparing` names is called with the handler's other arguments before the transaction begins; what it returns
      is the handler's ``prepared``. Whatever reads a content that somebody sent (a file, TOML) belongs there: locks are
      held for the write alone, and what depends on the database is decided in the handler, under them.
    - Handlers run in lanes (`Lane`): reading, writing, heavy; those without a ``context`` sign somebody in.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"route_class": Route, **kwargs})

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        """Add a handler."""
        super().add_api_route(path, _run_by(endpoint, kwargs.get("status_code"), kwargs.get("methods")), **kwargs)


def preparing(prepare: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a handler's ``prepared`` be what ``prepare`` makes of its other arguments, before any transaction."""

    def decorated(handler: Callable[..., Any]) -> Callable[..., Any]:
        handler.prepare = prepare  # type: ignore[attr-defined]  # a function's own attribute
        return handler

    return decorated


def asking_outside(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Let a handler that asks another service (an identity provider) hold up nobody but its like."""
    handler.asks_outside = True  # type: ignore[attr-defined]  # a function's own attribute
    return handler


def _run_by(handler: Callable[..., Any], status: int | None, methods: Any) -> Callable[..., Any]:
    """The handler as the framework calls it: a coroutine that runs it on a thread of its lane."""
    signature = inspect.signature(handler)
    parameters = [one for name, one in signature.parameters.items() if name != "prepared"]
    context = signature.parameters.get("context")
    if context is None:
        return _signing_in(handler)
    manner: Manner = context.default.dependency.manner
    unsafe = not set(methods or ()) <= set(READING)
    if unsafe and not manner.page:
        told = inspect.Parameter("idempotency_key", inspect.Parameter.KEYWORD_ONLY, default=None)
        parameters.append(told.replace(annotation=IdempotencyKey))

    @wraps(handler)
    async def run(*, context: Opening, idempotency_key: str | None = None, **content: Any) -> Response:
        opening = replace(context, key=idempotency_key)
        return await _in_lane(opening, manner, partial(_done, handler, status or 200, opening, content))

    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # read by the framework
    run.manner = manner  # type: ignore[attr-defined]  # read by `Route`
    return run


def _signing_in(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler that nobody needs to be known for, on a thread of its own lane, within the share of its host."""

    @wraps(handler)
    async def run(*, request: Request, **content: Any) -> Any:
        host, lanes = request.client.host if request.client else "", lanes_of(request)
        lane = lanes.asking_outside if getattr(handler, "asks_outside", False) else lanes.signing_in
        return await lane.run((host,), partial(handler, request=request, **content))

    return run


async def _in_lane(opening: Opening, manner: Manner, call: Callable[[], Response]) -> Response:
    """Run a request in its lane, within the shares of its account and, where it writes, of its programme."""
    lanes, request = lanes_of(opening.request), opening.request
    who = getattr(request.state, "account_id", None) or opening_key(request)
    if manner.heavy:
        return await lanes.heavy.run((who,), call)
    if not opening.unsafe:
        return await lanes.reading.run((who,), call)
    keys: Keys = (who, request.path_params["programme_id"]) if "programme_id" in request.path_params else (who,)
    return await lanes.writing.run(keys, call)


def _done(handler: Callable[..., Any], status: int, opening: Opening, content: dict[str, Any]) -> Response:
    """Do what a request asks, in one transaction."""
    said = {name: value for name, value in content.items() if not isinstance(value, Request | Response)}
    asked = fingerprint(opening.request, said) if opening.unsafe and opening.key is not None else ""
    prepare = getattr(handler, "prepare", None)
    if prepare is not None:
        content = content | {"prepared": prepare(**said)}
    with opening.opened(asked) as context:
        response = _response(handler(context=context, **content), status, content.get("response"))
        if asked:
            keep_answer(context.connection, context.principal.account_id, opening.key or "", response)
    return response


def _response(answer: Any, status: int, told: Response | None) -> Response:
    """What a handler returned as a response, with the headers that it set on ``told``."""
    if isinstance(answer, BaseModel):
        answer = Response(answer.model_dump_json(), status, media_type="application/json")
    elif not isinstance(answer, Response):
        answer = JSONResponse(answer, status)
    if told is not None:
        answer.headers.update({name: value for name, value in told.headers.items() if name != "content-length"})
    found: Response = answer
    return found


def _require_rate(request: Request, principal: Principal) -> None:
    wait = request.app.state.limit.take(principal.account_id)
    if wait:
        raise ServiceError(429, message("Too many requests."), headers={"Retry-After": str(int(wait) + 1)})


def _raise_revision(context: Context) -> None:
    if "programme_id" in context.objects and changes_programme(context.action):
        raise_revision(context.connection, context.programme.id, context.binding)


def _find(context: Context, locking: bool) -> None:
    """Look up what a request is about, and whether it is allowed: 404 and 403 are told apart here and nowhere else."""
    context.locking = locking
    for name, find in FINDERS.items():
        if name in context.request.path_params:
            found = context.connection.execute(find(context, context.request.path_params[name])).one_or_none()
            if found is None:
                raise not_found()
            context.objects[name] = found
    reason = context.principal.reason_against(context.action)
    if reason:
        raise refused(reason)
