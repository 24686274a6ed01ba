"""No solver's word is taken: a false claim is noticed, and so is a programme too large to be counted exactly."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from oracle.optimum import optimum
from oracle.programme_reader import read as read_naively

from engine.errors import CallError, SolverError
from engine.problem import compile_problem
from engine.programme import read_programme, write_programme
from engine.run import Options, match_programme, match_read
from engine.solve.budget import Budget
from engine.solve.clash import clash_error
from engine.solve.exact import solver_children
from engine.solve.exact.linear_program import LinearProgram, solve
from engine.solve.exact.solver_children import SolverChild
from scenarios.presets import adversarial

HARD_SEEDS = (204, 222, 226, 233)


def _knapsack() -> LinearProgram:
    """Take at most one of two things, worth 3 and 2."""
    return LinearProgram(
        np.array([3.0, 2.0]),
        np.zeros(2),
        np.ones(2),
        np.array([0, 1, 2]),
        np.zeros(2, np.int32),
        np.ones(2),
        np.array([-np.inf]),
        np.ones(1),
        np.ones(2, bool),
    )


def test_a_true_answer_is_taken() -> None:
    """The solver process takes the better of two things."""
    answer = solve(_knapsack(), Budget(inf))
    assert answer is not None
    assert answer.objective == pytest.approx(3.0)
    assert np.round(answer.point).tolist() == [1, 0]


def test_a_claim_that_its_point_does_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS has answered with the point it was given and the objective of a better one."""

    def claim_too_much(_child: SolverChild, line: str, _budget: Budget) -> bool:
        numbers = np.array([1.0, 0.0, 3.0, 3.0, 1.0, 1.0])
        np.savez(line.split("\t")[1], point=np.array([0.0, 1.0]), price=np.empty(0), numbers=numbers)
        return True

    monkeypatch.setattr(SolverChild, "answers", claim_too_much)
    with pytest.raises(SolverError, match="claims"):
        solve(_knapsack(), Budget(inf))


def test_a_solver_is_ended_when_the_time_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock that ends a run ends the solver's process with it, without grace: its half answer would not count."""
    (tmp_path / "sleeper.py").write_text("import signal; signal.pause()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    budget, child = Budget(0.3), SolverChild("sleeper")
    assert not child.answers("nothing", budget)
    assert budget.over
    assert child._process.poll() is not None


def test_a_solver_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last words are part of the error."""
    (tmp_path / "failing.py").write_text("raise MemoryError('no room for 12 rows')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(SolverError, match="no room for 12 rows"):
        SolverChild("failing").answers("nothing", Budget(inf))


def test_a_solver_process_is_used_again() -> None:
    """Starting one costs more than most programs."""
    solve(_knapsack(), Budget(inf))
    waiting = list(solver_children._idle)
    solve(_knapsack(), Budget(inf))
    assert waiting and solver_children._idle == waiting


def test_a_process_that_died_while_it_waited_is_not_used() -> None:
    """Somebody may have killed it; the next program gets a new one."""
    solve(_knapsack(), Budget(inf))
    for child in solver_children._idle:
        child._process.kill()
        child._process.wait()
    answer = solve(_knapsack(), Budget(inf))
    assert answer is not None and answer.optimal


def test_branching_ends_where_it_is_enough() -> None:
    """A point that is worth what was asked is not improved."""
    answer = solve(_knapsack(), Budget(inf), enough=1.5)
    assert answer is not None
    assert answer.objective >= 1.5


def test_without_commitments_a_search_that_fails_does_not_blame_them(tmp_path: Path) -> None:
    """The empty plan is legal then, so what is wrong is the search."""
    made = adversarial.build(20, 1)
    tables = {name: table for name, table in made.tables.items() if name != "commitments"}
    write_programme(tmp_path / "p", made.settings, made.agreements, tables)
    assert isinstance(clash_error(compile_problem(read_programme(tmp_path / "p"))), SolverError)


def test_an_answer_that_the_clock_cut_short_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run can be replayed only if half answers don't count."""
    monkeypatch.setattr(SolverChild, "answers", lambda _child, _line, _budget: False)
    assert solve(_knapsack(), Budget(inf)) is None


@pytest.mark.parametrize("seed", HARD_SEEDS)
def test_programmes_that_once_were_wrong(seed: int, tmp_path: Path) -> None:
    """Shares beside crews, and a better plan that a started branching left behind."""
    made = adversarial.build(20 + seed * 7 % 41, seed)
    write_programme(tmp_path / "p", made.settings, made.agreements, made.tables)
    certificate = match_programme(tmp_path / "p").files.certificate
    naive = optimum(read_naively(tmp_path / "p"))
    assert naive is not None
    assert certificate["status"] == "optimal"
    assert certificate["objective"] == pytest.approx(float(naive[0]), abs=1e-6)


@pytest.mark.parametrize("heavy", ["weight", "priority"])
def test_values_that_can_not_be_counted_exactly_are_refused(heavy: str, tmp_path: Path) -> None:
    """A plan that 64 bits can't hold is refused before anything is matched, never certified wrongly."""
    made = draft(11)
    orders = made.tables["orders"]
    made.tables["orders"] = orders.assign(priority=1e6 if heavy == "priority" else 1.0, headcount=1_000_000)
    made.settings["objective"] = {**made.settings["objective"], "fill": 1e6}
    made.programme(tmp_path / "p")
    with pytest.raises(CallError, match="counted exactly"):
        match_read(read_programme(tmp_path / "p"), Options())
