"""A kind of run: what may be asked, what is checked before it is queued, what it reads and computes, the files that may
leave it, and how pages begin it and show what came of it.

Each kind is one file of `api.runs.jobs` whose ``KIND`` is one; nothing else has to know it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, Discriminator, Tag

from api.identity.access import Principal
from api.runs.job import Job, Results
from api.runs.own_files import Own
from api.runs.plan_words import Agreements
from api.runs.schemas import RunIn
from api.snapshots.scope import Scope
from api.snapshots.snapshot import write_snapshot
from api.storage.records import ProgrammeRecord

FIRST = "match"  # what is run where no kind is asked


@dataclass(frozen=True)
class Source:
    """Where a run's input comes from: the database as it is in one transaction, the programme and the run.

    ``scope`` is what the role that asked reads.
    """

    connection: sa.Connection
    programme: ProgrammeRecord
    run: sa.Row[Any]
    scope: Scope


@dataclass(frozen=True)
class Finished:
    """A finished run as somebody looks at it, with the agreements that he or she sees."""

    connection: sa.Connection
    principal: Principal
    run: sa.Row[Any]
    known: Agreements


class Kind:
    """What a kind of run is. ``asked`` is its content, ``has_plan`` whether a plan comes of it, ``of_plan`` whether it
    tells of one, ``keeps_input`` whether what it read is kept when it is done, so that it can be replayed.

    ``title`` and ``button`` are keys of the catalogue: a kind with a button is begun by it, from the page of a plan
    where it tells of one and from the list of runs otherwise; ``form`` is the address, within a programme, of the page
    that asks for another. The smaller ``place`` is named first. ``template`` is the page of what came of it.
    ``files`` are those that may leave it, each with how it is made an audience's own.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    asked: ClassVar[type[RunIn]]
    has_plan: ClassVar[bool] = False
    of_plan: ClassVar[bool] = False
    keeps_input: ClassVar[bool] = True
    button: ClassVar[str] = ""
    form: ClassVar[str] = ""
    place: ClassVar[int] = 50
    template: ClassVar[str] = "runs/done.html"
    files: ClassVar[Mapping[str, Own]] = {}

    def is_told(self, principal: Principal) -> bool:
        """Whether somebody who may start runs may start this one."""
        return True

    def shown(self, of: Finished) -> Mapping[str, Any]:
        """What the page of a finished run is told, beside the run and the names of its ``files``."""
        return {}

    def check(self, connection: sa.Connection, principal: Principal, programme_id: str, asked: Any) -> None:
        """Raise `InputError` for content that can't be run, 403 where a role may not run it."""

    def is_long(self, asked: Any) -> bool:
        """Whether it comes after others and gives way to them."""
        return False

    def write_input(self, source: Source, folder: Path) -> None:
        """Write what the run reads: by default the programme as the role reads it."""
        write_snapshot(source.connection, source.programme, source.scope, folder / "programme")

    def compute(self, job: Job) -> Results:
        """Compute the run."""
        raise NotImplementedError


@cache
def kinds() -> dict[str, Kind]:
    """The kinds of run by their names."""
    from api.runs import jobs as package

    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        kind: Kind = importlib.import_module(f"{package.__name__}.{info.name}").KIND
        found[kind.name] = kind
    return found


def titles() -> dict[str, str]:
    """What each kind is called: keys of the catalogue by name."""
    return {kind.name: kind.title for kind in in_order()}


def in_order() -> list[Kind]:
    """The kinds as pages name them."""
    return sorted(kinds().values(), key=lambda kind: (kind.place, kind.name))


def any_kind() -> Any:
    """The type of what may be asked: the content of one of the kinds, told apart by its ``kind``."""
    tagged = [Annotated[kind.asked, Tag(name)] for name, kind in kinds().items()]
    union: Any = tagged[0]
    for other in tagged[1:]:
        union = union | other
    return Annotated[union, Discriminator(_kind_of)]


def _kind_of(content: Any) -> str:
    if isinstance(content, BaseModel):
        return str(getattr(content, "kind", FIRST))
    return str(content.get("kind", FIRST)) if isinstance(content, dict) else FIRST
