"""Tables of pages: filtered, counted by facet, sorted and paged by the database; each state of one has an address.

The address is the whole state: ``?state=offered&sort=-start_date&page=3``. With ``form=csv`` or ``form=json`` it gives
all that the filters leave, not one page of it.
"""

from __future__ import annotations

import json
from collections import Counter
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
from engine.words.names import Name

PAGE_SIZE = 50
MOST_FACETS = 12
LONGEST_FILTER = 200
CALENDAR_COLUMNS = {"worker_id", "order_id", "start_date", "end_date"}


def in_words(value: Any, words: Mapping[str, str], named: Callable[[str], Name] | None) -> Any:
    """A cell by its words or by the name that it stands for; any other as it is."""
    if value in words:
        return Message(words[value], {})
    return Message("{name}", {"name": named(value)}) if named and value else value


@dataclass(frozen=True)
class Column:
    """A column of a table. ``title`` and the ``words`` of its values are keys of the catalogue; ``link`` makes the
    address that a row's cell leads to; a ``whole`` cell isn't broken over lines; what is ``hidden`` is there for links;
    a ``joined`` one comes from another table that has one row at most for each of this; ``named`` gives the names that
    its codes stand for; ``money`` is told to cents and added up below the table.
    """

    name: str
    title: str
    value: sa.ColumnElement[Any]
    number: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    hidden: bool = False
    joined: bool = False
    money: bool = False
    link: Callable[[Any], str] | None = None
    named: Callable[[str], Name] | None = None

    def shown(self, row: Any) -> Any:
        """A row's cell as a page shows it."""
        if self.money:
            return Message("{n:,.2f}", {"n": row[self.name]})
        return in_words(row[self.name], self.words, self.named)


@dataclass(frozen=True)
class Filter:
    """A filter by one value out of those that there are, with how many rows each has; with ``text`` by a beginning, and
    ``anywhere`` by what a cell holds.
    """

    name: str
    title: str
    value: sa.ColumnElement[Any]
    text: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    named: Callable[[str], Name] | None = None
    anywhere: bool = False

    def choice(self, value: str) -> str:
        """What a value is called where it is chosen."""
        return str(in_words(value, self.words, self.named))

    def narrowed(self, asked: str) -> sa.ColumnElement[bool]:
        """The condition for what was asked."""
        if self.anywhere:
            return self.value.icontains(asked, autoescape=True)
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
    sums: Mapping[str, Any] = field(default_factory=dict)

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


