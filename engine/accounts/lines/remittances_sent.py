"""Remittances as they are sent."""

from __future__ import annotations

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 110
TITLE = message("Remittances sent")
FORMULA = message("take-home pay × remitted; nothing for work at home")
UNIT = Unit.MONEY
RATES = ("remitted",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return share_of(ledger.line("take_home_pay"), ledger.rate_abroad("remitted"))
