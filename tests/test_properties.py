"""Theorems that hold for every programme, tried on adversarial ones."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from adversarial_programmes import Draft, draft, shuffled
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from oracle.optimum import optimum
from oracle.programme_reader import read as read_naively

from engine.audit.bound import recomputed_bound
from engine.errors import ClashError
from engine.run import Matched, Options, match_read
from engine.tuning import Tuning

SEEDS = st.integers(0, 10_000)
FEW = settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


def _matched(made: Draft, seed: int = 0) -> Matched:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return match_read(made.programme(Path(folder, "p")), Options(seed=seed))
        except ClashError:
            reject()


def _objective(made: Draft) -> float:
    return float(_matched(made).files.certificate["objective"])


@FEW
@given(SEEDS)
def test_the_optimum_is_that_of_an_independent_brute_force(seed: int) -> None:
    """Objective equal to the oracle's, bound never below it, audit clean, and the prices prove a bound."""
    made = draft(seed)
    with tempfile.TemporaryDirectory() as folder:
        programme = made.programme(Path(folder, "p"))
        naive = optimum(read_naively(Path(folder, "p")))
        if naive is None:
            with pytest.raises(ClashError):
                match_read(programme, Options())
            return
        matched = match_read(programme, Options())
        matched.files.write(Path(folder, "plan"))
        proved = recomputed_bound(programme, Path(folder, "plan"))
    certificate = matched.files.certificate
    assert certificate["objective"] == pytest.approx(float(naive[0]), abs=1e-6)
    assert min(certificate["bound"], certificate["price_bound"], proved) >= float(naive[0]) - 1e-6
    assert proved == pytest.approx(certificate["price_bound"], rel=1e-6, abs=2e-6)
    assert matched.verdict.legal


@FEW
@given(SEEDS)
def test_shuffling_rows_changes_nothing(seed: int) -> None:
    """The same rows in another order give the same plan, reasons and prices."""
    made = draft(seed)
    one, other = _matched(made), _matched(replace(made, tables=shuffled(made.tables, seed)))
    for name in ("placements", "unplaced", "unfilled", "prices"):
        assert getattr(one.files, name).equals(getattr(other.files, name)), name


@FEW
@given(SEEDS)
def test_the_seed_draws_only_between_equally_good_plans(seed: int) -> None:
    """Another seed never changes what the plan is worth, and the same seed gives the same plan."""
    made = draft(seed)
    one, again, other = _matched(made, 1), _matched(made, 1), _matched(made, 2)
    assert one.files.placements.equals(again.files.placements)
    assert one.files.certificate["objective"] == pytest.approx(other.files.certificate["objective"], abs=1e-6)


def _without_sex_clauses(made: Draft) -> Draft:
    def plain(clauses: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [c for c in clauses if "sex" not in str(c.get("where", "")) and "sex" not in str(c.get("of", ""))]

    agreements = [{**a, "clause": plain(a.get("clause", []))} for a in made.agreements]
    return replace(
        made, agreements=agreements, settings={**made.settings, "clause": plain(made.settings.get("clause", []))}
    )


@FEW
@given(SEEDS)
def test_flipping_sex_changes_nothing_where_no_clause_names_it(seed: int) -> None:
    """Sex enters no value and no gate."""
    made = _without_sex_clauses(draft(seed))
    workers = made.tables["workers"].copy()
    workers["sex"] = workers["sex"].map({"F": "M", "M": "F", "X": "X", "": ""}).fillna("")
    flipped = replace(made, tables={**made.tables, "workers": workers})
    assert _matched(made).files.placements.equals(_matched(flipped).files.placements)


@FEW
@given(SEEDS)
def test_one_more_worker_never_lowers_the_optimum(seed: int) -> None:
    """A further worker without group or commitment can be left out, unless caps count the registered."""
    made = draft(seed)
    workers = made.tables["workers"]
    newcomer = workers.iloc[[seed % len(workers)]].assign(worker_id="NEWCOMER", travel_group_id="", household_id="")
    grown = replace(made, tables={**made.tables, "workers": pd.concat([workers, newcomer], ignore_index=True)})
    assert _objective(grown) >= _objective(made) - 1e-6


@FEW
@given(SEEDS)
def test_one_more_place_never_lowers_the_optimum(seed: int) -> None:
    """A place more on an order can stay empty."""
    made = draft(seed)
    orders = made.tables["orders"].copy()
    headcount = orders["headcount"].astype(float).to_numpy().copy()
    headcount[seed % len(orders)] += 1
    grown = replace(made, tables={**made.tables, "orders": orders.assign(headcount=headcount)})
    assert _objective(grown) >= _objective(made) - 1e-6


@FEW
@given(SEEDS)
def test_renaming_ids_changes_no_value(seed: int) -> None:
    """Other names can only draw another of several equally good plans."""
    made = draft(seed)
    renamed = {}
    for name, table in made.tables.items():
        columns = {
            c: ("N" + table[c].astype(str)).where(table[c].astype(str) != "", "") for c in ("worker_id",) if c in table
        }
        renamed[name] = table.assign(**columns)
    assert _objective(replace(made, tables=renamed)) == pytest.approx(_objective(made), abs=1e-6)


def test_the_dense_way_proves_what_the_listed_way_proves(tmp_path: Path) -> None:
    """Priced where they lie, pairs give a legal plan and a bound that the listed optimum respects."""
    from scenarios.presets import nation

    made = nation.build(400, 3)
    listed = Draft(dict(made.settings), list(made.agreements), dict(made.tables)).programme(tmp_path / "p")
    exact = match_read(listed, Options(gap=0.0)).files.certificate
    dense = match_read(listed, Options(gap=0.02, tuning=Tuning(dense_pairs=10)))
    certificate = dense.files.certificate
    assert dense.problem.dense is not None
    assert dense.verdict.legal
    assert certificate["eligible_pairs"] == exact["eligible_pairs"]
    assert certificate["objective"] <= exact["bound"] + 1e-6
    assert certificate["bound"] >= exact["objective"] - 1e-6
    assert certificate["gap"] <= 0.05


def test_one_core_gives_the_plan_of_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many cores there are changes no byte of the plan."""
    import os

    from scenarios.presets import nation

    made = nation.build(600, 5)
    programme = Draft(dict(made.settings), list(made.agreements), dict(made.tables)).programme(tmp_path / "p")
    two = match_read(programme, Options())
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    one = match_read(programme, Options())
    assert one.files.placements.equals(two.files.placements)
    assert np.array_equal(one.files.prices["price"].to_numpy(), two.files.prices["price"].to_numpy())
