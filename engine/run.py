"""The whole run: read, compile, solve, audit, give reasons, certify."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.atomic import refuse_occupied
from engine.audit.audit import Audit, audit
from engine.audit.placement_table import PlacementTable
from engine.errors import AuditError, CallError, SolverError
from engine.kernel import software_version
from engine.plan.earlier_plan import read_warm
from engine.plan.limit_use import Worth, with_gains
from engine.plan.plan_files import (
    PlanFiles,
    placements_table,
    prices_table,
    reason_tables,
)
from engine.plan.read_plan import events_of_plan, fingerprint_of_plan
from engine.plan.reasons import Reasons, find_reasons
from engine.problem import MatchingProblem, compile_problem
from engine.problem.column_rows import use_of
from engine.problem.values import SCALE
from engine.programme import Programme, read_programme
from engine.programme.after_events import after_events
from engine.programme.events import NO_EVENTS
from engine.programme.reorder import drawn_order
from engine.solve.budget import Budget
from engine.solve.dual.cluster import spread_to
from engine.solve.match import match
from engine.solve.result import Listener, Result, Stop
from engine.solve.tiers import Tier, match_tiers
from engine.tuning import USUAL, Tuning
from engine.words import joined, message

Longs = npt.NDArray[np.int64]
ROUNDING = 1e-6
WITHOUT = message("Leave out --warm, --cluster and --mechanism, or take tiers out of [objective].")
STATUS = {
    Stop.PROVED: "optimal",
    Stop.GAP: "within_gap",
    Stop.EXHAUSTED: "exhausted",
    Stop.TIME: "time_limit",
    Stop.INTERRUPT: "interrupted",
}


@dataclass(frozen=True)
class Options:
    """How to match: the mechanism, the gap asked, the limit of the solve stage in seconds, the seed of the ties.

    ``warm`` is the folder of an earlier plan to begin from, ``cluster`` the address of a Dask scheduler,
    ``tuning`` the numbers of the search, ``floor`` the share of the best plan's bound that `priority` keeps.
    """

    mechanism: str = "optimal"
    gap: float = 0.001
    time_limit: float = 600.0
    seed: int = 0
    warm: Path | None = None
    most_steps: int | None = None
    cluster: str | None = None
    tuning: Tuning = USUAL
    floor: float | None = None


@dataclass
class Matched:
    """A certified plan with what it was made from; ``programme`` has the rows in the order of the files."""

    programme: Programme
    problem: MatchingProblem
    result: Result
    worker: Longs
    order: Longs
    verdict: Audit
    files: PlanFiles
    seconds: dict[str, float] = field(default_factory=dict)
    reasons: Reasons = Reasons({}, {})


def match_programme(
    folder: Path | str,
    options: Options | None = None,
    listener: Listener | None = None,
    tell: Callable[[str], None] | None = None,
) -> Matched:
    """Read the programme in ``folder`` and match it; the plan passed the audit, or `AuditError` is raised."""
    clock = Clock(tell)
    clock.begin("read")
    programme = read_programme(folder)
    return match_read(programme, options or Options(), listener, clock)


def match_read(
    programme: Programme, options: Options, listener: Listener | None = None, clock: Clock | None = None
) -> Matched:
    """Match a programme that was read before. One that begins from a repaired plan is matched as its events left it."""
    clock = clock or Clock(None)
    clock.begin("compile")
    if programme.settings.tiers:
        return _match_by_tiers(programme, options, listener, clock)
    events = NO_EVENTS if options.warm is None else events_of_plan(programme, options.warm)
    changed = after_events(_with_word(programme, options.warm), events)
    drawn, workers, orders = drawn_order(changed, options.seed)
    problem = compile_problem(drawn, options.tuning)
    clock.begin("solve")
    budget = Budget(options.time_limit, options.most_steps)
    warm = None if options.warm is None else read_warm(problem, options.warm)
    with spread_to(options.cluster) as spread:
        result = match(problem, options.mechanism, options.gap, budget, listener, warm, spread, options.floor)
    matched = certified(changed, drawn, (workers, orders), result, options, budget.steps, clock)
    return replace(matched, files=matched.files.after(programme, events))


def _match_by_tiers(programme: Programme, options: Options, listener: Listener | None, clock: Clock) -> Matched:
    """Match a programme whose objective is lexicographic."""
    if options.warm is not None or options.cluster is not None or options.mechanism != "optimal":
        raise CallError(message("Tiers are matched by the mechanism optimal, from nothing, on this machine."), WITHOUT)
    drawn, workers, orders = drawn_order(programme, options.seed)
    problem = compile_problem(drawn, options.tuning)
    clock.begin("solve")
    budget = Budget(options.time_limit, options.most_steps)
    result, tiers = match_tiers(problem, options.gap, budget, listener)
    matched = certified(programme, drawn, (workers, orders), result, options, budget.steps, clock)
    told = {**matched.files.certificate, "tiers": [_of_tier(tier) for tier in tiers]}
    return replace(matched, files=replace(matched.files, certificate=told))


def _with_word(programme: Programme, warm: Path | None) -> Programme:
    """The programme with a remark where the plan that a run begins from was made for other files.

    That is no fault: to begin from the plan before an edit is what warm runs are for, and no proof rests on it.
    """
    known = "" if warm is None else fingerprint_of_plan(warm)
    if not known or known == programme.sha256:
        return programme
    word = message(
        "{warm} was made for other files ({known}) than these ({sha256}); what still holds of it is kept.",
        warm=warm,
        known=known,
        sha256=programme.sha256,
    )
    return replace(programme, notices=(*programme.notices, word))


def certified(
    programme: Programme,
    drawn: Programme,
    rows: tuple[Longs, Longs],
    result: Result,
    options: Options,
    steps: int,
    clock: Clock,
) -> Matched:
    """Audit a result, give its reasons and its certificate; ``drawn`` has the ``rows`` (of workers, of orders) of the
    programme, and is what was matched. Raises `AuditError` for a plan that isn't legal.
    """
    clock.begin("check")
    worker, order = rows[0][result.worker], rows[1][result.order]
    verdict = audited_or_refused(programme, worker, order)
    clock.begin("write")
    problem = result.problem
    reasons = find_reasons(result)
    use = use_of(problem.offers, problem.limits, result.columns)
    rows_of_prices = prices_table(problem, use, result.prices, result.crew)
    clock.end()
    certificate = _certificate(problem, result, options, verdict, steps, clock.seconds)
    if result.withdrawn is not None:
        orders = problem.programme.orders.id_text("order_id")
        certificate["withdrawn_orders"] = [str(orders[row]) for row in result.withdrawn]
    certificate |= result.account
    worth = Worth.of_plan(PlacementTable(programme, worker, order), verdict.objective)
    prices = with_gains(rows_of_prices, certificate, worth)
    files = PlanFiles(placements_table(programme, worker, order), *reason_tables(drawn, reasons), prices, certificate)
    return Matched(programme, problem, result, worker, order, verdict, files, clock.seconds, reasons)


def audited_or_refused(programme: Programme, worker: Longs, order: Longs) -> Audit:
    """The audit of a plan that a mechanism found, given as row numbers. Raises `AuditError` where it isn't legal."""
    verdict = audit(programme, worker, order)
    if not verdict.legal:
        told = [message("  {breach}", breach=breach.in_words) for breach in verdict.breaches[:20]]
        breaches = joined(*told, by="\n")
        raise AuditError(
            message("The plan found is not legal and was not written:\n{breaches}", breaches=breaches),
            message("Please report this."),
        )
    return verdict


