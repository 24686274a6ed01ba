"""Stable plans: the textbook's where orders stand alone, and beside joint limits nobody with a claim unless told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adversarial_programmes import Draft, draft
from base_programme import ORDER, WORKER, base
from hypothesis import given
from hypothesis import strategies as st
from oracle.programme_reader import read as read_naively
from oracle.stable import Stability, gale_shapley

from engine.audit.audit import audit
from engine.errors import ClashError
from engine.programme import Programme
from engine.programme.reorder import drawn_order
from engine.run import Matched, Options, match_read
from engine.solve.wishes import NEARLY, levelled
from scenarios.adversarial.season import ORIGINS

PROGRAMMES = int(os.environ.get("VAIVEN_STABLE_PROGRAMMES", "20"))
LIMITS = ("cap", "set_aside", "share")
# Of any two of these, one holds the other or they share nothing.
NESTED: list[dict[str, Any]] = [
    {"id": "all", "kind": "cap", "count": 12},
    {"id": "by-destination", "kind": "cap", "count": 5, "per": "destination_country"},
    {"id": "by-employer", "kind": "cap", "count": 3, "per": "employer_id"},
]


def _single(seed: int, caps: list[dict[str, Any]]) -> Draft:
    """Lone workers with one placement each, no crews, beds or promises, under some caps for all."""
    made = draft(seed, 40)
    tables = dict(made.tables)
    orders = tables["orders"]
    orders = orders[~orders.destination_country.isin(list(ORIGINS))].assign(min_crew=np.nan)
    orders = orders.assign(headcount=np.minimum(orders.headcount, 2))
    for name in ("preferences", "recalls", "exclusions", "scores"):
        if name in tables and "order_id" in tables[name]:
            known = (
                tables[name].order_id.isin(orders.order_id)
                | tables[name].order_id.isin(["", None])
                | tables[name].order_id.isna()
            )
            tables[name] = tables[name][known]
    tables |= {
        "orders": orders,
        "workers": tables["workers"].assign(travel_group_id=""),
        "sites": tables["sites"].assign(beds=np.nan),
        "commitments": tables["commitments"].head(0),
    }
    agreements = [
        {**one, "clause": [clause for clause in one["clause"] if clause["kind"] not in LIMITS]}
        for one in made.agreements
    ]
    settings = {**made.settings, "max_placements_per_worker": 1, "clause": caps}
    return Draft(settings, agreements, tables)


def _ties(programme: Programme, seed: int) -> dict[str, int]:
    """Who is first among equals, as the seed draws."""
    ids = programme.workers.id_text("worker_id")
    return {str(ids[row]): turn for turn, row in enumerate(drawn_order(programme, seed)[1].tolist())}


def _plan(matched: Matched) -> list[tuple[str, str]]:
    placed = matched.files.placements
    return list(zip(placed["worker_id"].to_pylist(), placed["order_id"].to_pylist(), strict=True))


def _stable(programme: Programme, seed: int = 0) -> Matched:
    return match_read(programme, Options("stable", 0.001, 60.0, seed))


@pytest.mark.parametrize("seed", range(PROGRAMMES // 2))
def test_without_joint_limits_it_is_the_textbook(seed: int, tmp_path: Path) -> None:
    """Gale and Shapley's, by a reading that knows neither our columns nor our heaps."""
    programme = _single(seed, []).programme(tmp_path / "p")
    matched = _stable(programme, seed)
    assert set(_plan(matched)) == gale_shapley(read_naively(tmp_path / "p"), _ties(programme, seed))
    assert matched.files.certificate["wasted_places"] == matched.files.certificate["withdrawn_orders"] == []


@pytest.mark.parametrize("seed", range(PROGRAMMES // 2))
def test_under_nested_caps_nobody_has_a_claim(seed: int, tmp_path: Path) -> None:
    """Neither to a free place nor to that of somebody whom the order ranks lower."""
    programme = _single(seed, NESTED).programme(tmp_path / "p")
    matched = _stable(programme)
    found = Stability(read_naively(tmp_path / "p"), _plan(matched), _ties(programme, 0))
    assert list(found.blocking()) == []
    assert matched.files.certificate["wasted_places"] == []


@pytest.mark.parametrize("seed", range(PROGRAMMES))
def test_whoever_has_a_claim_is_kept_from_it_by_a_limit_that_is_named(seed: int, tmp_path: Path) -> None:
    """Crews, groups, chains, shares, beds and crossing caps: what limits waste is told, and nothing else is wasted."""
    programme = draft(seed).programme(tmp_path / "p")
    try:
        matched = _stable(programme)
    except ClashError:
        with pytest.raises(ClashError):
            match_read(programme, Options("optimal", 0.001, 60.0))
        return
    assert audit(programme, matched.worker, matched.order).legal
    certificate = matched.files.certificate
    assert certificate["objective"] <= certificate["bound"] + 1e-6
    told = {entry["order_id"] for entry in certificate["wasted_places"]} | set(certificate["withdrawn_orders"])
    found = Stability(read_naively(tmp_path / "p"), _plan(matched), _ties(programme, 0))
    assert [pair for pair in found.blocking() if not set(pair[0].order_ids) & told] == []


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=12), st.integers(0, NEARLY // 2))
def test_equal_values_that_were_rounded_apart_rank_alike(exact: list[int], off: int) -> None:
    """Wherever they lie, and nobody passes somebody who is worth more."""
    worth = np.array(exact) * (2 * NEARLY + off)
    rounded = np.concatenate([worth, worth + off, worth - off])
    found = levelled(rounded)
    assert (found.reshape(3, -1) == found[: len(worth)]).all()
    order = np.argsort(rounded, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    assert len(np.unique(found)) == len(np.unique(worth))


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    """Ties fall by the seed and the ids alone."""
    made = _single(3, NESTED)
    turned = {name: table.iloc[::-1].reset_index(drop=True) for name, table in made.tables.items()}
    plans = [
        sorted(_plan(_stable(one.programme(tmp_path / name))))
        for name, one in (("p", made), ("q", Draft(made.settings, made.agreements, turned)))
    ]
    assert plans[0] == plans[1]


def test_a_wasted_place_names_the_limit_and_those_who_want_it(tmp_path: Path) -> None:
    """Two places: the best takes one, two friends don't fit into the other, and whoever ranks below them stays out."""
    months = {"W0": 24, "W1": 12, "W2": 12, "W3": 6}
    workers = [
        {**WORKER, "worker_id": name, "occupations": f"9211:{had}", "travel_group_id": "G" if had == 12 else ""}
        for name, had in months.items()
    ]
    matched = _stable(base(workers, [{**ORDER, "headcount": "2"}]).programme(tmp_path / "p"))
    assert _plan(matched) == [("W0", "O00")]
    wasted = {"order_id": "O00", "limit": "headcount|O00", "people": 1}
    assert matched.files.certificate["wasted_places"] == [wasted]
    reasons = dict(matched.files.unplaced.select([0, 1]).to_pandas().to_numpy().tolist())
    assert reasons["W3"].startswith("limit_full: headcount|O00 has room for O00, and refused all who rank this low")
    assert reasons["W1"] == reasons["W2"] == "limit_full: headcount|O00 is full (1 used), for O00"
    (open_order,) = matched.files.unfilled.to_pylist()
    assert open_order["reason"].startswith("limit_full: headcount|O00 keeps its places from 1 who want them")
