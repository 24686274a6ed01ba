"""Tables of pages: filtered, counted by facet, sorted and paged by the database; each state of one has an address.

The address is the whole state: ``?state=offered&sort=-start_date&page=3``. With ``form=csv`` or ``form=json`` it gives
all that the filters leave, not one page of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Response

from api.answers.exports import FORMS, exported
from api.console.rendering import SAFE_HEADERS
from api.requests.context import Context
from engine.words import Message, message

PAGE_SIZE = 50
MOST_FACETS = 12
LONGEST_FILTER = 200
CALENDAR_COLUMNS = {"worker_id", "order_id", "start_date", "end_date"}


@dataclass(frozen=True)
class Column:
    """A column of a table. ``title`` and the ``words`` of its values are keys of the catalogue; ``link`` makes the
    address that a row's cell leads to; a ``whole`` cell isn't broken over lines; what is ``hidden`` is there for links.
    """

    name: str
    title: str
    value: sa.ColumnElement[Any]
    number: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    hidden: bool = False
    link: Callable[[Any], str] | None = None

    def shown(self, row: Any) -> Any:
        """A row's cell as a page shows it."""
        value = row[self.name]
        return Message(self.words[value], {}) if value in self.words else value


@dataclass(frozen=True)
class Filter:
    """A filter by one value out of those that there are, with how many rows each has; with ``text`` by a beginning."""

    name: str
    title: str
    value: sa.ColumnElement[Any]
    text: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    def narrowed(self, asked: str) -> sa.ColumnElement[bool]:
        """The condition for what was asked."""
        if self.text:
            return self.value.istartswith(asked, autoescape=True)
        return self.value == asked


@dataclass(frozen=True)
class Listing:
    """A table: its rows are those of ``rows``, a select of which the columns are taken."""

    title: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    sort: str = ""

    @property
    def shown(self) -> Sequence[Column]:
        """The columns that a page shows."""
        return [one for one in self.columns if not one.hidden]

    @property
    def forms(self) -> tuple[str, ...]:
        """The files that it can be had as; a calendar needs somebody, an order and two days."""
        names = {one.name for one in self.columns}
        return ("csv", "xlsx", "json", *(("ics",) if names >= CALENDAR_COLUMNS else ()))

    def column(self, name: str) -> Column | None:
        """The column of a name."""
        return next((one for one in self.columns if one.name == name), None)


@dataclass(frozen=True)
class Shown:
    """A page of a table: its rows, how many there are in all, and the values that each filter offers."""

    listing: Listing
    path: str
    query: Mapping[str, str]
    rows: Sequence[Any]
    total: int
    page: int
    facets: Mapping[str, Sequence[tuple[str, int]]]

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1; 0 of none."""
        return (self.page - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def is_filtered(self) -> bool:
        """Whether a filter narrows it."""
        return any(self.query.get(one.name) for one in self.listing.filters)

    @property
    def told(self) -> Message:
        """How much of the table is shown, in words."""
        if not self.total:
            return message("Nothing fits these filters.") if self.is_filtered else message("Nothing is here.")
        last = self.first + len(self.rows) - 1
        return message("{first:,} to {last:,} of {total:,}", first=self.first, last=last, total=self.total)

    def address(self, **changes: Any) -> str:
        """The address of this table with some of its state changed; a change without a page begins at the first."""
        state = {**self.query, "page": "", **{name: str(value) for name, value in changes.items()}}
        told = urlencode({name: value for name, value in state.items() if value})
        return f"{self.path}?{told}" if told else self.path

    def sorted_by(self, column: Column) -> str:
        """ascending, descending or none."""
        asked = self.query.get("sort") or self.listing.sort
        return {column.name: "ascending", f"-{column.name}": "descending"}.get(asked, "none")

    def sort_address(self, column: Column) -> str:
        """The address with this column's order, turned round where it is by it already."""
        return self.address(sort=f"-{column.name}" if self.sorted_by(column) == "ascending" else column.name)


def read_table(context: Context, listing: Listing, rows: sa.Select[Any]) -> Shown:
    """What a page's address asks of a table; ``rows`` is a select of which the conditions hold in any case."""
    query = {name: value[:LONGEST_FILTER] for name, value in context.request.query_params.items()}
    counted = _narrowed(listing, rows, query)
    count = counted.with_only_columns(sa.func.count(), maintain_column_froms=True)
    total = int(context.connection.scalar(count) or 0)
    number = int(query["page"]) if query.get("page", "").isdigit() else 1
    number = min(max(1, number), max(1, -(-total // PAGE_SIZE)))
    asked = _ordered(listing, counted, query).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    found = context.connection.execute(asked).mappings().all()
    facets = {one.name: _facet(context, listing, rows, query, one) for one in listing.filters if not one.text}
    return Shown(listing, context.request.url.path, query, found, total, number, facets)


def table_file(context: Context, listing: Listing, rows: sa.Select[Any]) -> Response | None:
    """The table as a file, where the address asks for one: all rows that its filters leave, in its order."""
    query = dict(context.request.query_params)
    form = query.get("form", "")
    if form not in listing.forms:
        return None
    found = context.connection.execute(_ordered(listing, _narrowed(listing, rows, query), query)).mappings().all()
    names = [one.name for one in listing.columns if not one.hidden]
    named = {**SAFE_HEADERS, "Content-Disposition": f'attachment; filename="table.{form}"'}
    if form == "json":
        content = json.dumps([{name: row[name] for name in names} for row in found], ensure_ascii=False, default=str)
        return Response(content, media_type="application/json", headers=named)
    return Response(exported(form, names, found), media_type=FORMS[form], headers=named)


def _narrowed(listing: Listing, rows: sa.Select[Any], query: Mapping[str, str], but: str = "") -> sa.Select[Any]:
    taken = rows.with_only_columns(*(one.value.label(one.name) for one in listing.columns), maintain_column_froms=True)
    for one in listing.filters:
        if query.get(one.name) and one.name != but:
            taken = taken.where(one.narrowed(query[one.name]))
    return taken


def _ordered(listing: Listing, rows: sa.Select[Any], query: Mapping[str, str]) -> sa.Select[Any]:
    asked = query.get("sort") or listing.sort
    column = listing.column(asked.removeprefix("-"))
    order = [] if column is None else [column.value.desc() if asked.startswith("-") else column.value.asc()]
    return rows.order_by(*order, listing.columns[0].value)


def _facet(
    context: Context, listing: Listing, rows: sa.Select[Any], query: Mapping[str, str], one: Filter
) -> list[tuple[str, int]]:
    """The values of a filter with how many rows each has under the other filters, the most first."""
    narrowed = _narrowed(listing, rows, query, but=one.name)
    counted = narrowed.with_only_columns(one.value, sa.func.count(), maintain_column_froms=True)
    asked = counted.group_by(one.value).order_by(sa.func.count().desc(), one.value).limit(MOST_FACETS)
    found = [(str(value), int(count)) for value, count in context.connection.execute(asked) if value not in (None, "")]
    chosen = query.get(one.name)
    return found if not chosen or chosen in dict(found) else [(chosen, 0), *found]
