"""Spending abroad: what is bought where the work is."""

from __future__ import annotations

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 90
TITLE = message("Spending in the host country")
FORMULA = message("take-home pay × spent_abroad; nothing for work at home")
UNIT = Unit.MONEY
RATES = ("spent_abroad",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return share_of(ledger.line("take_home_pay"), ledger.rate_abroad("spent_abroad"))
