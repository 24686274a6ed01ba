"""Tables of pages whose rows are a file's and not the database's: filtered, sorted and paged in the same way."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd
from fastapi import Response
from starlette.datastructures import URL, QueryParams

from api.answers.exports import FORMS, exported
from api.console.rendering import SAFE_HEADERS
from api.console.tables import LONGEST_FILTER, MOST_FACETS, PAGE_SIZE, Filter, Listing, Shown


def read_frame(address: URL, listing: Listing, frame: pd.DataFrame) -> Shown:
    """What an ``address`` asks of a table; ``frame`` has the columns of the listing by name."""
    query = _query(address)
    kept = _ordered(listing, _narrowed(listing, frame, query), query)
    number = int(query["page"]) if query.get("page", "").isdigit() else 1
    number = min(max(1, number), max(1, -(-len(kept) // PAGE_SIZE)))
    rows = kept.iloc[(number - 1) * PAGE_SIZE : number * PAGE_SIZE].to_dict("records")
    facets = {one.name: _facet(listing, frame, query, one) for one in listing.filters if not one.text}
    return Shown(listing, address.path, query, rows, len(kept), number, facets)


def file_of_frame(address: URL, listing: Listing, frame: pd.DataFrame) -> Response | None:
    """The table as a file, where the address asks for one."""
    query = _query(address)
    form = query.get("form", "")
    if form not in ("csv", "xlsx", "json"):
        return None
    names = [one.name for one in listing.columns]
    kept = _ordered(listing, _narrowed(listing, frame, query), query)[names]
    rows = [dict(zip(names, cells, strict=True)) for cells in kept.itertuples(index=False)]
    named = {**SAFE_HEADERS, "Content-Disposition": f'attachment; filename="table.{form}"'}
    if form == "json":
        return Response(json.dumps(rows, ensure_ascii=False), media_type="application/json", headers=named)
    return Response(exported(form, names, rows), media_type=FORMS[form], headers=named)


def _query(address: URL) -> dict[str, str]:
    return {name: value[:LONGEST_FILTER] for name, value in QueryParams(address.query).items()}


def _narrowed(listing: Listing, frame: pd.DataFrame, query: Mapping[str, str], but: str = "") -> pd.DataFrame:
    for one in listing.filters:
        asked = query.get(one.name)
        if asked and one.name != but:
            column = frame[one.name]
            frame = frame[column.str.lower().str.startswith(asked.lower()) if one.text else column == asked]
    return frame


def _ordered(listing: Listing, frame: pd.DataFrame, query: Mapping[str, str]) -> pd.DataFrame:
    asked = query.get("sort") or listing.sort
    name = asked.removeprefix("-")
    if listing.column(name) is None:
        return frame
    return frame.sort_values([name, listing.columns[0].name], ascending=[not asked.startswith("-"), True])


def _facet(listing: Listing, frame: pd.DataFrame, query: Mapping[str, str], one: Filter) -> list[tuple[str, int]]:
    counts = _narrowed(listing, frame, query, but=one.name)[one.name].value_counts()
    found = [(str(value), int(count)) for value, count in counts.items() if value]
    found = sorted(found, key=lambda pair: (-pair[1], pair[0]))[:MOST_FACETS]
    chosen = query.get(one.name)
    return found if not chosen or chosen in dict(found) else [(chosen, 0), *found]