def read_table(context: Context, listing: Listing, rows: sa.Select[Any], bare: sa.Select[Any] | None = None) -> Shown:
    """What a page's address asks of a table; ``rows`` is a select of which the conditions hold in any case.

    ``bare`` are the same rows without the joins that bring columns which are ``joined``: they are counted and chosen
    there, by the first column, which is then unique.
    """
    query = {name: value[:LONGEST_FILTER] for name, value in context.request.query_params.items()}
    total, facets = _counted(context, listing, rows if bare is None else bare, query)
    number = int(query["page"]) if query.get("page", "").isdigit() else 1
    number = min(max(1, number), max(1, -(-total // PAGE_SIZE)))
    found = _page_of(context, listing, rows, bare, query, number)
    sums = _added_up(context, listing, _narrowed(listing, rows if bare is None else bare, query))
    return Shown(listing, context.request.url.path, query, found, total, number, facets, sums)


def _added_up(context: Context, listing: Listing, rows: sa.Select[Any]) -> Mapping[str, Any]:
    """What the amounts of all rows come to, by column."""
    asked = [sa.func.sum(one.value).label(one.name) for one in listing.columns if one.money]
    if not asked:
        return {}
    found = context.connection.execute(rows.with_only_columns(*asked, maintain_column_froms=True)).mappings().one()
    return {name: float(amount or 0) for name, amount in found.items()}


def _page_of(
    context: Context,
    listing: Listing,
    rows: sa.Select[Any],
    bare: sa.Select[Any] | None,
    query: Mapping[str, str],
    number: int,
) -> Sequence[Any]:
    """The rows of one page; from ``bare`` the keys alone are sorted, and the rest is read of those that are shown."""
    first, column = (number - 1) * PAGE_SIZE, _sorted_by(listing, query)
    if bare is None or (column is not None and column.joined):
        asked = _ordered(listing, _narrowed(listing, _with_columns(listing, rows), query), query)
        return context.connection.execute(asked.limit(PAGE_SIZE).offset(first)).mappings().all()
    key = listing.columns[0]
    chosen = _narrowed(listing, bare, query).with_only_columns(key.value, maintain_column_froms=True)
    keys = context.connection.scalars(_ordered(listing, chosen, query).limit(PAGE_SIZE).offset(first)).all()
    shown = _with_columns(listing, rows).where(key.value.in_(keys))
    by_key = {row[key.name]: row for row in context.connection.execute(shown).mappings()}
    return [by_key[one] for one in keys]


def table_file(context: Context, listing: Listing, rows: sa.Select[Any]) -> Response | None:
    """The table as a file, where the address asks for one: all rows that its filters leave, in its order."""
    query = dict(context.request.query_params)
    form = query.get("form", "")
    if form not in listing.forms:
        return None
    asked = _ordered(listing, _narrowed(listing, _with_columns(listing, rows), query), query)
    found = context.connection.execute(asked).mappings().all()
    names = [one.name for one in listing.columns if not one.hidden]
    named = {**SAFE_HEADERS, "Content-Disposition": f'attachment; filename="table.{form}"'}
    if form == "json":
        content = json.dumps([{name: row[name] for name in names} for row in found], ensure_ascii=False, default=str)
        return Response(content, media_type="application/json", headers=named)
    return Response(exported(form, names, found), media_type=FORMS[form], headers=named)


def _narrowed(listing: Listing, rows: sa.Select[Any], query: Mapping[str, str], text: bool = False) -> sa.Select[Any]:
    """The rows that the filters leave, with ``text`` those by a beginning alone."""
    for one in listing.filters:
        if query.get(one.name) and (one.text or not text):
            rows = rows.where(one.narrowed(query[one.name]))
    return rows


def _with_columns(listing: Listing, rows: sa.Select[Any]) -> sa.Select[Any]:
    """The columns of a table out of its rows."""
    return rows.with_only_columns(*(one.value.label(one.name) for one in listing.columns), maintain_column_froms=True)


def _sorted_by(listing: Listing, query: Mapping[str, str]) -> Column | None:
    return listing.column((query.get("sort") or listing.sort).removeprefix("-"))


def _ordered(listing: Listing, rows: sa.Select[Any], query: Mapping[str, str]) -> sa.Select[Any]:
    asked, column = query.get("sort") or listing.sort, _sorted_by(listing, query)
    order = [] if column is None else [column.value.desc() if asked.startswith("-") else column.value.asc()]
    return rows.order_by(*order, listing.columns[0].value)


def _counted(
    context: Context, listing: Listing, rows: sa.Select[Any], query: Mapping[str, str]
) -> tuple[int, dict[str, list[tuple[str, int]]]]:
    """How many rows the filters leave, and the values of each filter with how many rows each has under the other
    filters, the most first: all of it from one pass, which counts every combination of values.
    """
    offered = [one for one in listing.filters if not one.text]
    values = [one.value.label(f"value_{number}") for number, one in enumerate(offered)]
    narrowed = _narrowed(listing, rows, query, text=True)
    counted = narrowed.with_only_columns(*values, sa.func.count(), maintain_column_froms=True)
    found = context.connection.execute(counted.group_by(*(one.value for one in offered))).all()
    asked = [query.get(one.name, "") for one in offered]
    facets: list[Counter[str]] = [Counter() for _ in offered]
    total = 0
    for *cells, count in found:
        told = ["" if cell is None else str(cell) for cell in cells]
        missed = [place for place, wanted in enumerate(asked) if wanted and told[place] != wanted]
        total += 0 if missed else count
        for place in range(len(offered)) if not missed else missed[:1] if len(missed) == 1 else ():
            facets[place][told[place]] += count
    return total, {one.name: _offered(facet, query.get(one.name)) for one, facet in zip(offered, facets, strict=True)}


def _offered(facet: Counter[str], chosen: str | None) -> list[tuple[str, int]]:
    """The values that a filter offers, the most frequent first, and what is chosen in any case."""
    ordered = sorted(((value, count) for value, count in facet.items() if value), key=lambda one: (-one[1], one[0]))
    found = ordered[:MOST_FACETS]
    return found if not chosen or chosen in dict(found) else [(chosen, facet.get(chosen, 0)), *found]
