"""Handlers as the framework calls them: opened around, on a thread of their lane."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from api.requests.context import Manner, Takes
from api.requests.lanes import Asker, lanes_of
from api.requests.opening import READING, Opening, Overtaken, opening_key
from api.requests.repeated import fingerprint, keep_answer

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


def allowed(
    action: str,
    heavy: bool = False,
    upload: bool = False,
    versioned: bool = False,
    takes: Takes = "programme",
) -> Any:
    """The dependency of a handler's ``context``: the action that it is, and the credentials that came.

    ``heavy`` calls read or compute a whole programme, and share few threads; an ``upload`` may send a file, and is
    heavy; what is ``versioned`` needs If-Match; a change ``takes`` the programme, unless no plan stands on what it
    changes.
    """
    manner = Manner(action, heavy or upload, upload, takes)

    async def opening(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)],
        api_key: Annotated[str | None, Security(key_scheme)],
    ) -> Opening:
        return Opening(manner, request, bearer.credentials if bearer else None, api_key)

    async def matched(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)],
        api_key: Annotated[str | None, Security(key_scheme)],
        if_match: MatchHeader = None,  # noqa: ARG001  # `Context.require_version` reads it; here it is described
    ) -> Opening:
        return Opening(manner, request, bearer.credentials if bearer else None, api_key)

    chosen = matched if versioned else opening
    chosen.manner = manner  # type: ignore[attr-defined]  # a function's own attribute
    return Depends(chosen)


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


def run_by(handler: Callable[..., Any], status: int | None, methods: Any) -> Callable[..., Any]:
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
        return await lane.run(Asker(host), partial(handler, request=request, **content))

    return run


async def _in_lane(opening: Opening, manner: Manner, call: Callable[[], Response]) -> Response:
    """Run a request in its lane, within the shares of its account and, where it writes, of its programme."""
    lanes, request = lanes_of(opening.request), opening.request
    who = getattr(request.state, "account_id", None) or opening_key(request)
    if manner.heavy:
        return await lanes.heavy.run(Asker(who), call)
    if not opening.unsafe:
        return await lanes.reading.run(Asker(who), call)
    shared = (request.path_params["programme_id"],) if "programme_id" in request.path_params else ()
    return await lanes.writing.run(Asker(who, shared), call)


def _done(handler: Callable[..., Any], status: int, opening: Opening, content: dict[str, Any]) -> Response:
    """Do what a request asks, in one transaction."""
    said = {name: value for name, value in content.items() if not isinstance(value, Request | Response)}
    asked = fingerprint(opening.request, said) if opening.unsafe and opening.key is not None else ""
    prepare = getattr(handler, "prepare", None)
    if prepare is not None:
        content = content | {"prepared": prepare(**said)}
    try:
        return _within(handler, status, opening, content, asked)
    except Overtaken:
        return _within(handler, status, opening.taking_first(), content, asked)


def _within(
    handler: Callable[..., Any], status: int, opening: Opening, content: dict[str, Any], asked: str
) -> Response:
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
