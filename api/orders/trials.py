"""Whom an order would admit, in words: how many of how many, and whom each of its own conditions alone leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from api.orders.checks import OWN_RULES
from api.orders.fields import fact
from api.orders.schemas import CheckOut
from engine.words import Message, message, msgid

CONDITIONS = {
    "occupation": msgid("Occupation and experience"),
    "skills": msgid("Required skills"),
    "language": msgid("Required languages"),
    "availability": msgid("First and last day"),
    "reservation": msgid("Pay"),
}


@dataclass(frozen=True)
class Trial:
    """What a check says: its first sentence, the rule that refuses most, and of each condition of one's own what it
    says and how many more would be admitted without it.
    """

    sentence: Message
    refuses_most: str
    conditions: Sequence[tuple[str, Any, Message]]
    blurred: bool


def trial_of(found: CheckOut, cells: Mapping[str, str], currency: str, blurred: bool) -> Trial:
    """A check in words; counts that are ``blurred`` are said so."""
    sentence = message(
        "Of {registered} people who are registered it would admit {admitted}.",
        registered=_count(found.registered, blurred),
        admitted=_count(found.admitted, blurred),
    )
    conditions = [
        (CONDITIONS[rule], _condition(rule, cells, currency), _count(count, blurred))
        for rule, count in found.left_out.items()
    ]
    return Trial(sentence, found.in_words, conditions, blurred)


def _count(text: str, blurred: bool) -> Message:
    """A count as a check tells it: a number, or that it is small."""
    if not text.isdigit():
        return message("fewer than {n}", n=int(text.rpartition(" ")[2]))
    return message("about {n:,}", n=int(text)) if blurred else Message("{n:,}", {"n": int(text)})


def _condition(rule: str, cells: Mapping[str, str], currency: str) -> Any:
    """What an order says of one of its own conditions."""
    if rule == "occupation":
        months = Decimal(cells["min_experience_months"] or "0")
        return message("{isco08}, months of experience at least: {months}", isco08=cells["isco08"], months=months)
    if rule == "availability":
        days = {name: date.fromisoformat(cells[f"{name}_date"]) for name in ("start", "end")}
        return message("from {start:long} to {end:long}", **days)
    if rule == "reservation":
        told = {name: fact(name, cells[name], currency) for name in ("hourly_wage", "weekly_deductions")}
        hours = Decimal(cells["weekly_hours"])
        return message("{hours} hours a week at {hourly_wage}, less {weekly_deductions} a week", hours=hours, **told)
    return fact(OWN_RULES[rule][0], cells[OWN_RULES[rule][0]], currency)
