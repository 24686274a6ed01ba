"""Sweeps on a cluster of two processes of this machine: the same plan, also where one of them is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster

import engine.solve.mechanisms.optimal as optimal
from engine.errors import CallError
from engine.planning.branches import Outcome, make_base, run_branch
from engine.planning.pool import run_branches
from engine.problem import MatchingProblem, compile_problem
from engine.programme import read_programme
from engine.programme.edits import Edits
from engine.run import Options, match_programme
from engine.solve.budget import Budget
from engine.solve.dual.cluster import join_cluster
from engine.solve.dual.sweeps import Sweeper, make_sweeper
from engine.solve.result import Result
from engine.tuning import Tuning
from scenarios.presets import nation, northern_triangle

# A pass is twenty round trips of some 20 ms.
FEW = int(os.environ.get("VAIVEN_CLUSTER_PASSES", "3"))
WORKERS = int(os.environ.get("VAIVEN_CLUSTER_WORKERS", "200"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two processes that are started again when they are lost."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL") as started:  # type: ignore[no-untyped-call]  # Dask has no types
        yield started


@pytest.fixture(scope="module", params=[nation, northern_triangle])
def problem(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MatchingProblem:
    """A nation of single placements, and a programme of calendars."""
    folder = tmp_path_factory.mktemp("cluster") / "p"
    request.param.build(WORKERS, 3).write(folder)
    return compile_problem(read_programme(folder), Tuning(whole_program=0, passes=FEW))


@pytest.fixture(scope="module")
def here(problem: MatchingProblem) -> Result:
    """What one machine finds."""
    return optimal.run(problem, 0.01, Budget(inf))


def _same(one: Result, other: Result) -> bool:
    return one.columns.tolist() == other.columns.tolist() and one.prices.tolist() == other.prices.tolist()


def test_a_cluster_finds_what_one_machine_finds(problem: MatchingProblem, here: Result, cluster: Any) -> None:
    """Every price and every placement."""
    joined = join_cluster(cluster.scheduler_address)
    there = optimal.run(problem, 0.01, Budget(inf), spread=joined.spread)
    joined.close()
    assert here.statistics["sweeps"] > 0
    assert _same(here, there)


def test_parties_are_sent_though_the_client_forgets_who_works(
    problem: MatchingProblem, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's own beat asks for nobody's name and keeps that as what it knows."""
    joined = join_cluster(cluster.scheduler_address)
    nobody = {**joined.client.scheduler_info(n_workers=-1), "workers": {}}
    monkeypatch.setattr(joined.client, "scheduler_info", lambda **_: nobody)
    sweeper = make_sweeper(problem)
    spread: Any = joined.spread(sweeper)
    prices, chosen, there = np.zeros(problem.limits.row_count), *np.full((2, sweeper.party_count), -1)
    use = sweeper.choose(prices, 0, sweeper.party_count, chosen)
    assert use.any() and use.tolist() == spread.choose(prices, 0, sweeper.party_count, there).tolist()
    assert chosen.tolist() == there.tolist() and len(spread.pieces[0, sweeper.party_count]) == 2
    joined.close()


def test_a_lost_process_costs_a_sweep_and_not_the_run(problem: MatchingProblem, here: Result, cluster: Any) -> None:
    """One is killed once parties live on both."""
    joined = join_cluster(cluster.scheduler_address)
    killed: list[int] = []

    def kill_one(sweeper: Sweeper) -> Sweeper:
        spread: Any = joined.spread(sweeper)
        gathered = type(spread)._gathered

        def gather(*arguments: Any) -> Any:
            if len(spread.pieces) == 3 and not killed:
                killed.append(next(iter(joined.client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)
            return gathered(spread, *arguments)

        object.__setattr__(spread, "_gathered", gather)
        return spread

    there = optimal.run(problem, 0.01, Budget(inf), spread=kill_one)
    joined.close()
    assert killed
    assert _same(here, there)


def test_branches_run_on_a_cluster_and_outlive_a_lost_process(cluster: Any, tmp_path: Path) -> None:
    """One of the two is killed after the first branch; nothing is lost."""
    nation.build(300, 3).write(tmp_path / "p")
    base = make_base(read_programme(tmp_path / "p"), 0.0, 60.0, 0)
    branches = [Edits(f"fill-{weight}", "", ({"weights": {"fill": weight}},)) for weight in range(1, 7)]
    joined = join_cluster(cluster.scheduler_address)
    killed: list[int] = []

    def kill(_outcome: Outcome) -> None:
        if not killed:
            killed.append(next(iter(joined.client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    outcomes = run_branches(base, branches, lambda _: joined.client.get_executor(), None, kill)
    joined.close()
    assert killed
    assert [outcome.id for outcome in outcomes] == [edits.id for edits in branches]
    assert all(
        outcome == replace(run_branch(base, e), seconds=outcome.seconds)
        for outcome, e in zip(outcomes, branches, strict=True)
    )


def test_no_cluster_is_a_clear_error(tmp_path: Path) -> None:
    """It names the address."""
    nation.build(60, 3).write(tmp_path / "p")
    with pytest.raises(CallError, match=r"tcp://127\.0\.0\.1:9"):
        match_programme(tmp_path / "p", Options(cluster="tcp://127.0.0.1:9"))
