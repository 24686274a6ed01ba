"""Social contributions that the employer pays on top of the wage."""

from __future__ import annotations

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 70
TITLE = message("Social contributions of employers")
FORMULA = message("wages × employer_contributions")
UNIT = Unit.MONEY
RATES = ("employer_contributions",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return share_of(ledger.line("wages"), ledger.rate("employer_contributions"))
