"""What-ifs against cold solves: a sweep of one quota, warm from one base and cold, on the same pool; and on Dask with a
process killed in the middle.

Run as ``python -m benchmarks.planning 20000 100``: workers, branches. Prints seconds of processor time, of all
processes together with what starting them costs, and their ratio.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor
from decimal import Decimal
from pathlib import Path
from typing import Any

from distributed import LocalCluster

from engine.planning.branches import Base, Outcome, make_base, save_base, saved_base
from engine.planning.pool import process_pool, run_branches
from engine.programme import read_programme
from engine.programme.edits import Edits, edited
from engine.solve.dual.cluster import join_cluster
from scenarios.presets import nation

GAP, SECONDS = 0.001, 600.0


def main(workers: int, count: int) -> None:
    """Print the times of the sweep, warm and cold, and on Dask with one process killed."""
    with tempfile.TemporaryDirectory() as folder:
        nation.build(workers, 1).write(Path(folder, "p"))
        base = make_base(read_programme(Path(folder, "p")), GAP, SECONDS, 0)
        branches = _branches(base, count)
        cold = _timed("cold", lambda: _cold(base, branches))
        warm = _timed("warm", lambda: run_branches(base, branches, process_pool))
        _report("process pool", warm, cold)
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as started:  # type: ignore[no-untyped-call]  # Dask has no types
            joined = join_cluster(started.scheduler_address)
            killed = _timed("Dask", lambda: _with_one_killed(base, branches, joined.client))
            joined.close()
        _report("Dask, one of two processes killed", killed, cold)


def _branches(base: Base, count: int) -> list[Edits]:
    """The largest agreement's quota from 80 to 120 % of what it is."""
    quotas = [(c.rule.count, a.id) for a in base.programme.agreements for c in a.clauses if c.id == "quota"]  # type: ignore[attr-defined]  # quotas are caps
    places, agreement = max(quotas)
    counts = [int(places * (Decimal("0.8") + Decimal("0.4") * number / max(count - 1, 1))) for number in range(count)]
    edit = {"agreement": agreement, "clause": "quota"}
    return [Edits(f"quota-{number}", "", (edit | {"count": c},)) for number, c in enumerate(counts)]


def _timed(name: str, run: Callable[[], list[Outcome]]) -> tuple[float, list[Outcome]]:
    before, begin = _processor_seconds(), time.monotonic()
    outcomes = run()
    seconds = _processor_seconds() - before
    print(f"{name}: {seconds:.1f} s of processor time, {time.monotonic() - begin:.1f} s by the clock", flush=True)
    return seconds, outcomes


def _processor_seconds() -> float:
    """Of this process and of those that it began and that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _cold(base: Base, branches: list[Edits]) -> list[Outcome]:
    """Every branch compiled and matched from nothing."""
    with tempfile.TemporaryDirectory() as folder, process_pool(len(branches)) as executor:
        path = Path(folder, "base.pickle")
        save_base(base, path)
        return list(executor.map(_solve_cold, [str(path)] * len(branches), branches))


def _solve_cold(path: str, edits: Edits) -> Outcome:
    base = saved_base(path)
    return make_base(edited(base.programme, edits), base.gap, base.time_limit, base.seed).outcome


def _with_one_killed(base: Base, branches: list[Edits], client: Any) -> list[Outcome]:
    killed: list[int] = []

    def kill(_outcome: Outcome) -> None:
        if not killed:
            killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    def make(_branches: int) -> Executor:
        executor: Executor = client.get_executor()
        return executor

    return run_branches(base, branches, make, None, kill)


def _report(name: str, one: tuple[float, list[Outcome]], cold: tuple[float, list[Outcome]]) -> None:
    failed = sum(bool(outcome.failure) for outcome in one[1])
    apart = [
        abs(a.totals["objective"] - b.totals["objective"]) / b.totals["objective"]
        for a, b in zip(one[1], cold[1], strict=True)
        if not a.failure
    ]
    print(
        f"{name}: {one[0] / cold[0]:.2f} of the cold time, {failed} failed, largest gap "
        f"{max(o.gap for o in one[1]):.4%}, objectives at most {max(apart):.4%} apart",
        flush=True,
    )


if __name__ == "__main__":
    workers, count = [*map(int, sys.argv[1:3]), 20_000, 100][:2]
    main(workers, count)
