"""Rows of tables as records: a field for each column, so that a mistyped one fails the checks of types."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa

from api.storage.tables import programmes


@dataclass(frozen=True)
class Record:
    """A row of a table; what derives from it names the columns, all of them."""

    @classmethod
    def of(cls, row: sa.Row[Any]) -> Self:
        """The record of a row that was read or written whole. Raises `TypeError` for one with other columns.

        Its fields are set at once, since a page of orders reads dozens of thirty columns each.
        """
        names = tuple(row._fields)
        if set(names) != cls.__dataclass_fields__.keys():
            raise TypeError(f"{cls.__name__} of {names}")
        made = object.__new__(cls)
        vars(made).update(zip(names, row, strict=True))
        return made


@dataclass(frozen=True)
class ProgrammeRecord(Record):
    """A programme: its settings (programme.toml), whose it is, and the revisions that changes of it raise."""

    id: str
    title: str
    owner_role: str
    owner_country: str
    settings: str
    version: int
    revision: int
    binding_revision: int
    created_at: datetime

    @property
    def currency(self) -> str:
        """The currency that its settings name, '' where they name none."""
        return str(tomllib.loads(self.settings).get("currency", ""))


def programme_of(connection: sa.Connection, programme_id: str) -> ProgrammeRecord:
    """The programme of an id, which is there."""
    return ProgrammeRecord.of(connection.execute(sa.select(programmes).where(programmes.c.id == programme_id)).one())
