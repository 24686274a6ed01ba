"""Changes of a what-if as they are typed into a form: each kind is a class here, and becomes an edit of the engine.

A change is read from what was typed and told in words; `edits_made.py` puts changes together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, Field

from engine.words import Message, message, msgid
from engine.words.names import country, region
from engine.words.names import sector as named_sector

Place = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
Region = Annotated[str, Field(pattern=r"^([A-Z]{2}-[A-Z0-9]{1,3})?$")]
Sector = Annotated[str, Field(pattern=r"^([A-Z]\d{0,4})?$")]
# What may be a whole number with its thousands set apart, or one with three decimals, is asked for again.
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_AMOUNT = re.compile(r"[+-]?\d{1,9}(\.\d{1,6})?")


def _number(typed: Any) -> Any:
    """A number as people type one: a long minus, spaces, a comma before decimals and a sign of per cent are its own."""
    if not isinstance(typed, str):
        return typed
    plain = "".join(typed.replace("\u2212", "-").split()).removesuffix("%")
    return plain if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")


def _amount(typed: Any) -> Any:
    """A number as it is, or with a sign before it how much more or less than now."""
    plain = str(_number(typed))
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(message("is no number; 5200 takes the place of what is there, +10 or -10 changes it by that"))
    return plain


Percent = Annotated[Decimal, BeforeValidator(_number), Field(ge=-100, le=400)]
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
    fields: ClassVar = {
        "parameter": msgid("Which number"),
        "value": msgid("New number, in place of the one now; with + or - before it, how much more or less than now"),
    }
    parameter: Parameter
    value: Annotated[str, BeforeValidator(_amount)]

    def entry(self) -> dict[str, Any]:
        """Set the parameter, or add to it."""
        agreement, clause, name = self.parameter.split("|")
        change = "add" if self.value.startswith(("+", "-")) else "set"
        return {**_rule(agreement, clause), change: {name: Decimal(self.value)}}

    def in_words(self) -> Message:
        """Which number becomes what, or is changed by how much."""
        rule, value = self.parameter, Decimal(self.value)
        if self.value.startswith("+"):
            return message("{rule}: {value} more than now", rule=rule, value=value)
        if self.value.startswith("-"):
            return message("{rule}: {value} less than now", rule=rule, value=-value)
        return message("{rule}: set to {value}", rule=rule, value=value)


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
        return message("{rule} no longer holds", rule=self.rule)


class OfDemand(Change):
    """Orders of some places and sectors."""

    destination: Place = ""
    region: Region = ""
    sector: Sector = ""

    def where(self) -> dict[str, str]:
        """The orders that change."""
        named = {
            "destination_country": self.destination,
            "destination_region": self.region,
            "sector": self.sector,
        }
        return {name: value for name, value in named.items() if value}

    def which(self) -> Message:
        """The orders that change, in words."""
        sector = message("sector {name}", name=named_sector(self.sector)) if self.sector else message("all sectors")
        named = region(self.region) if self.region else country(self.destination)
        anywhere = not (self.region or self.destination)
        place = message("all countries") if anywhere else Message("{name}", {"name": named})
        return message("{place}, {sector}", place=place, sector=sector)


class MorePlaces(OfDemand):
    """More or fewer places asked."""

    kind = "places"
    title = msgid("More or fewer places asked")
    varies, axis = "percent", "factor"
    fields: ClassVar = {
        "destination": msgid("Country of destination"),
        "region": msgid("Region of destination"),
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
        "region": msgid("Region of destination"),
        "sector": msgid("Sector (the beginning of its code, such as A01)"),
        "days": msgid("How many days later (earlier with a minus)"),
    }
    days: Annotated[int, BeforeValidator(_number), Field(ge=-366, le=366)]

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
    percent: Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=100)]

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


def _rule(agreement: str, clause: str) -> dict[str, Any]:
    return {"agreement": agreement, "clause": clause} if agreement else {"clause": clause}
