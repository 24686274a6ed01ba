"""Problems as RFC 9457 describes them, of one shape; every error of the service and of the engine ends here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.answers.content_words import wrong_content
from api.answers.spoken_requests import Sentence
from api.logs.fault_log import told_frames
from engine.errors import CallError, Fault, InputError, VaivenError
from engine.words import Message, message, plural

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 1000
TITLES = {
    400: message("The request can't be read"),
    401: message("Who asks is not known"),
    403: message("Not allowed"),
    404: message("There is no such thing here"),
    405: message("This can't be done here"),
    409: message("It doesn't fit what is there"),
    412: message("Somebody changed it meanwhile"),
    413: message("Too large"),
    415: message("Not a form that is read here"),
    422: message("The content has faults"),
    428: message("Which version is meant"),
    429: message("Too many requests"),
    500: message("A fault of ours"),
    503: message("Not ready"),
}
log = structlog.get_logger("vaiven.fault")


class FaultOut(BaseModel):
    """One fault of the content: where, what stands there, and what would be right."""

    file: str = ""
    row: int = 0
    column: str
    value: str = ""
    problem: Sentence
    expected: Sentence = ""
    code: str = "value"


class Problem(BaseModel):
    """A problem (RFC 9457)."""

    type: str = Field("about:blank", examples=["urn:vaiven:problem:input"])
    title: Sentence = Field(examples=["The content has faults"])
    status: int = Field(examples=[422])
    detail: Sentence = Field("", examples=["1 fault in the content"])
    instance: str = Field("", examples=["/v1/programmes/0198/orders"])
    hint: Sentence = ""
    faults: list[FaultOut] = []
    faults_left_out: int = 0


RETRY_SECONDS = "10"  # when to come again where nothing better is known


class ServiceError(VaivenError):
    """An error that knows its HTTP status; with ``keeps``, what was written until then is kept.

    Invariant: 429 says that whoever asks does so too much, 503 that the service can't do it now, whoever asks; both say
    when to come again.
    """

    code = "service"
    keeps = False

    def __init__(self, status: int, message: str, hint: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, hint)
        self.http_status = status
        self.headers = {"Retry-After": RETRY_SECONDS, **(headers or {})} if status == 503 else dict(headers or {})


class Contradiction(InputError):
    """What contradicts what stands, with what is in the way, one fault each."""

    code = "contradiction"
    http_status = 409

    def __init__(self, message: str, faults: Sequence[Fault], hint: str = "") -> None:
        super().__init__(faults, hint)
        self.message = message


def not_found() -> ServiceError:
    """What is not there and what may not be seen are answered alike."""
    return ServiceError(404, message("There is no such thing, or it is not yours to see."))


def refused(reason: str) -> ServiceError:
    """Something that may be seen may not be done."""
    return ServiceError(403, reason)


def content_fault(column: str, value: object, problem: str, expected: str) -> InputError:
    """An `InputError` with one fault of a request's body."""
    return InputError([Fault("request", 0, column, str(value), problem, expected)])


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(problem.model_dump(), problem.status, dict(headers or {}), MEDIA_TYPE)


def problem_of(error: VaivenError, instance: str = "") -> Problem:
    """The problem that an error is, in the language that is spoken."""
    return Problem.model_validate(problem_content(error, instance))


def problem_content(error: VaivenError, instance: str = "") -> dict[str, Any]:
    """The fields of the problem that an error is, its sentences not yet worded."""
    status = getattr(error, "http_status", 422 if isinstance(error, InputError) else 409)
    if isinstance(error, CallError):
        status = 422
    faults = error.faults if isinstance(error, InputError) else ()
    shown = [asdict(fault) for fault in faults[:MOST_FAULTS]]
    return dict(
        type=f"urn:vaiven:problem:{error.code}",
        title=TITLES.get(status, message("Problem")),
        status=status,
        detail=_count(len(faults)) if faults and status != 409 else error.message,
        instance=instance,
        hint=error.hint,
        faults=shown,
        faults_left_out=len(faults) - len(shown),
    )


def _count(faults: int) -> Message:
    return plural("{n} fault in the content", "{n} faults in the content", n=faults)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error be answered as a problem."""

    @app.exception_handler(VaivenError)
    def _ours(request: Request, error: VaivenError) -> JSONResponse:
        headers = error.headers if isinstance(error, ServiceError) else None
        return problem_response(problem_of(error, request.url.path), headers)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [_fault_of(dict(one)) for one in error.errors()]
        unreadable = any(fault.code == "json_invalid" for fault in faults)
        status = 400 if unreadable else 422
        problem = Problem(
            type="urn:vaiven:problem:input",
            title=TITLES[status],
            status=status,
            detail=_count(len(faults)),
            instance=request.url.path,
            faults=faults,
        )
        return problem_response(problem)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        title = TITLES.get(error.status_code, message("Problem"))
        problem = Problem(title=title, status=error.status_code, detail=str(error.detail), instance=request.url.path)
        return problem_response(problem, error.headers)

    @app.exception_handler(Exception)
    def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        log.error("unforeseen", **told_frames(error))
        problem = Problem(title=TITLES[500], status=500, detail=message("It was logged."), instance=request.url.path)
        return problem_response(problem)


def _fault_of(one: dict[str, Any]) -> FaultOut:
    place = [str(part) for part in one["loc"]]
    shown = "" if isinstance(one.get("input"), dict | list) else str(one.get("input", ""))
    return FaultOut(
        file=place[0],
        column=".".join(place[1:]),
        value=shown[:200],
        problem=wrong_content(one),
        expected=message("see the description of this operation"),
        code=one["type"],
    )
