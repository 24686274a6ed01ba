"""Income that reaches the region of origin."""

from __future__ import annotations

from engine.accounts.amounts import Cents
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 160
TITLE = message("Income that reaches home")
FORMULA = message("remittances received + savings")
UNIT = Unit.MONEY
RATES = ()


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return ledger.line("remittances_received") + ledger.line("savings")
