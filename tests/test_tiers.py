"""Lexicographic objectives against sequential exact solves of an independent reading."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from adversarial_programmes import draft
from oracle.programme_reader import read as read_naively
from oracle.tiers import tier_optima

from engine.audit.audit import audit
from engine.errors import CallError, ClashError
from engine.planning.branches import make_base
from engine.planning.explain.trial import make_trial
from engine.planning.rematch import rematch
from engine.problem import compile_problem
from engine.problem.export import write_mps
from engine.programme import read_programme
from engine.run import Options, match_programme, match_read, match_to_folder

PROGRAMMES = int(os.environ.get("VAIVEN_TIER_PROGRAMMES", "10"))
TIERS = [["fill"], ["recall", "choice"], ["skill", "income", "score"]]


@pytest.mark.parametrize("seed", range(PROGRAMMES))
def test_tiers_equal_sequential_exact_solves(seed: int, tmp_path: Path) -> None:
    """Each tier's objective, and the proof of it."""
    made = draft(seed)
    made.settings["objective"] = {**made.settings["objective"], "tiers": TIERS}
    programme = made.programme(tmp_path / "p")
    expected = tier_optima(read_naively(tmp_path / "p"), TIERS)
    if expected is None:
        with pytest.raises(ClashError):
            match_read(programme, Options(gap=0.0))
        return
    matched = match_read(programme, Options(gap=0.0))
    certificate = matched.files.certificate
    found = [tier["objective"] for tier in certificate["tiers"]]
    assert found == pytest.approx(expected, rel=3e-6, abs=3e-6)
    assert all(tier["bound"] >= best - 1e-5 for tier, best in zip(certificate["tiers"], expected, strict=True))
    assert audit(programme, matched.worker, matched.order).legal
    assert certificate["objective"] == pytest.approx(sum(found), abs=1e-5)
    assert certificate["status"] == "optimal"


def test_tiers_begin_from_nothing(tmp_path: Path) -> None:
    """An earlier plan's prices are those of other tiers."""
    made = draft(1)
    made.settings["objective"] = {**made.settings["objective"], "tiers": TIERS}
    made.programme(tmp_path / "p")
    with pytest.raises(CallError, match="from nothing"):
        match_programme(tmp_path / "p", Options(warm=tmp_path))


def test_what_looks_at_a_weighted_sum_says_so(tmp_path: Path) -> None:
    """What-ifs, repairs, exact trials and exported programs would else ignore the tiers."""
    made = draft(1)
    made.settings["objective"] = {**made.settings["objective"], "tiers": TIERS}
    programme = made.programme(tmp_path / "p")
    match_to_folder(tmp_path / "p", tmp_path / "plan", Options())
    (tmp_path / "events.csv").write_text("event,worker_id\n")
    with pytest.raises(CallError, match="weighted sum"):
        make_base(programme, 0.0, 60.0, 0)
    with pytest.raises(CallError, match="weighted sum"):
        rematch(
            read_programme(tmp_path / "p"), tmp_path / "plan", tmp_path / "events.csv", tmp_path / "out", 2.0, Options()
        )
    with pytest.raises(CallError, match="weighted sum"):
        write_mps(compile_problem(programme), tmp_path / "model.mps")
    assert make_trial(programme) is None
