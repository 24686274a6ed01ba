"""Income given up at home: what the same weeks would have brought there."""

from __future__ import annotations

from engine.accounts.amounts import Cents, cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 170
TITLE = message("Income given up at home")
FORMULA = message("the weekly income that the worker asks for at least × weeks × given_up; nothing for work at home")
UNIT = Unit.MONEY
RATES = ("given_up",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    asked = ledger.placements.number("workers", "reservation_weekly_income") * ledger.weeks
    return share_of(cents(asked), ledger.rate_abroad("given_up"))
