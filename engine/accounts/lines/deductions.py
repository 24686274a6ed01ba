"""Deductions: what the employer keeps of the wage for housing, meals and the like."""

from __future__ import annotations

from engine.accounts.amounts import Cents, cents
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 20
TITLE = message("Deductions")
FORMULA = message("weekly deductions × weeks")
UNIT = Unit.MONEY
RATES = ()


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return cents(ledger.placements.number("orders", "weekly_deductions") * ledger.weeks)
