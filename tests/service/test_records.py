"""Records of rows name the columns of their tables, all of them, with what they hold."""

from __future__ import annotations

import dataclasses
from typing import get_type_hints

import pytest
import sqlalchemy as sa

from api.orders.order import OrderRecord
from api.requests.objects import finders
from api.storage.records import ProgrammeRecord, Record
from api.storage.tables import orders, programmes

TABLES: dict[type[Record], sa.Table] = {OrderRecord: orders, ProgrammeRecord: programmes}


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.__name__)
def test_a_record_is_a_row(record: type[Record]) -> None:
    """A field that isn't a column, or a column without a field, would fail when a row is read."""
    fields, types = [field.name for field in dataclasses.fields(record)], get_type_hints(record)
    assert sorted(fields) == sorted(TABLES[record].c.keys())
    for column in TABLES[record].c:
        held = column.type.python_type
        assert types[column.name] == (held | None if column.nullable else held), column.name


def test_every_record_is_tested() -> None:
    """What rooms find as records is among them."""
    assert {finder.record for finder in finders().values() if finder.record is not None} <= set(TABLES)
