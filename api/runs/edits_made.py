"""What-ifs and sweeps made of changes: sent along by pages until they start, written as TOML, with what they touch.

Nothing of a what-if that is being made is kept on the way.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import BaseModel, Field, TypeAdapter

from api.identity.access import Principal
from api.identity.visibility import orders_seen
from api.runs.edit_forms import CHANGES, Change
from api.runs.shown_edits import require_shown_columns
from api.snapshots.scope import scope_of, told_to
from api.snapshots.snapshot import write_snapshot
from api.storage.records import ProgrammeRecord
from api.storage.tables import orders, programme_corridors
from engine.errors import InputError
from engine.programme import read_programme
from engine.programme.edits import Edits, edited
from engine.programme.toml_text import loads_shallow
from engine.words import Message, message
from engine.words.names import Name, country, region

MOST_CHANGES, MOST_BRANCHES, LONGEST, LONGEST_TITLE = 20, 8, 20_000, 200
_SENT = TypeAdapter(list[tuple[str, dict[str, str]]])


def changes_sent(text: str) -> list[Change]:
    """The changes that a page sends along. Raises ``ValueError`` for what no page of ours sends."""
    sent = _SENT.validate_json(text[:LONGEST] or "[]")[:MOST_CHANGES]
    return [CHANGES[kind].model_validate(typed) for kind, typed in sent if kind in CHANGES]


def changes_to_send(changes: Sequence[Change]) -> str:
    """The changes as a page sends them along."""
    return json.dumps([(one.kind, {k: str(v) for k, v in one.model_dump().items()}) for one in changes])


class Branch(BaseModel):
    """A branch of a what-if that is being made: its title and its changes as a page sends them."""

    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    changes: Annotated[str, Field(max_length=LONGEST)] = "[]"

    def made(self) -> list[Change]:
        """Its changes. Raises ``ValueError`` for what no page of ours sends."""
        return changes_sent(self.changes)

    def in_words(self) -> Message:
        """Its title, and its changes."""
        told = tuple(one.in_words() for one in self.made())
        if self.title:
            return message("{title}: {changes:each}", title=self.title, changes=told)
        return message("{changes:each}", changes=told)


_BRANCHES = TypeAdapter(list[Branch])


def branches_sent(text: str) -> list[Branch]:
    """The finished branches that a page sends along. Raises ``ValueError`` for what no page of ours sends."""
    found = _BRANCHES.validate_json(text or "[]")[:MOST_BRANCHES]
    for one in found:
        one.made()
    return found


def branches_to_send(branches: Sequence[Branch]) -> str:
    """The finished branches as a page sends them along."""
    return _BRANCHES.dump_json(list(branches)).decode()


def as_toml(title: str, changes: Sequence[Change], number: int = 1) -> str:
    """A what-if of these changes, the ``number``th of several, as the engine reads it."""
    lines = [f'id = "what-if-{number}"', f"title = {_toml(title)}"]
    for change in changes:
        lines += ["", "[[edit]]", *(f"{name} = {_toml(value)}" for name, value in change.entry().items())]
    return "\n".join(lines) + "\n"


def as_sweep(title: str, kind: type[Change], typed: Mapping[str, str], values: Sequence[str]) -> str:
    """A sweep of one change over the values of the number that it has, as the engine reads it.

    Raises ``ValueError`` for a value that the change doesn't take (pydantic's), and where some are new numbers and
    others say how much more or less.
    """
    entries = [kind.model_validate({**typed, kind.varies: value}).entry() for value in values]
    if any(_without_number(one) != _without_number(entries[0]) for one in entries):
        raise ValueError(values)
    told = ", ".join(_toml(_number_of(entry)) for entry in entries)
    lines = ['id = "sweep"', f"title = {_toml(title)}", "", "[[vary]]", f"name = {_toml(kind.axis)}"]
    return "\n".join([*lines, f"edit = {_toml(_without_number(entries[0]))}", f"values = [{told}]"]) + "\n"


def _number_of(entry: Any) -> Any:
    """The number that an edit has, within whichever of its tables."""
    found = [_number_of(one) if isinstance(one, Mapping) else one for one in entry.values()]
    return next((one for one in found if isinstance(one, int | Decimal) and not isinstance(one, bool)), None)


def _without_number(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An edit with VALUE where its number stands."""
    return {
        name: _without_number(one) if isinstance(one, Mapping) else "VALUE" if isinstance(one, int | Decimal) else one
        for name, one in entry.items()
    }


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, Decimal):
        return f"{value:f}" if value != value.to_integral_value() else f"{int(value)}"
    return json.dumps(value, ensure_ascii=False)


def what_it_touches(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, text: str
) -> tuple[str, ...]:
    """What each edit of a what-if touches, a sentence an edit: those that its comparison says afterwards.

    Raises `InputError` with every edit that names what isn't there, and where the programme can't be read.
    """
    content = loads_shallow(text)
    edits = Edits("what-if", "", tuple(content.get("edit", ())))
    require_shown_columns(principal, edits.entries, "what_ifs 1")
    scope = scope_of(principal.role, principal.country)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        write_snapshot(connection, programme, scope, Path(place, "programme"))
        try:
            read = read_programme(Path(place, "programme"))
        except InputError as error:
            raise told_to(principal.role, error) from error
        return tuple(edited(read, edits).notices[len(read.notices) :])


def places_of(
    connection: sa.Connection, principal: Principal, programme_id: str
) -> dict[str, list[tuple[str, Message]]]:
    """The countries of a programme's corridors, and the regions of the orders that one sees, as choices."""
    rows, asked_for = programme_corridors.c, orders.c
    asked = sa.select(rows.origin, rows.destination).where(rows.programme_id == programme_id)
    found = connection.execute(asked).all()
    mine = sa.and_(asked_for.programme_id == programme_id, asked_for.destination_region != "", orders_seen(principal))
    regions = sa.select(asked_for.destination_region).where(mine).distinct()
    sides = {"origin": {row.origin for row in found}, "destination": {row.destination for row in found}}
    countries = {name: [(code, _named(country(code))) for code in sorted(codes)] for name, codes in sides.items()}
    return {**countries, "region": [(code, _named(region(code))) for code in sorted(connection.scalars(regions))]}


def _named(name: Name) -> Message:
    return Message("{name}", {"name": name})
