"""An outside score looked through before it gets a weight: whom it favours, whether it keeps its word, what it costs.

A score is taken for what a prediction of completing a stay says: a likelihood. Whether it keeps its word is asked of
the last stay of each worker that has ended, which it should have foretold; that is a substitute for outcomes of the
season it is for, and the only one that a programme holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.audit.audit import audit
from engine.days import day_number
from engine.errors import CallError
from engine.planning.fairness.exact_tests import LEVEL, holm, p_value_of_count
from engine.planning.fairness.selection import KEYS, groups_by
from engine.planning.measures import measure
from engine.planning.principle_totals import of_origin
from engine.programme.programme import Programme
from engine.run import Options, match_read
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
COMPLETED = "completed"
SMALLEST = 5


class Verdict(StrEnum):
    """What is said of a group: no sign, a sign, or too few to say."""

    NO_SIGN = "no_sign"
    SIGN = "sign"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class ScoredGroup:
    """A group by a key, ``people`` of it scored: the mean ``score`` beside that of all ``others``, and of those with a
    past stay (``known``) how many completed it beside how many the score ``expected``.

    Each p-value is corrected for all groups of all keys.
    """

    key: str
    group: str
    people: int
    score: float
    others: float
    favour_p_value: float
    favour: Verdict
    known: int
    completed: int
    expected: float
    calibration_p_value: float
    calibration: Verdict


@dataclass(frozen=True, slots=True)
class ScoredPlan:
    """A plan with a ``weight`` on the score: its value without the score, and what it comes to; ``moved`` counts the
    workers whose placements differ from those without a weight.
    """

    weight: float
    value: float
    bound: float
    workers: float
    placements: float
    paid_weeks: float
    net_income: float
    mean_score: float
    moved: int


def scored_groups(programme: Programme, origin: str = "") -> list[ScoredGroup]:
    """Every group by every key, by the mean of each worker's scores; with an ``origin`` of its workers alone. Raises
    `CallError` where nobody has a score.
    """
    scores, counted = programme["scores"], of_origin(programme, origin)
    if not counted[scores.values("worker_id")].any():
        raise CallError(
            message("The programme has no scores."), message("Add a table scores with worker_id, order_id and score.")
        )
    size = programme.workers.size
    count = np.bincount(scores.values("worker_id"), minlength=size)
    total = np.bincount(scores.values("worker_id"), scores.values("score"), size)
    mean = np.where((count > 0) & counted, total / np.maximum(count, 1), np.nan)
    return list(_judged(list(_groups(programme, mean, _last_outcomes(programme)))))


def _last_outcomes(programme: Programme) -> Floats:
    """1 for each worker whose last stay that has ended was completed, 0 where it wasn't, NaN without one."""
    history = programme["history"]
    ended = np.flatnonzero(history.values("end_date") <= day_number(programme.settings.as_of))
    ended = ended[np.argsort(history.values("end_date")[ended], kind="stable")]
    found = np.full(programme.workers.size, np.nan)
    found[history.values("worker_id")[ended]] = history.labels("exit_reason").text()[ended] == COMPLETED
    return found


def _groups(programme: Programme, score: Floats, outcome: Floats) -> Iterator[ScoredGroup]:
    """Each group with its p-values, which are not corrected yet."""
    from scipy.stats import mannwhitneyu  # half a second that most commands can do without

    scored = ~np.isnan(score)
    for key in KEYS:
        groups = groups_by(programme, key)
        for name in np.unique(groups[scored & (groups != "")]).tolist():
            own = scored & (groups == name)
            mine, others = score[own], score[scored & ~own]
            known = own & ~np.isnan(outcome)
            completed = int(outcome[known].sum())
            enough = min(len(mine), len(others)) >= SMALLEST
            favour = float(mannwhitneyu(mine, others).pvalue) if enough else float("nan")
            kept = p_value_of_count(completed, score[known]) if known.sum() >= SMALLEST else float("nan")
            means = float(mine.mean()), float(others.mean()) if len(others) else float("nan")
            told = len(mine), *means, favour, Verdict.TOO_SMALL, int(known.sum()), completed
            yield ScoredGroup(key, name, *told, float(score[known].sum()), kept, Verdict.TOO_SMALL)


def _judged(found: Sequence[ScoredGroup]) -> Iterator[ScoredGroup]:
    favours = _corrected([one.favour_p_value for one in found])
    kept = _corrected([one.calibration_p_value for one in found])
    for one, favour, calibration in zip(found, favours, kept, strict=True):
        yield replace(
            one,
            favour_p_value=favour,
            favour=_verdict(favour),
            calibration_p_value=calibration,
            calibration=_verdict(calibration),
        )


def _corrected(p_values: Sequence[float]) -> list[float]:
    """Corrected for being several; what isn't known stays so."""
    corrected = iter(holm([value for value in p_values if value == value]))
    return [next(corrected) if value == value else value for value in p_values]


def _verdict(p_value: float) -> Verdict:
    if p_value != p_value:
        return Verdict.TOO_SMALL
    return Verdict.SIGN if p_value < LEVEL else Verdict.NO_SIGN


def scored_plans(programme: Programme, weight: float, options: Options, origin: str = "") -> list[ScoredPlan]:
    """The best plans without a weight on the score and with one. With an ``origin`` people, weeks, income, scores and
    moves are those of its workers; the value and its bound are the whole plan's. Raises what matching raises.
    """
    programme.require_weights(message("An audit of scores"))
    plain, counted = _weighted(programme, 0.0), of_origin(programme, origin)
    found: list[ScoredPlan] = []
    before: set[tuple[int, int]] = set()
    for own in (0.0, weight):
        matched = match_read(_weighted(programme, own), options)
        value = audit(plain, matched.worker, matched.order).objective
        totals = measure(plain, matched.worker, matched.order, value, origin).totals
        worker, order = (rows[counted[matched.worker]] for rows in (matched.worker, matched.order))
        pairs = set(zip(worker.tolist(), order.tolist(), strict=True))
        moved = len({worker for worker, _ in before ^ pairs}) if found else 0
        plan = ScoredPlan(
            weight=own,
            value=value,
            bound=float(matched.files.certificate["bound"]),
            workers=totals["workers"],
            placements=totals["placements"],
            paid_weeks=totals["paid_weeks"],
            net_income=totals["net_income"],
            mean_score=_mean_score(programme, worker, order),
            moved=moved,
        )
        found.append(plan)
        before = pairs
    return found


def _weighted(programme: Programme, weight: float) -> Programme:
    weights = {**programme.settings.weights, "score": Decimal(str(weight))}
    return replace(programme, settings=replace(programme.settings, weights=weights))


def _mean_score(programme: Programme, worker: Longs, order: Longs) -> float:
    """The mean score of placements, 0 where there is none, as in the value of a placement."""
    scores, orders = programme["scores"], programme.orders.size
    keys = scores.values("worker_id").astype(np.int64) * orders + scores.values("order_id")
    placed = np.isin(keys, worker * orders + order)
    return float(scores.values("score")[placed].sum() / max(len(worker), 1))
