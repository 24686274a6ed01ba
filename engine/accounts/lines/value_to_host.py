"""Value of the work to the host: what it adds, of which wages and contributions are a part."""

from __future__ import annotations

from engine.accounts.amounts import Cents, share_of
from engine.accounts.ledger import Ledger, Unit
from engine.words import message

POSITION = 100
TITLE = message("Value of the work to the host")
FORMULA = message("(wages + social contributions of employers) × value_over_pay; nothing for work at home")
UNIT = Unit.MONEY
RATES = ("value_over_pay",)


def amounts(ledger: Ledger) -> Cents:
    """See `engine.accounts.ledger.LineKind`."""
    pay = ledger.line("wages") + ledger.line("employer_contributions")
    return share_of(pay, ledger.rate_abroad("value_over_pay"))
