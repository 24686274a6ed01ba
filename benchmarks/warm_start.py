"""Warm runs against cold ones: one quota less by 5 %, and a plan repaired after drop-outs and cancellations.

Run as ``python -m benchmarks.warm_start 20000``. Processor seconds, solver processes included, compiled kernels loaded;
medians of three. A repair is held against a match of the same programme from nothing, both from the programme as it was
read to the plan's tables; the bar is a tenth of it, within 0.1 % of the best plan.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np

from engine.plan.plan_files import read_placements
from engine.planning.rematch import repaired
from engine.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme import Programme, read_programme
from engine.programme.after_events import after_events
from engine.programme.events import Events
from engine.programme.reorder import drawn_order
from engine.run import Clock, Options, match_read, match_to_folder
from engine.solve.exact.solver_children import end_children
from engine.solve.match import match
from engine.solve.primal.warm import Warm
from engine.solve.result import Result
from scenarios.presets import nation

Answer = TypeVar("Answer")
GAP, REPAIR_GAP, CHARGE, RUNS = 0.001, 0.003, 2.0, 3
DROP_OUTS, CANCELLED, BAR = 0.05, 0.03, 0.1


def main(workers: int) -> None:
    """Print both comparisons for a nation of this size."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        nation.build(workers, 1).write(place / "p")
        match_to_folder(place / "p", place / "plan", Options(gap=GAP))
        programme = read_programme(place / "p")
        _one_quota_less(compile_problem(drawn_order(programme, 0)[0]))
        _repair(programme, place / "plan")


def _one_quota_less(problem: MatchingProblem) -> None:
    """The quota whose places are worth most together, cut by 5 %."""
    base = match(problem, gap=GAP)
    limits = problem.limits
    of_quotas = np.array([clause == "quota" for _, clause, _ in limits.names])
    row = int(np.argmax(limits.capacity * base.prices * of_quotas))
    cut = limits.capacity.copy()
    cut[row] = np.floor(0.95 * cut[row])
    edited = replace(problem, limits=replace(limits, capacity=cut))
    warm = Warm(base.prices, base.crew, base.worker, base.order)
    cold_seconds, cold = _median(lambda: match(edited, gap=GAP))
    warm_seconds, resumed = _median(lambda: match(edited, gap=GAP, warm=warm))
    print(
        f"one quota less by 5 %: cold {cold_seconds:.2f} s ({_gap(cold):.4%}), warm {warm_seconds:.2f} s "
        f"({_gap(resumed):.4%}), {warm_seconds / cold_seconds:.2f} of it",
        flush=True,
    )


def _repair(programme: Programme, plan: Path) -> None:
    """Drop-outs among the placed and cancelled orders, drawn; repaired, and matched again from nothing."""
    before = read_placements(programme, plan)
    rng = np.random.default_rng(1)
    placed = np.unique(before[0])
    gone = rng.choice(placed, int(DROP_OUTS * len(placed)), replace=False)
    cancelled = rng.choice(programme.orders.size, int(CANCELLED * programme.orders.size), replace=False)
    none = np.full(len(gone) + len(cancelled), -1)
    worker, order = none.copy(), none.copy()
    worker[: len(gone)], order[len(gone) :] = gone, cancelled
    kind = np.array(["drop_out"] * len(gone) + ["cancel"] * len(cancelled), object)
    events = Events(kind, worker, order, none, np.zeros(len(kind), np.int64), ("",) * len(kind))
    changed = after_events(programme, events)
    full_seconds, full = _median(lambda: match_read(changed, Options(gap=REPAIR_GAP)))
    best = match(full.problem, gap=GAP / 5)
    seconds, found = _median(
        lambda: repaired(programme, plan, before, events, CHARGE, Options(gap=REPAIR_GAP), Clock(None))
    )
    made = found.matched.files.certificate
    print(
        f"{len(kind):,} events on {len(before[0]):,} placements: repair {seconds:.2f} s ({made['gap']:.4%}), full "
        f"{full_seconds:.2f} s ({full.files.certificate['gap']:.4%}), {seconds / full_seconds:.2f} of it (bar {BAR}); "
        f"the search {found.matched.seconds['solve'] / full.seconds['solve']:.2f} of its by the clock; "
        f"{1 - made['objective'] * SCALE / best.objective:.4%} below full re-optimisation; "
        f"{found.altered / len(kind):.2f} altered an event",
        flush=True,
    )


def _median(run: Callable[[], Answer]) -> tuple[float, Answer]:
    """The median processor seconds of some runs, solver processes included, and what the last one gave."""
    seconds = []
    for _ in range(RUNS):
        begin = _processor_seconds()
        found = run()
        seconds.append(_processor_seconds() - begin)
    return median(seconds), found


def _processor_seconds() -> float:
    """Of this process and of its solver processes, which are ended so that they count."""
    end_children()
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _gap(result: Result) -> float:
    return (result.bound - result.objective) / max(1, result.bound)


if __name__ == "__main__":
    main([*map(int, sys.argv[1:2]), 20_000][0])
