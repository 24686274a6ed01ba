"""Social contributions that are taken from the wage."""

from __future__ import annotations

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 60
TITLE = message("Social contributions of workers")
FORMULA = message("wages × worker_contributions")
UNIT = Unit.MONEY
RATES = ("worker_contributions",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return share_of(ledger.line("wages"), ledger.rate("worker_contributions"))
