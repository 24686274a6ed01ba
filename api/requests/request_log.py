"""One structured line a request: operation, status, time; no address, no query, no content, no id of anybody."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from api.answers.problems import TITLES, Problem, problem_response
from api.logs.metrics import REQUESTS, SECONDS
from api.requests.bodies import LIMIT, BodyLimit
from engine.words import message

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
OPEN_PATHS = ("/v1/sessions", "/v1/openapi.json")
log = structlog.get_logger("vaiven.request")


class RequestLog:
    """Logs and measures each request, and lets no body in but as far as its operation reads."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def answering(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._within(scope, receive, answering)
        finally:
            route = getattr(scope.get("route"), "name", "unknown")
            seconds = time.perf_counter() - begun
            REQUESTS.labels(route, str(status)).inc()
            SECONDS.labels(route).observe(seconds)
            log.info("request", operation=route, status=status, seconds=round(seconds, 4))

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in: little, until the operation says that more may come."""
        headers = dict(scope["headers"])
        if _needs_credentials(scope) and not (b"authorization" in headers or b"x-api-key" in headers):
            await _unknown()(scope, receive, send)
            return
        limit = scope[LIMIT] = BodyLimit(headers.get(b"content-length", b""), receive)
        await self.app(scope, limit.receive, send)


def _needs_credentials(scope: Scope) -> bool:
    """Whether nobody may call this: all operations but logging in; a browser asks by OPTIONS before it sends any."""
    path, method = scope["path"], scope["method"]
    return method != "OPTIONS" and path.startswith("/v1/") and not path.startswith(OPEN_PATHS)


def _unknown() -> Any:
    """Nobody's body is read."""
    problem = Problem(
        type="urn:vaiven:problem:service", title=TITLES[401], status=401, detail=message("Say who you are.")
    )
    return problem_response(problem, {"WWW-Authenticate": "Bearer", "Connection": "close"})
