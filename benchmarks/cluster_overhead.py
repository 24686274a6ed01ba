"""What sweeping on a Dask cluster costs beside sweeping here: the same passes, on one machine and on its cluster.

Run as ``python -m benchmarks.cluster_overhead 20000 100000``. The processes share this machine's cores, so what is
measured is the price of travel, not the gain of further machines.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from distributed import LocalCluster

from engine.problem import compile_problem
from engine.programme import read_programme
from engine.solve.budget import Budget
from engine.solve.dual.ascent import ascend
from engine.solve.dual.cluster import join_cluster
from engine.solve.dual.sweeps import Sweeper, make_sweeper
from scenarios.presets import nation

PASSES, STEPS, PROCESSES = 10, (0.5, 0.05), 2


def main(sizes: list[int]) -> None:
    """Print seconds a pass for each number of workers, here and on the cluster."""
    with LocalCluster(n_workers=PROCESSES, threads_per_worker=1, dashboard_address=None) as started:  # type: ignore[no-untyped-call]  # Dask has no types
        joined = join_cluster(started.scheduler_address)
        for workers in sizes:
            with tempfile.TemporaryDirectory() as folder:
                nation.build(workers, 1).write(Path(folder, "p"))
                problem = compile_problem(read_programme(Path(folder, "p")))
            here, spread = make_sweeper(problem), joined.spread(make_sweeper(problem))
            (own, found), (theirs, again) = _pass_seconds(here), _pass_seconds(spread)
            alike = "the same" if np.array_equal(found, again) else "OTHER"
            print(
                f"{workers:,} workers, {problem.offers.count:,} pairs: {own:.4f} s a pass here, {theirs:.4f} s on the"
            )
            print(f"  a cluster of {PROCESSES} processes ({theirs / own:.1f} times), {alike} prices.")
        joined.close()


def _pass_seconds(sweeper: Sweeper) -> tuple[float, npt.NDArray[np.float64]]:
    """Seconds a pass once parties are where they choose, and the prices found."""
    prices = np.zeros(sweeper.limits.row_count)
    ascend(sweeper, prices, 1, STEPS, Budget(600))
    begin = time.monotonic()
    found, _ = ascend(sweeper, prices, PASSES, STEPS, Budget(600))
    return (time.monotonic() - begin) / PASSES, found


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [20_000, 100_000])
