"""Costs of going: travel and job costs that the worker bears."""

from __future__ import annotations

from engine.accounts.amounts import Cents, cents
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 30
TITLE = message("Costs of going to the worker")
FORMULA = message("travel cost of the corridor + cost of the job to the worker")
UNIT = Unit.MONEY
RATES = ()


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    placements = ledger.placements
    return cents(placements.corridor("travel_cost_to_worker") + placements.number("orders", "worker_cost"))
