"""Days that are kept as text, counted by the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class days_from_to(FunctionElement[int]):  # written as the function of SQL that it is
    """How many days there are from one day to another, both counted."""

    name = "days_from_to"
    type = sa.Integer()
    inherit_cache = True


@compiles(days_from_to, "sqlite")
def _of_sqlite(element: days_from_to, compiler: SQLCompiler, **kwargs: Any) -> str:
    first, last = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"(CAST(julianday({last}) - julianday({first}) AS INTEGER) + 1)"


@compiles(days_from_to, "postgresql")
def _of_postgresql(element: days_from_to, compiler: SQLCompiler, **kwargs: Any) -> str:
    first, last = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"(CAST({last} AS DATE) - CAST({first} AS DATE) + 1)"
