"""What cheaper transfer would add to what arrives."""

from __future__ import annotations

import numpy as np

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.accounts.transfers import transfer_share
from engine.words import message

POSITION = 140
TITLE = message("What cheaper transfer would add")
FORMULA = message("remittances sent × what transfer costs above transfer_target")
UNIT = Unit.MONEY
RATES = (
    "transfer_cost",
    "transfer_target",
)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    above = transfer_share(ledger) - ledger.rate("transfer_target")[::-1]
    return share_of(ledger.line("remittances_sent"), np.maximum(above, 0))