def _of_tier(tier: Tier) -> dict[str, Any]:
    """What the certificate says of a tier."""
    return {
        "terms": list(tier.terms),
        "objective": tier.objective / SCALE,
        "bound": _upwards(max(tier.bound, tier.objective)),
        "gap": max(0, tier.bound - tier.objective) / max(SCALE, abs(tier.bound)),
    }


class Clock:
    """Seconds by stage, for the certificate."""

    def __init__(self, tell: Callable[[str], None] | None) -> None:
        self.seconds: dict[str, float] = {}
        self._tell = tell
        self._stage, self._begun = "", 0.0

    def begin(self, stage: str) -> None:
        """End the stage before and begin this one."""
        self.end()
        self._stage, self._begun = stage, time.monotonic()
        if self._tell is not None:
            self._tell(stage)

    def end(self) -> None:
        """Write down what the stage took."""
        if self._stage:
            self.seconds[self._stage] = round(time.monotonic() - self._begun, 3)


def _certificate(
    problem: MatchingProblem,
    result: Result,
    options: Options,
    verdict: Audit,
    steps: int,
    seconds: dict[str, float],
) -> dict[str, Any]:
    objective = verdict.objective
    bound = _upwards(result.bound)
    if bound < objective - ROUNDING * max(1.0, objective):
        raise SolverError(
            message(
                "The bound {bound} is below the plan's objective {objective}; nothing was written.",
                bound=bound,
                objective=objective,
            )
        )
    bound = max(objective, bound)
    return {
        "format": 1,
        "programme": problem.programme.settings.id,
        "programme_sha256": problem.programme.sha256,
        "software": f"vaiven {software_version()}",
        "mechanism": options.mechanism,
        "seed": options.seed,
        "gap_asked": options.gap,
        "warm": options.warm is not None,
        "steps": steps,
        "status": STATUS[result.stop],
        "objective": objective,
        "bound": bound,
        "gap": (bound - objective) / max(1.0, abs(bound)),
        "price_bound": max(bound, _upwards(result.price_bound)),
        "placements": verdict.placements,
        "eligible_pairs": problem.eligible_pairs,
        "seconds": {stage: seconds.get(stage, 0.0) for stage in ("read", "compile", "solve", "check")},
        "checks": list(verdict.checks),
        "prices": "prices.csv",
    }


def _upwards(billionths: int) -> float:
    """A bound in value terms, rounded up to a millionth."""
    return float(-(-billionths // (SCALE // 10**6))) / 1e6


def match_to_folder(
    folder: Path,
    out: Path,
    options: Options,
    listener: Listener | None = None,
    tell: Callable[[str], None] | None = None,
) -> Matched:
    """Match ``folder`` and write the plan to ``out``, which must not be there yet or be empty."""
    refuse_occupied(out)
    matched = match_programme(folder, options, listener, tell)
    matched.files.write(out, matched.programme)
    return matched
