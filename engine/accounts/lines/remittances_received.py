"""Remittances as they arrive."""

from __future__ import annotations

from engine.accounts.amounts import Cents, without
from engine.accounts.ledger import Ledger, Unit
from engine.accounts.transfers import transfer_share
from engine.words import message

POSITION = 130
TITLE = message("Remittances received")
FORMULA = message("remittances sent − cost of transfer")
UNIT = Unit.MONEY
RATES = ("transfer_cost",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return without(ledger.line("remittances_sent"), transfer_share(ledger))
