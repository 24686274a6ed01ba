"""Problems as pages: what the interface answers in JSON, a browser shows; who isn't known is asked to sign in."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response

from api.answers.problems import MEDIA_TYPE
from api.console.forms import Answered
from api.console.rendering import gone_to, rendered

# What is no page: the interface, what machines ask, files.
NO_PAGES = ("/v1", "/health", "/metrics", "/docs", "/files")


def add_problem_pages(app: FastAPI) -> None:
    """Answer every problem of a page by a page; called once all handlers of problems are there."""
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _as_page(handler)

    @app.exception_handler(Answered)
    def _answered(_request: Request, error: Answered) -> Response:
        return error.response


def is_page(path: str) -> bool:
    """Whether an address is one of a page."""
    return not any(path == start or path.startswith(f"{start}/") for start in NO_PAGES)


def _as_page(handler: Any) -> Any:
    def answered(request: Request, error: Any) -> Response:
        response: Response = handler(request, error)
        if not is_page(request.url.path) or response.media_type != MEDIA_TYPE:
            return response
        if response.status_code == 401 and request.method == "GET":
            return gone_to(f"/sign-in?next={quote(_asked(request), safe='')}")
        problem = json.loads(bytes(response.body))
        page = rendered(request, "console/problem.html", response.status_code, problem=problem)
        for name in ("retry-after", "etag"):
            if name in response.headers:
                page.headers[name] = response.headers[name]
        return page

    return answered


def _asked(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
