"""After filling, no single insertion is left; what was there before is kept."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft

from engine.problem import compile_problem
from engine.solve.budget import Budget
from engine.solve.commitments import promised_columns
from engine.solve.exact.rounding import is_feasible
from engine.solve.primal.insertion import fill


@pytest.mark.parametrize("seed", range(12))
def test_nobody_who_fits_is_left(seed: int, tmp_path: Path) -> None:
    problem = compile_problem(draft(seed, 24).programme(tmp_path / "p"))
    promised = promised_columns(problem, Budget(inf))
    filled = fill(problem, promised, problem.offers.value)
    assert is_feasible(problem, filled) and set(promised) <= set(filled.tolist())
    party = problem.offers.party_of(filled)
    for column in np.flatnonzero(~np.isin(problem.offers.party_of_each(), party)):
        assert not is_feasible(problem, np.append(filled, column)), column
