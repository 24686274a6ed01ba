"""Income tax of the country of work."""

from __future__ import annotations

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 50
TITLE = message("Income tax")
FORMULA = message("wages × income_tax")
UNIT = Unit.MONEY
RATES = ("income_tax",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return share_of(ledger.line("wages"), ledger.rate("income_tax"))
