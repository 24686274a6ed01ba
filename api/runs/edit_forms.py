"""Changes of a what-if as they are typed into a form: each kind is a class here, and becomes an edit of the engine.

A change is read from what was typed, told in words, and written as TOML; it is sent along by the page until the what-if
is started, so that nothing of it is kept on the way.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, Field, TypeAdapter

from api.identity.access import Principal
from api.runs.shown_edits import require_shown_columns
from api.snapshots.scope import scope_of, told_to
from api.snapshots.snapshot import write_snapshot
from api.storage.records import ProgrammeRecord
from api.storage.tables import programme_corridors
from engine.errors import InputError
from engine.programme import read_programme
from engine.programme.edits import Edits, edited
from engine.programme.toml_text import loads_shallow
from engine.words import Message, message, msgid
from engine.words.names import country
from engine.words.names import sector as named_sector

MOST_CHANGES, MOST_BRANCHES, LONGEST, LONGEST_TITLE = 20, 8, 20_000, 200
Place = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
Sector = Annotated[str, Field(pattern=r"^([A-Z]\d{0,4})?$")]
Percent = Annotated[Decimal, Field(ge=-100, le=400)]
Rule = Annotated[str, Field(pattern=r"^[^|]{0,64}\|[^|]{1,64}$", max_length=130)]
Parameter = Annotated[str, Field(pattern=r"^[^|]{0,64}\|[^|]{1,64}\|[a-z_]{1,40}$", max_length=180)]


class Change(BaseModel):
    """One change, of a ``kind``. ``title`` is what that is called (a key), ``fields`` its fields with their labels,
    ``varies`` the field of its number, '' where it has none, and ``axis`` what that number is called where it is tried.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    varies: ClassVar[str] = ""
    axis: ClassVar[str] = ""
    fields: ClassVar[Mapping[str, str]]

    def entry(self) -> dict[str, Any]:
        """The change as an edit of the engine."""
        raise NotImplementedError

    def in_words(self) -> Message:
        """The change in a sentence."""
        raise NotImplementedError


class OfRule(Change):
    """A number of a clause, a quota for instance."""

    kind = "rule"
    title = msgid("A quota, or another number of a rule")
    varies, axis = "value", "value"
    fields: ClassVar = {"parameter": msgid("Which number"), "value": msgid("New number")}
    parameter: Parameter
    value: Annotated[Decimal, Field(ge=0, le=10**9)]

    def entry(self) -> dict[str, Any]:
        """Set the parameter."""
        agreement, clause, name = self.parameter.split("|")
        return {**_rule(agreement, clause), "set": {name: self.value}}

    def in_words(self) -> Message:
        """Which number becomes what."""
        return message("{rule} becomes {value}", rule=self.parameter.replace("|", " · "), value=self.value)


class WithoutRule(Change):
    """A clause that doesn't hold."""

    kind = "suspend"
    title = msgid("A rule that no longer holds")
    fields: ClassVar = {"rule": msgid("Which rule")}
    rule: Rule

    def entry(self) -> dict[str, Any]:
        """Suspend the clause."""
        return {**_rule(*self.rule.split("|")), "suspend": True}

    def in_words(self) -> Message:
        """Which rule."""
        return message("{rule} no longer holds", rule=self.rule.replace("|", " · "))


class OfDemand(Change):
    """Orders of some places and sectors."""

    destination: Place = ""
    sector: Sector = ""

    def where(self) -> dict[str, str]:
        """The orders that change."""
        named = {"destination_country": self.destination, "sector": self.sector}
        return {name: value for name, value in named.items() if value}

    def which(self) -> Message:
        """The orders that change, in words."""
        sector = message("sector {name}", name=named_sector(self.sector)) if self.sector else message("all sectors")
        place = Message("{name}", {"name": country(self.destination)}) if self.destination else message("all countries")
        return message("{place}, {sector}", place=place, sector=sector)


class MorePlaces(OfDemand):
    """More or fewer places asked."""

    kind = "places"
    title = msgid("More or fewer places asked")
    varies, axis = "percent", "factor"
    fields: ClassVar = {
        "destination": msgid("Country of destination"),
        "sector": msgid("Sector (the beginning of its code, such as A01)"),
        "percent": msgid("How many percent more (fewer with a minus)"),
    }
    percent: Percent

    def entry(self) -> dict[str, Any]:
        """Scale the headcounts."""
        return {"table": "orders", "where": self.where(), "scale": {"headcount": 1 + self.percent / 100}}

    def in_words(self) -> Message:
        """How many more."""
        return message("Places asked in {which}: {percent:+g} %", which=self.which(), percent=float(self.percent))


class OtherDates(OfDemand):
    """Work that begins and ends later or earlier."""

    kind = "dates"
    title = msgid("Work that begins and ends at another time")
    varies, axis = "days", "days"
    fields: ClassVar = {
        "destination": msgid("Country of destination"),
        "sector": msgid("Sector (the beginning of its code, such as A01)"),
        "days": msgid("How many days later (earlier with a minus)"),
    }
    days: Annotated[int, Field(ge=-366, le=366)]

    def entry(self) -> dict[str, Any]:
        """Move both dates."""
        return {"table": "orders", "where": self.where(), "add": {"start_date": self.days, "end_date": self.days}}

    def in_words(self) -> Message:
        """How many days."""
        return message("Work in {which}: {days:+d} days", which=self.which(), days=self.days)


class FewerWorkers(Change):
    """A part of a register alone."""

    kind = "workers"
    title = msgid("Fewer people registered")
    varies, axis = "percent", "factor"
    fields: ClassVar = {
        "origin": msgid("Country of origin"),
        "percent": msgid("How many percent fewer"),
    }
    origin: Place = ""
    percent: Annotated[Decimal, Field(ge=0, le=100)]

    def entry(self) -> dict[str, Any]:
        """Keep the others."""
        where = {"origin_country": self.origin} if self.origin else {}
        return {"table": "workers", "where": where, "keep": 1 - self.percent / 100}

    def in_words(self) -> Message:
        """How many fewer."""
        place = Message("{name}", {"name": country(self.origin)}) if self.origin else message("all countries")
        return message("People registered in {place}: {percent:g} % fewer", place=place, percent=float(self.percent))


CHANGES: Mapping[str, type[Change]] = {
    one.kind: one
    for one in tuple(globals().values())
    if isinstance(one, type) and issubclass(one, Change) and "kind" in vars(one)
}
_SENT = TypeAdapter(list[tuple[str, dict[str, str]]])


def _rule(agreement: str, clause: str) -> dict[str, Any]:
    return {"agreement": agreement, "clause": clause} if agreement else {"clause": clause}


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

    Raises pydantic's ``ValidationError`` for a value that the change doesn't take.
    """
    entries = [kind.model_validate({**typed, kind.varies: value}).entry() for value in values]
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
    """How many rows each edit of a what-if touches, a sentence an edit of rows.

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


def places_of(connection: sa.Connection, programme_id: str) -> dict[str, list[tuple[str, str]]]:
    """The countries of a programme's corridors, as choices."""
    rows = programme_corridors.c
    asked = sa.select(rows.origin, rows.destination).where(rows.programme_id == programme_id)
    found = connection.execute(asked).all()
    sides = {"origin": {row.origin for row in found}, "destination": {row.destination for row in found}}
    return {
        name: [(code, Message("{name}", {"name": country(code)})) for code in sorted(codes)]
        for name, codes in sides.items()
    }
