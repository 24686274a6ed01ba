"""Who is asked back: whether employers recall those who complained or moved away less than the rest of their crew.

Last year's crew of an employer are the workers whose stay with it ended in the year before the programme's day. Some
*spoke*: they transferred to another employer, or filed a grievance against this one. The others are compared with them
if they completed their stay; who left early or overstayed without having spoken is left aside, for there may be other
reasons not to call them. An employer can ask somebody back only if it has an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.days import day_number, years_before
from engine.planning.fairness.exact_tests import LEVEL, TwoRates, holm, p_value_of_all
from engine.planning.fairness.grievances import NONE, Grievances
from engine.planning.principle_totals import of_origin
from engine.programme.programme import Programme
from engine.words import message

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
COMPLETED, TRANSFERRED = "completed", "transferred"
UNKNOWN = (
    message("Complaints that nobody wrote down, and whether somebody wanted to come back, are in no table."),
    message("A transfer may have been the employer's wish as well as the worker's."),
    message("History knows no grievances: without a table of them only transfers count as having spoken."),
)


class Verdict(StrEnum):
    """What is said of an employer: no sign, a sign, too few to say, or that it asks nobody back."""

    NO_SIGN = "no_sign"
    SIGN = "sign"
    TOO_SMALL = "too_small"
    RECALLS_NOBODY = "recalls_nobody"


@dataclass(frozen=True, slots=True)
class Recall:
    """Of an employer's last crew how many spoke and of these how many it recalls, beside the others.

    ``transferred`` and ``grievances`` say of how many either is known, ``p_value`` is corrected for all employers that
    could show a sign.
    """

    employer: str
    rates: TwoRates
    transferred: int
    grievances: int
    p_value: float
    verdict: Verdict


@dataclass(frozen=True)
class Recalls:
    """Every employer with an order of whose last crew somebody spoke, and the exact test over all of them together.

    ``aside`` counts those who neither spoke nor completed, ``without_order`` the crews of employers that ask nobody.
    """

    employers: Sequence[Recall]
    p_value: float
    aside: int
    without_order: int


def recalls_after_speaking(programme: Programme, grievances: Grievances = NONE, origin: str = "") -> Recalls:
    """Compare recalls of those who spoke with those of the rest, employer by employer and over all; with an ``origin``
    of its workers alone.
    """
    crew = _last_crews(programme, grievances, of_origin(programme, origin))
    pairs = [_rates(crew, employer) for employer in np.unique(crew.employer[crew.spoke & crew.asks]).tolist()]
    corrected = iter(holm([own.p_value for _, own in pairs if own.least_p_value < LEVEL]))
    found = [_judged(crew, employer, own, corrected) for employer, own in pairs]
    together = p_value_of_all([own for _, own in pairs])
    aside = int((~crew.spoke & ~crew.completed & crew.asks).sum())
    return Recalls(found, together, aside, len(np.unique(crew.employer[~crew.asks])))


@dataclass(frozen=True)
class _Crews:
    """A row for each worker of each last crew."""

    employer: npt.NDArray[np.str_]
    transferred: Bools
    grieved: Bools
    completed: Bools
    recalled: Bools
    asks: Bools

    @property
    def spoke(self) -> Bools:
        return self.transferred | self.grieved


def _last_crews(programme: Programme, grievances: Grievances, counted: Bools) -> _Crews:
    history, employers = programme["history"], programme["employers"].id_text("employer_id").astype(str)
    last = np.array([day_number(programme.settings.as_of)])
    first = years_before(last, 1)
    end, reason = history.values("end_date"), history.labels("exit_reason").text()
    own = np.flatnonzero((end >= first) & (end <= last) & (history.labels("employer_id").codes >= 0))
    own = own[counted[history.values("worker_id")[own]]]
    names = history.labels("employer_id").text()[own].astype(str)
    rows = [f"{name} {worker}" for name, worker in zip(names, history.values("worker_id")[own].tolist(), strict=True)]
    keys, at = np.unique(np.array(rows, dtype=str), return_inverse=True)
    filed = (grievances.filed_on >= first) & (grievances.filed_on <= last)
    orders = programme.orders.values("employer_id")
    recalled = programme["recalls"]
    asked = zip(orders[recalled.values("order_id")].tolist(), recalled.values("worker_id").tolist(), strict=True)
    complaints = zip(grievances.employer[filed], grievances.worker[filed].tolist(), strict=True)
    employer = np.array([key.split(" ")[0] for key in keys], dtype=str)
    return _Crews(
        employer,
        np.bincount(at, reason[own] == TRANSFERRED, len(keys)) > 0,
        np.isin(keys, [f"{name} {worker}" for name, worker in complaints]),
        np.bincount(at, reason[own] != COMPLETED, len(keys)) == 0,
        np.isin(keys, [f"{employers[row]} {worker}" for row, worker in asked]),
        np.isin(employer, employers[np.unique(orders)]),
    )


def _rates(crew: _Crews, employer: str) -> tuple[str, TwoRates]:
    own = crew.employer == employer
    spoke, others = own & crew.spoke, own & ~crew.spoke & crew.completed
    back = crew.recalled
    return employer, TwoRates(*(int(count.sum()) for count in (spoke & back, spoke, others & back, others)))


def _judged(crew: _Crews, employer: str, rates: TwoRates, corrected: Iterator[float]) -> Recall:
    """With the next of the corrected p-values where the employer could show a sign at all."""
    own, p_value = crew.employer == employer, float("nan")
    if rates.least_p_value < LEVEL:
        p_value = next(corrected)
        verdict = Verdict.SIGN if p_value < LEVEL else Verdict.NO_SIGN
    else:
        nobody = not (rates.chosen or rates.others_chosen)
        verdict = Verdict.RECALLS_NOBODY if nobody else Verdict.TOO_SMALL
    counts = int((own & crew.transferred).sum()), int((own & crew.grieved).sum())
    return Recall(employer, rates, *counts, p_value, verdict)
