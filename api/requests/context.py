"""What a handler works with: who asks, the transaction, and the objects that the path names."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

import sqlalchemy as sa
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.answers.problems import ServiceError
from api.identity.access import Principal
from api.identity.passwords import hash_secret
from api.logs.audit_log import Entry
from api.storage.records import ProgrammeRecord, Record
from engine.words import message

Kind = TypeVar("Kind", bound=Record)
MATCH_HEADER = "If-Match"

# What a change takes before anything else: the programme that its path names, whose revision it raises at the end,
# since plans stand on what it changes; the object alone, since no plan stands on it; or what its handler takes
# by itself. What adds rows and holds nobody takes the programme at the end, for no longer than it takes to raise the
# revision; where something binding came in between, it is done anew with the programme taken first. A form that only
# looks (at what an order would come to, before it is filed) takes nothing and reads alone.
Takes = Literal["programme", "programme last", "object", "by itself", "nothing"]


@dataclass(frozen=True)
class Manner:
    """How a handler is to be run: the action that it is, whether it is heavy, if a file may come, and what it takes."""

    action: str
    heavy: bool = False
    upload: bool = False
    takes: Takes = "programme"
    page: bool = False


class Versioned(Protocol):
    """What counts its versions."""

    @property
    def version(self) -> int:
        """The number of this version."""


@dataclass
class Context:
    """A request that may be answered: who asks, the transaction, and the objects that the path names."""

    principal: Principal
    connection: sa.Connection
    request: Request
    manner: Manner
    credentials: tuple[str | None, str | None]
    objects: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    locking: bool = False
    binding: bool = True  # whether what is changed may contradict a placement of a plan

    @property
    def takes_programme(self) -> bool:
        """Whether the programme is taken now, until the transaction ends."""
        return self.locking and self.manner.takes == "programme"

    @property
    def takes_object(self) -> bool:
        """Whether what the path names within the programme is taken now."""
        return self.locking and self.manner.takes != "by itself"

    @property
    def programme(self) -> ProgrammeRecord:
        """The programme that the path names."""
        return self.found(ProgrammeRecord)

    def found(self, kind: type[Kind]) -> Kind:
        """The object of a kind that the path names."""
        return next(one for one in self.objects.values() if isinstance(one, kind))

    def record(self, action: str, about: str, **details: Any) -> None:
        """Put an entry into the audit log; pseudonymous ids and numbers only."""
        self.entries.append(Entry(self.principal.account_id, action, about, details))

    def require_version(self, row: Versioned) -> int:
        """The version of an object, held against If-Match. Raises 428 without that header, 412 where it is another."""
        self.require_tag(etag(row.version))
        return row.version

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
