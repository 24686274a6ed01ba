"""Take-home pay: what the worker has in hand during the stay."""

from __future__ import annotations

from engine.accounts.amounts import Cents, less
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 80
TITLE = message("Take-home pay")
FORMULA = message("wages − deductions − income tax − social contributions of workers")
UNIT = Unit.MONEY
RATES = ()


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    taken = ("deductions", "income_tax", "worker_contributions")
    return less(ledger.line("wages"), *map(ledger.line, taken))
