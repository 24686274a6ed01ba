"""Net income as the objective counts it: before taxes and contributions."""

from __future__ import annotations

from engine.accounts.amounts import Cents, less
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 40
TITLE = message("Net income before taxes")
FORMULA = message("wages − deductions − costs of going")
UNIT = Unit.MONEY
RATES = ()


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return less(ledger.line("wages"), ledger.line("deductions"), ledger.line("worker_costs"))
