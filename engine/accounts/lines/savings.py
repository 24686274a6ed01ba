"""Savings: what is carried home at the end of a stay."""

from __future__ import annotations

from engine.accounts.amounts import Cents, less, without
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 150
TITLE = message("Savings carried home")
FORMULA = message("take-home pay − spending − remittances sent − costs of going; below 0 it is debt")
UNIT = Unit.MONEY
RATES = (
    "spent_abroad",
    "remitted",
)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    kept = without(ledger.line("take_home_pay"), ledger.rate_abroad("spent_abroad"), ledger.rate_abroad("remitted"))
    return less(kept, ledger.line("worker_costs"))
