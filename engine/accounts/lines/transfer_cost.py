"""What sending remittances costs, by corridor."""

from __future__ import annotations

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.accounts.transfers import transfer_share
from engine.words import message

POSITION = 120
TITLE = message("Cost of transfer")
FORMULA = message(
    "remittances sent × the cost that the programme states for the corridor, or transfer_cost where it states none"
)
UNIT = Unit.MONEY
RATES = ("transfer_cost",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    return share_of(ledger.line("remittances_sent"), transfer_share(ledger))
