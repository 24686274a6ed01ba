"""The plan held beside published evaluations of seasonal schemes: the same measure of both, and what explains a gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.accounts.ledger import Ledger
from engine.words import Message, message

DAYS_OF_MONTH = 365 / 12
WEEKS_OF_YEAR = 52


@dataclass(frozen=True)
class Evaluation:
    """A published figure: what it measures, its range, who published it, and why a plan's may differ.

    ``measure`` gives the plan's figure, NaN where the data can't tell it.
    """

    name: str
    measures: Message
    low: float
    high: float
    source: Message
    explains: Message
    measure: Callable[[Ledger], float]


def _times_earnings(ledger: Ledger) -> float:
    """Take-home pay abroad over what the same weeks would have brought at least, of those who ask for something."""
    asked = ledger.placements.number("workers", "reservation_weekly_income") * ledger.weeks
    known = ledger.abroad & (asked > 0)
    return _ratio(ledger.line("take_home_pay")[1][known].sum() / 100, asked[known].sum())


def _more_income(ledger: Ledger) -> float:
    """What reaches home beyond what is given up, over a year's income of the household."""
    asked = ledger.placements.number("workers", "reservation_weekly_income")
    known = ledger.abroad & (asked > 0)
    gained = (ledger.line("income_at_home") - ledger.line("income_given_up"))[1][known].sum() / 100
    _, one_each = np.unique(ledger.placements.worker[known], return_index=True)
    households = (WEEKS_OF_YEAR * asked * ledger.rate("household_earnings")[1])[known][one_each]
    return 100 * _ratio(gained, households.sum())


def _sent_a_month(ledger: Ledger) -> float:
    months = ledger.placements.days[ledger.abroad].sum() / DAYS_OF_MONTH
    return _ratio(ledger.line("remittances_sent")[1].sum() / 100, months)


def _unknown(_ledger: Ledger) -> float:
    return float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


RSE = message("Gibson and McKenzie, evaluation of New Zealand's RSE in Tonga and Vanuatu (2014)")
EVALUATIONS = (
    Evaluation(
        "times_earnings",
        message("pay abroad over earnings before departure, times"),
        3,
        10,
        message("Survey of workers of PALM and RSE, first wave: wages 3 to 10 times those before departure"),
        message(
            "The plan knows what workers ask for at least, not what they earned: asking for more than is earned at "
            "home makes the figure too low. It is after deductions and taxes; the survey's is of wages."
        ),
        _times_earnings,
    ),
    Evaluation(
        "more_income",
        message("income of the household, rise in percent"),
        34,
        43,
        RSE,
        message(
            "The evaluation compares households over two years with others that didn't go. The plan counts one season "
            "of those who ask for a weekly income, which is more than they earn at home and makes the figure too low; "
            "household_earnings is a guess. Higher wages and longer stays make it larger."
        ),
        _more_income,
    ),
    Evaluation(
        "more_savings",
        message("savings of the household, rise in percent"),
        122,
        181,
        RSE,
        message(
            "No table of a programme says what households saved before; the line of savings is what is carried home."
        ),
        _unknown,
    ),
    Evaluation(
        "sent_a_month",
        message("remittances a month of work, in US dollars"),
        1000,
        1000,
        message("Guatemala, workers under H-2 visas: about 1,000 USD a month"),
        message(
            "The plan's figure is in the programme's currency and over all corridors. It follows from the rate "
            "remitted, of a survey in New Zealand, and from weekly hours as filed, which are seldom worked in full."
        ),
        _sent_a_month,
    ),
)


def beside_evaluations(ledger: Ledger) -> pd.DataFrame:
    """A row for each evaluation: name, measures, plan (NaN: the data can't tell), low, high, source, explains."""
    told = [{**vars(one), "plan": round(one.measure(ledger), 1)} for one in EVALUATIONS]
    columns = ["name", "measures", "plan", "low", "high", "source", "explains"]
    table = pd.DataFrame(told, columns=columns, dtype=object)  # or sentences would become plain texts
    return table.assign(**{name: pd.to_numeric(table[name]) for name in ("plan", "low", "high")})
