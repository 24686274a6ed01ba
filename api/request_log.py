"""One structured line a request: operation, status, time; no address, no query, no content, no id of anybody."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from starlette.exceptions import HTTPException

from api.metrics import REQUESTS, SECONDS
from api.problems import TITLES, Problem, problem_response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
OPEN_PATHS = ("/v1/sessions", "/v1/openapi.json")
log = structlog.get_logger("vaiven.request")


def set_up_logs() -> None:
    """Lines of JSON on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


class RequestLog:
    """Logs and measures each request, and refuses a body that is larger than allowed before it is read whole."""

    def __init__(self, app: Any, largest_body: int, largest_upload: int) -> None:
        self.app, self.largest_body, self.largest_upload = app, largest_body, largest_upload

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
        """Count what comes in, so that a body without a length is held to the limit too."""
        headers = dict(scope["headers"])
        if _needs_credentials(scope) and not (b"authorization" in headers or b"x-api-key" in headers):
            await _unknown()(scope, receive, send)
            return
        upload = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        most, read = (self.largest_upload if upload else self.largest_body), 0
        told = headers.get(b"content-length", b"0")
        if told.isdigit() and int(told) > most:
            await _too_large(most)(scope, receive, send)
            return

        async def counted() -> MutableMapping[str, Any]:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413, _at_most(most))
            return message

        await self.app(scope, counted, send)


def _needs_credentials(scope: Scope) -> bool:
    """Whether nobody may call this: all operations but logging in; a browser asks by OPTIONS before it sends any."""
    path, method = scope["path"], scope["method"]
    return method != "OPTIONS" and path.startswith("/v1/") and not path.startswith(OPEN_PATHS)


def _unknown() -> Any:
    """Nobody's body is read."""
    problem = Problem(type="urn:vaiven:problem:service", title=TITLES[401], status=401, detail="Say who you are.")
    return problem_response(problem, {"WWW-Authenticate": "Bearer", "Connection": "close"})


def _at_most(most: int) -> str:
    return f"At most {most:,} bytes are read."


def _too_large(most: int) -> Any:
    return problem_response(Problem(title=TITLES[413], status=413, detail=_at_most(most)), {"Connection": "close"})
