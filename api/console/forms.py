"""Forms of pages: read once, from one's own pages alone, and shown again with what was typed where something is wrong.

Invariant: no form of another site is taken. Each says by its origin where it comes from, and, from who has signed in,
carries a token that only the session's own pages know (`PageRouter` refuses a handler that doesn't read `Fields`).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from api.answers.content_words import wrong_content
from api.answers.problems import Contradiction, ServiceError
from api.identity.browser_sessions import COOKIE, form_token
from engine.errors import Fault, InputError
from engine.words import message

TOKEN_FIELD = "form_token"
Model = TypeVar("Model", bound=BaseModel)


class Answered(Exception):
    """``response`` is the answer: a form that is asked for again. The transaction is taken back, unless it ``keeps``
    what was counted.
    """

    def __init__(self, response: Response, keeps: bool = False) -> None:
        self.response, self.keeps = response, keeps


@dataclass(frozen=True)
class Fields(Mapping[str, str]):
    """What was typed into a form, by field; of several values of one field each in `every`."""

    pairs: tuple[tuple[str, str], ...]
    files: Mapping[str, UploadFile]

    def __getitem__(self, name: str) -> str:
        """What was typed last under a name."""
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        """The names of the fields."""
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        """How many fields there are."""
        return len(dict(self.pairs))

    def every(self, name: str) -> list[str]:
        """All values of a field, of boxes that were ticked for instance."""
        return [value for key, value in self.pairs if key == name]


async def _read_fields(request: Request) -> Fields:
    form = await request.form()
    cookie = request.cookies.get(COOKIE, "")
    if cookie and not hmac.compare_digest(str(form.get(TOKEN_FIELD, "")), form_token(cookie)):
        raise ServiceError(
            403, message("This form is no longer good."), message("Open the page again and send it anew.")
        )
    pairs = [(name, value.strip()) for name, value in form.multi_items() if isinstance(value, str)]
    files = {name: value for name, value in form.items() if not isinstance(value, str)}
    return Fields(tuple(pair for pair in pairs if pair[0] != TOKEN_FIELD), files)


FormFields = Annotated[Fields, Depends(_read_fields)]


def require_shown(fields: Fields, version: int) -> None:
    """Raise 412 where something was changed since the form was shown that carries its version."""
    if fields.get("version") != str(version):
        raise ServiceError(412, message("It was changed meanwhile."), message("Read it again, then decide."))


def require_own_origin(request: Request) -> None:
    """Raise 403 for a form that another site sends, or that doesn't say where it comes from."""
    told = request.headers.get("origin") or request.headers.get("referer") or ""
    if not told or urlsplit(told).netloc != request.headers.get("host", ""):
        raise ServiceError(
            403, message("This form comes from another site."), message("Open it here and send it anew.")
        )


def read_form(model: type[Model], typed: Mapping[str, Any]) -> Model:
    """What was typed as a model; empty fields are left out. Raises `InputError` with every fault, by field."""
    given = {name: value for name, value in typed.items() if value not in ("", [])}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InputError([_fault(dict(one)) for one in error.errors()]) from error


def _fault(one: dict[str, Any]) -> Fault:
    named = ".".join(str(part) for part in one["loc"])
    value = "" if one["type"] == "missing" else str(one.get("input", ""))
    return Fault("request", 0, named, value, wrong_content(one), "")


def picked(fields: Fields, model: type[BaseModel]) -> dict[str, str]:
    """What was typed into the fields that a model has."""
    return {name: fields[name] for name in model.model_fields if name in fields}


def faults_by_field(error: Exception | None) -> dict[str, Fault]:
    """The first fault of each field of a form that an error tells of."""
    found: dict[str, Fault] = {}
    for fault in getattr(error, "faults", ()):
        found.setdefault(fault.column.partition(".")[0], fault)
    return found


def or_again(call: Callable[[], Any], again: Callable[[InputError], Response]) -> Any:
    """What ``call`` gives, or the form ``again`` where what was sent or what stands is against it; nothing is written.

    What stands is against it where it raises `ServiceError` with status 409, which the answer then has too.
    """
    try:
        return call()
    except InputError as error:
        raise Answered(again(error)) from error
    except ServiceError as error:
        if error.http_status != 409:
            raise
        answer = again(Contradiction(error.message, (), error.hint))
        answer.status_code = error.http_status
        raise Answered(answer) from error
