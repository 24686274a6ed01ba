"""Wages: what the work is paid before anything is taken."""

from __future__ import annotations

from engine.accounts.amounts import Cents, cents
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 10
TITLE = message("Wages")
FORMULA = message("weekly hours × hourly wage × weeks")
UNIT = Unit.MONEY
RATES = ()


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    number = ledger.placements.number
    return cents(number("orders", "weekly_hours") * number("orders", "hourly_wage") * ledger.weeks)
