"""What a transfer costs on each corridor."""

from __future__ import annotations

import numpy as np

from engine.accounts.amounts import Shares
from engine.accounts.ledger import Ledger


def transfer_share(ledger: Ledger) -> Shares:
    """The share of a remittance that its transfer costs: the programme's where it states one, else the rate's."""
    stated = ledger.placements.corridor("remittance_cost_share")
    return np.where(stated > 0, stated, ledger.rate("transfer_cost"))
