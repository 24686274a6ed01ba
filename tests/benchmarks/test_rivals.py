"""Every rival keeps to its claims: what it proves is the optimum, what it plans is legal and worth no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from oracle.optimum import optimum
from oracle.programme_reader import read as read_naively
from small_programs import highs_optimum, judged_here, question_of

from benchmarks.dual_bound import dual_bound
from benchmarks.filling import fill
from benchmarks.program import Question
from benchmarks.registry import rivals, specs
from benchmarks.rivals.cp_sat import whole
from benchmarks.rivals.min_cost_flow import order_row_of
from engine.programme import write_programme

PROGRAMMES = ("pure-network", "crews-groups-shares", "northern-triangle")
EXACT = ("vaiven", "highs-mip", "cp-sat", "scip")
SEEDS = (3, 8, 21)
WORKERS = 100
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Question, float]]:
    """Each small programme's question and its optimum."""
    found = {}
    for name in PROGRAMMES:
        folder = tmp_path_factory.mktemp(name) / "programme"
        specs()[name].build(WORKERS, folder)
        question = question_of(folder)
        found[name] = question, highs_optimum(question.program)
    return found


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("rival", [name for name in rivals() if name != "min-cost-flow"])
def test_a_rival_keeps_to_its_claims(
    rival: str, programme: str, questions: dict[str, tuple[Question, float]], tmp_path: Path
) -> None:
    """Its plans are legal and worth what it says, none beats the optimum, and its bound is none below it."""
    question, best = questions[programme]
    judged = judged_here(rival, question, tmp_path / "out")
    assert judged.troubles == ()
    assert judged.objective is not None and judged.objective <= best * (1 + TOLERANCE)
    assert judged.bound is None or judged.bound >= best * (1 - TOLERANCE)
    if rival in EXACT:
        assert judged.objective == pytest.approx(best, rel=TOLERANCE)


def test_min_cost_flow_is_exact_on_a_network(questions: dict[str, tuple[Question, float]], tmp_path: Path) -> None:
    """Where headcounts alone join the parties, the flow is the optimum, to the billionth that it proves."""
    question, best = questions["pure-network"]
    judged = judged_here("min-cost-flow", question, tmp_path / "out")
    assert judged.troubles == ()
    assert judged.objective == pytest.approx(best, rel=1e-9)
    assert judged.bound == judged.objective


@pytest.mark.parametrize("programme", PROGRAMMES[1:])
def test_min_cost_flow_refuses_what_is_no_network(
    programme: str, questions: dict[str, tuple[Question, float]]
) -> None:  # fmt: skip
    """A programme with any other row is not solved as if it had none."""
    with pytest.raises(ValueError, match="pure network"):
        order_row_of(questions[programme][0].program)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rival", EXACT)
def test_exact_rivals_agree_with_the_brute_force(rival: str, seed: int, tmp_path: Path) -> None:
    """On small adversarial programmes, commitments included, they find what an independent oracle finds."""
    made = draft(seed)
    write_programme(tmp_path / "programme", made.settings, made.agreements, made.tables)
    found = optimum(read_naively(tmp_path / "programme"))
    assert found is not None
    judged = judged_here(rival, question_of(tmp_path / "programme"), tmp_path / "out")
    assert judged.troubles == ()
    assert judged.objective == pytest.approx(float(found[0]), rel=TOLERANCE)


def test_the_queue_is_served_in_order(questions: dict[str, tuple[Question, float]], tmp_path: Path) -> None:
    """On a network the queue is served as one would by hand: each on the best order that has a place left."""
    program = questions["pure-network"][0].program
    left = program.row_upper.copy()
    worth = 0
    for party in dict.fromkeys(program.party[np.argsort(program.arrival, kind="stable")].tolist()):
        for column in sorted(np.flatnonzero(program.party == party), key=lambda c: -program.value[c]):
            rows = program.row[program.offsets[column] : program.offsets[column + 1]]
            if (left[rows] >= 1).all():
                left[rows] -= 1
                worth += int(program.value[column])
                break
    judged = judged_here("first-come", questions["pure-network"][0], tmp_path / "out")
    assert judged.objective == worth / 10**9


def test_a_crew_that_cannot_be_had_stays_closed(questions: dict[str, tuple[Question, float]]) -> None:
    """Filling in any order ends with no crew below its least."""
    program = questions["crews-groups-shares"][0].program
    for seed in range(5):
        ranking = np.random.default_rng(seed).permutation(program.column_count)
        assert program.faults(fill(program, ranking)) == 0


def test_any_prices_prove_a_bound(questions: dict[str, tuple[Question, float]]) -> None:
    """However wrong the prices are, no plan is worth more than the bound from them."""
    for question, best in questions.values():
        rows = len(question.program.row_upper)
        for seed in range(5):
            prices = np.random.default_rng(seed).normal(0.0, 20.0, rows)
            assert dual_bound(question.program, prices) >= best * (1 - TOLERANCE)


def test_coefficients_become_whole() -> None:
    """CP-SAT gets whole numbers: a share of 15 % is counted in hundredths."""
    factor, coefficients = whole(np.array([0.15, -0.85, 1.0]))
    assert (factor, coefficients.tolist()) == (100, [15, -85, 100])
