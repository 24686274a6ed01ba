"""Days to break even: how long the worker works until pay covers the costs of going."""

from __future__ import annotations

import numpy as np

from engine.accounts.amounts import Cents
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 35
TITLE = message("Days to break even")
FORMULA = message(
    "costs of going ÷ take-home pay a day, to the next whole day; a day more than the stay where it never does"
)
UNIT = Unit.DAYS
RATES = ()


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    pay, cost, days = ledger.line("take_home_pay")[::-1], ledger.line("worker_costs"), ledger.placements.days
    needed = np.ceil(cost * days / np.maximum(pay, 1))
    return 100 * np.minimum(np.where((pay > 0) | (cost == 0), needed, np.inf), days + 1).astype(np.int64)
