"""The application: routes, problems, limits, documentation that works offline."""

from __future__ import annotations

import importlib.resources
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from api.about.routes import SUMMARY
from api.answers.database_problems import RETRY_SECONDS, database_problem
from api.answers.problems import MEDIA_TYPE, TITLES, Problem, add_problem_handlers, problem_response
from api.answers.spoken_requests import SpokenRequests
from api.console import rendering
from api.console.problems_shown import add_problem_pages
from api.identity.browser_sessions import LastUses
from api.identity.sign_in_limits import SignInLimits
from api.rate_limits import RequestLimit
from api.requests.lanes import Lanes
from api.requests.objects import finders
from api.requests.repeated import Replayed
from api.requests.request_log import RequestLog
from api.rooms import routers
from api.runs.following import Looks, read_followed
from api.settings import settings
from engine.kernel import software_version
from engine.words import message

_EXPECTED = (400, 401, 403, 404, 409, 412, 413, 422, 428, 429, 503)


def create_app() -> FastAPI:
    """Make the application; the database is reached when the first request comes."""
    documented: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": "A problem (RFC 9457)."}
        for status in _EXPECTED
    }
    app = FastAPI(
        title="Vaivén",
        version=software_version(),
        description=SUMMARY,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        responses=documented,
        generate_unique_id_function=lambda route: route.name,
    )
    begin(app)
    add_problem_handlers(app)
    _add_answers(app)
    finders()  # two rooms that find the same are a fault from the beginning
    for router in routers():
        app.include_router(router)
    _add_documentation(app)
    _add_console(app)
    if settings().allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings().allowed_origins,
            allow_methods=["*"],
            allow_headers=["Authorization", "X-API-Key", "If-Match", "Idempotency-Key", "Content-Type"],
            expose_headers=["ETag", "Location", "Retry-After", "Idempotent-Replayed"],
        )
    app.add_middleware(RequestLog)
    app.add_middleware(SpokenRequests)
    return app


def begin(app: FastAPI) -> None:
    """What an application keeps while it runs, anew: its lanes, what it counts, and when sessions were last used."""
    app.state.lanes = Lanes()
    app.state.looks = Looks(app.state.lanes.following, read_followed)
    app.state.sign_in_limits = SignInLimits()
    app.state.limit = RequestLimit(settings().requests_per_minute)
    app.state.last_uses = LastUses()


def make_ready(app: FastAPI) -> None:
    """Work out before the first request what it would wait a second for: the routes, templates and languages."""
    nowhere = {"type": "http", "method": "GET", "path": "/-", "root_path": "", "headers": [], "app": app}
    for route in app.router.routes:  # those of a router that is included are worked out when one is looked for
        route.matches(dict(nowhere))
    rendering.make_ready()


def _add_answers(app: FastAPI) -> None:
    @app.exception_handler(Replayed)
    def _replayed(_request: Request, error: Replayed) -> Response:
        return error.response

    @app.exception_handler(sa.exc.SQLAlchemyError)
    def _of_database(request: Request, error: sa.exc.SQLAlchemyError) -> Response:
        problem = database_problem(error, request.url.path)
        if problem is None:
            raise error  # a fault of ours
        return problem_response(problem, {"Retry-After": str(RETRY_SECONDS)} if problem.status == 503 else None)

    @app.exception_handler(sa.exc.DataError)
    @app.exception_handler(UnicodeEncodeError)
    def _unstorable(request: Request, _error: Exception) -> Response:
        problem = Problem(
            type="urn:vaiven:problem:input",
            title=TITLES[422],
            status=422,
            detail=message("It holds a character or a number that can't be stored."),
            instance=request.url.path,
        )
        return problem_response(problem)


def _add_console(app: FastAPI) -> None:
    """What all pages share: the stylesheet and the script, and problems as pages."""
    app.mount("/files", StaticFiles(packages=[("api.console", "static")]), name="files")
    add_problem_pages(app)


def _add_documentation(app: FastAPI) -> None:
    """Swagger UI from files of an installed package, so that no page reaches for another host."""
    files = Path(str(importlib.resources.files("fastapi_offline"))) / "static"
    app.mount("/docs/files", StaticFiles(directory=files), name="docs files")

    @app.get("/docs", include_in_schema=False)
    def _documentation() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/v1/openapi.json",
            title="Vaivén",
            swagger_js_url="/docs/files/swagger-ui-bundle.js",
            swagger_css_url="/docs/files/swagger-ui.css",
            swagger_favicon_url="/docs/files/favicon.png",
        )
