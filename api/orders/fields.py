"""What an order says, field by field: titles, hints and groups for forms, and its facts in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping

from engine.words import Message, message, msgid, plural
from engine.words.names import country, language, region, sector

Cells = Mapping[str, Any] | RowMapping


@dataclass(frozen=True)
class OrderField:
    """A field of an order; ``title`` and ``hint`` are keys of the catalogue, ``kind`` is an input's type."""

    name: str
    title: str
    hint: str = ""
    kind: str = "text"
    required: bool = False


PLACE = (
    OrderField("site_id", msgid("Work site"), msgid("Where people live and work"), "choice", required=True),
    OrderField(
        "destination_country", msgid("Country"), msgid("Two letters of ISO 3166, such as CA or ES"), required=True
    ),
    OrderField("destination_region", msgid("Region"), msgid("Code of ISO 3166-2, such as CA-ON")),
    OrderField("sector", msgid("Sector"), msgid("Code of ISIC: A01 is crop and animal production")),
)
WORK = (
    OrderField(
        "isco08", msgid("Occupation"), msgid("Four digits of ISCO-08: 9211 is crop farm labourer"), required=True
    ),
    OrderField(
        "min_experience_months",
        msgid("Months of experience"),
        msgid("In this occupation, at the least; 0 admits beginners"),
        "number",
    ),
    OrderField("required_skills", msgid("Required skills"), msgid("Who lacks one is not admitted; one a line"), "area"),
    OrderField("desired_skills", msgid("Desired skills"), msgid("Who has them comes first; one a line"), "area"),
    OrderField(
        "languages",
        msgid("Required languages"),
        msgid("Language and level, one a line: en:A2 is English at A2 or better"),
        "area",
    ),
)
TIME = (
    OrderField("start_date", msgid("First day"), kind="date", required=True),
    OrderField("end_date", msgid("Last day"), kind="date", required=True),
    OrderField("headcount", msgid("Places"), kind="number", required=True),
    OrderField("min_crew", msgid("Smallest crew"), msgid("With fewer than these nobody comes at all"), "number"),
)
PAY = (
    OrderField("weekly_hours", msgid("Hours a week"), kind="number", required=True),
    OrderField(
        "guaranteed_weekly_hours",
        msgid("Guaranteed hours a week"),
        msgid("Paid whatever the weather; empty where none are guaranteed"),
        "number",
    ),
    OrderField("hourly_wage", msgid("Wage an hour"), msgid("Before deductions, in the programme's currency"), "number"),
    OrderField("weekly_deductions", msgid("Deductions a week"), msgid("For housing, meals and the like"), "number"),
    OrderField(
        "worker_cost",
        msgid("Cost to the worker"),
        msgid("Fees and travel that the worker pays in all; 0 where you pay them"),
        "number",
    ),
)
FORMALITIES = (
    OrderField(
        "labour_market_test_until",
        msgid("Labour market test until"),
        msgid("The last day on which the test holds, where the agreement asks for one"),
        "date",
    ),
    OrderField("priority", msgid("Priority"), msgid("Set by the ministry of destination alone; 1 is usual"), "number"),
)
GROUPS = (
    (msgid("Where"), PLACE),
    (msgid("The work"), WORK),
    (msgid("When and how many"), TIME),
    (msgid("Hours and pay"), PAY),
    (msgid("Formalities"), FORMALITIES),
)
TITLES = {one.name: one.title for _, fields in GROUPS for one in fields} | {
    "order_id": msgid("Order"),
    "employer_id": msgid("Employer"),
    "file": msgid("File"),
}
LISTS = ("required_skills", "desired_skills", "languages")
AMOUNTS = ("hourly_wage", "weekly_deductions", "worker_cost")
DATES = ("start_date", "end_date", "labour_market_test_until")


def facts_of(cells: Cells, currency: str) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The groups of an order's facts, each as (title, value as a page shows it); empty fields are left out."""
    for title, fields in GROUPS:
        told = [(one.title, fact(one.name, str(cells[one.name]), currency)) for one in fields if str(cells[one.name])]
        yield title, told


def fact(name: str, text: str, currency: str) -> Any:
    """A cell of an order as a page shows it."""
    if name == "destination_country":
        return Message("{name} ({code})", {"name": country(text), "code": text})
    if name in ("destination_region", "sector"):
        return Message("{name}", {"name": (region if name == "destination_region" else sector)(text)})
    if name in DATES:
        return date.fromisoformat(text) if text else ""
    if name in AMOUNTS:
        return Message("{amount:,.2f} {currency}", {"amount": Decimal(text or "0"), "currency": currency})
    if name == "languages":
        return Message("{languages:and}", {"languages": tuple(map(_level, text.split(";")))})
    if name in LISTS:
        return Message("{skills:and}", {"skills": tuple(text.split(";"))})
    return Decimal(text) if _field(name).kind == "number" else text


def _level(entry: str) -> Message:
    code, _, level = entry.partition(":")
    return Message("{language} {level}", {"language": language(code), "level": level})


def _field(name: str) -> OrderField:
    return next(one for _, fields in GROUPS for one in fields if one.name == name)


def sentences_of(cells: Cells, currency: str) -> list[Message]:
    """What an order asks for and pays, in three sentences."""
    hours, wage = (Decimal(str(cells[name]) or "0") for name in ("weekly_hours", "hourly_wage"))
    days = {name: date.fromisoformat(cells[f"{name}_date"]) for name in ("start", "end")}
    places = int(float(cells["headcount"]))
    wages = hours * wage * ((days["end"] - days["start"]).days + 1) / 7
    return [
        plural(
            "{n:,} place in occupation {isco08} at site {site}, from {start:long} to {end:long}.",
            "{n:,} places in occupation {isco08} at site {site}, from {start:long} to {end:long}.",
            n=places,
            isco08=cells["isco08"],
            site=cells["site_id"],
            **days,
        ),
        message(
            "{hours} hours a week at {wage:,.2f} {currency} an hour make {week:,.2f} {currency} before deductions.",
            hours=hours,
            wage=wage,
            week=hours * wage,
            currency=currency,
        ),
        message(
            "Over the whole time that is {wages:,.2f} {currency} for each place, and {all:,.2f} {currency} for all.",
            wages=wages,
            all=wages * places,
            currency=currency,
        ),
    ]
