"""Every kind of clause keeps what its own examples promise, in the problem and in the audit alike."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from example_programme import build

from engine.audit.audit import audit
from engine.clauses.base import Example, Rule
from engine.clauses.kinds import kinds
from engine.problem import compile_problem
from engine.problem.export import write_mps

CASES = [
    pytest.param(kind, example, id=f"{kind}-{number}-{example.says[:40]}")
    for kind, rule in kinds().items()
    for number, example in enumerate(rule.examples)
]
EXPECTED_KINDS = (
    "accreditation age cap contract cool_off deductions documents education experience guarantee housing "
    "labour_market_test language lead_time max_seasons net_income prior_exit season_window set_aside share "
    "stay_window total_stay transfer wage_floor worker_class worker_cost"
)


def test_every_kind_of_the_format_is_there() -> None:
    """The kinds found in the folder are those that the format lists."""
    assert list(kinds()) == EXPECTED_KINDS.split()


@pytest.mark.parametrize("rule", kinds().values(), ids=list(kinds()))
def test_a_kind_has_examples_on_both_sides(rule: type[Rule]) -> None:
    """A kind shows what it allows and what it refuses."""
    assert {example.holds for example in rule.examples} == {True, False}


@pytest.mark.parametrize("rule", kinds().values(), ids=list(kinds()))
def test_every_parameter_has_a_name_for_people(rule: type[Rule]) -> None:
    """In words, and none twice in a kind."""
    called = [one.metadata["called"] for one in fields(rule)]
    assert all(called) and not set(called) & {one.name for one in fields(rule) if "_" in one.name}
    assert len(set(called)) == len(called)


@pytest.mark.parametrize(("kind", "example"), CASES)
def test_the_audit_judges_each_example_as_it_says(kind: str, example: Example, tmp_path: Path) -> None:
    """The check finds a breach exactly where the example is refused."""
    programme = build(tmp_path / "p", kind, example)
    assert len(set(programme.all_clauses())) == len(programme.all_clauses())  # whatever a clause holds, it is a key
    verdict = audit(programme, [w for w, _ in example.placements], [o for _, o in example.placements])
    assert verdict.legal == example.holds, [str(breach) for breach in verdict.breaches]


@pytest.mark.parametrize(("kind", "example"), CASES)
def test_the_problem_judges_each_example_as_it_says(kind: str, example: Example, tmp_path: Path) -> None:
    """The example's placements are a feasible choice of the compiled problem exactly where they are legal."""
    problem = compile_problem(build(tmp_path / "p", kind, example))
    write_mps(problem, tmp_path / "model.mps")
    assert _can_choose(problem, example) == example.holds


def _can_choose(problem, example: Example) -> bool:  # type: ignore[no-untyped-def]
    import numpy as np

    from engine.solve.exact.rounding import is_feasible

    wanted: dict[int, set[int]] = {}
    for worker, order in example.placements:
        wanted.setdefault(worker, set()).add(order)
    columns = []
    for party, lead in enumerate(problem.lead.tolist()):
        if lead in wanted:
            own = np.arange(*problem.offers.of_party[[party, party + 1]])
            fits = [j for j in own if set(problem.offers.placements(np.array([j]))[1].tolist()) == wanted[lead]]
            if not fits:
                return False
            columns += fits
    return is_feasible(problem, np.array(columns, np.int64))


def test_rules_load_where_no_solver_can_be_imported() -> None:
    """No rule reaches a solver, not even through what discovery loads."""
    code = (
        "import sys\nfor name in ('ortools', 'highspy', 'engine.solve', 'engine.problem'): sys.modules[name] = None\n"
        "from engine.clauses.kinds import kinds\nassert len(kinds()) == 26"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_audit_loads_where_no_solver_can_be_imported() -> None:
    """The audit imports nothing of the problem or of a solver."""
    code = (
        "import sys\nfor name in ('ortools', 'highspy', 'engine.solve', 'engine.problem'): sys.modules[name] = None\n"
        "import engine.audit.audit"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
