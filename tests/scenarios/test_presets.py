"""Every preset gives a sound programme of any size, the same for the same seed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from draft_checks import assert_consistent, assert_same, share_of
from oracle import read, refusals

from engine.programme import read_programme
from scenarios import catalogue
from scenarios.preset import Draft, load_preset
from scenarios.scheme_preset import preset_name

OF_SCHEMES = {preset_name(scheme) for scheme in catalogue.seasons()}
PRESETS = {name: load_preset(name) for name in catalogue.presets() if name not in OF_SCHEMES}
NAMES = sorted(PRESETS)
SIZES = {
    "adversarial": (6, 20, 60),
    "nation": (100, 3000),
    "northern-triangle": (100, 3000),
    "us-h2a": (100, 3000),
}


def built(name: str, workers: int, seed: int = 0, density: str = "sparse") -> Draft:
    return PRESETS[name].build(workers, seed, density)


def admitted_per_worker(draft: Draft, folder: Path, sampled: int) -> np.ndarray:
    """Count the orders that a plain reading of the format admits, for a sample of the workers."""
    draft.write(folder)
    programme = read(folder)
    workers = np.random.default_rng(0).choice(list(programme.workers), sampled, replace=False)
    return np.array([sum(not refusals(programme, worker, order) for order in programme.orders) for worker in workers])


def test_the_four_presets_are_found() -> None:
    """Tests that a module placed among the presets is enough to be one."""
    assert NAMES == ["adversarial", "nation", "northern-triangle", "us-h2a"]


@pytest.mark.parametrize(("name", "workers"), [(name, size) for name in NAMES for size in SIZES[name]])
def test_drafts_are_consistent_and_of_the_size_asked(name: str, workers: int) -> None:
    """Tests ids, references, dates and numbers of every table."""
    draft = built(name, workers)
    assert len(draft.tables["workers"]) == workers
    assert_consistent(draft)


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides_everything(name: str) -> None:
    """Tests that a seed gives the same draft twice, and another seed another one."""
    workers = SIZES[name][-1]
    assert_same(built(name, workers, 7), built(name, workers, 7))
    other = built(name, workers, 8).tables["workers"]
    assert not built(name, workers, 7).tables["workers"].equals(other)


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
@pytest.mark.parametrize("name", NAMES)
def test_the_engine_reads_what_is_written(name: str, table_format: str, tmp_path: Path) -> None:
    """Tests that a written preset passes the engine's own validation."""
    draft = built(name, SIZES[name][0] * 2)
    draft.write(tmp_path / "programme", table_format)
    programme = read_programme(tmp_path / "programme")
    assert programme.tables["workers"].size == len(draft.tables["workers"])
    assert len(programme.agreements) == len(draft.agreements)


@pytest.mark.parametrize(("workers", "density", "low", "high"), [(10_000, "sparse", 14, 26), (10_000, "dense", 18, 32)])
def test_a_worker_of_the_nation_is_admitted_to_about_twenty_orders(
    workers: int, density: str, low: float, high: float, tmp_path: Path
) -> None:
    """Tests the density that the benchmark family was measured at; dense is about 5 % of 500 orders."""
    counts = admitted_per_worker(built("nation", workers, density=density), tmp_path / "nation", 60)
    assert low <= counts.mean() <= high
    assert (counts == 0).mean() <= 0.2


def test_a_workers_choice_stays_bounded_when_the_nation_grows() -> None:
    """Tests that orders of a trade don't grow with the register: trades do."""
    per_trade = []
    for workers in (10_000, 100_000):
        orders = built("nation", workers).tables["orders"]
        per_trade.append(orders.groupby(["isco08", "required_skills"]).size().mean())
    assert per_trade[1] == pytest.approx(per_trade[0], rel=0.2)


def test_a_worker_of_the_northern_triangle_has_a_bounded_choice(tmp_path: Path) -> None:
    """Tests that the admitted pairs a worker lie between 12 and 40."""
    counts = admitted_per_worker(built("northern-triangle", 5000), tmp_path / "triangle", 60)
    assert 12 <= counts.mean() <= 40


def test_the_nation_has_its_family_shape() -> None:
    """Tests origins, destinations, agreements, orders, positions and the kinds of limits."""
    draft = built("nation", 10_000)
    workers, orders = draft.tables["workers"], draft.tables["orders"]
    assert workers.origin_country.nunique() == 8
    assert orders.destination_country.nunique() == 6
    assert len(draft.agreements) == 48
    assert len(orders) == 500
    assert 0.6 <= orders.headcount.sum() / len(workers) <= 0.75
    assert draft.settings["max_placements_per_worker"] == 1
    assert {clause["per"] for clause in draft.settings["clause"]} == {"origin_region"}
    quotas = [clause for clause in draft.agreements[0]["clause"] if clause["kind"] == "cap"]
    assert "where" not in quotas[0]
    assert all(clause["where"].keys() == {"sector"} for clause in quotas[1:])


def test_the_nation_grows_in_regions_occupations_and_skills() -> None:
    """Tests that a larger nation is more varied."""
    small, large = built("nation", 10_000).tables, built("nation", 100_000).tables
    for table, column in (("workers", "origin_region"), ("orders", "isco08"), ("orders", "required_skills")):
        assert large[table][column].nunique() > 1.3 * small[table][column].nunique()


def test_the_northern_triangle_has_its_ties_and_groups() -> None:
    """Tests the shares of past stays, preferences, recalls and groups, and GECCO's crews of ten."""
    tables = built("northern-triangle", 10_000).tables
    workers, orders = tables["workers"], tables["orders"]
    assert share_of(workers, workers.worker_id.isin(tables["history"].worker_id)) == pytest.approx(0.45, abs=0.06)
    ranked = workers.worker_id.isin(tables["preferences"].worker_id)
    assert share_of(workers, ranked) == pytest.approx(0.4, abs=0.05)
    assert 0.15 <= len(tables["recalls"]) / orders.headcount.sum() <= 0.3
    grouped = workers[workers.travel_group_id.notna()]
    assert share_of(workers, workers.travel_group_id.notna()) == pytest.approx(0.03, abs=0.012)
    assert grouped.groupby("travel_group_id").size().between(2, 4).all()
    for column in ("household_id", "occupations", "skills", "available_from", "origin_region"):
        assert (grouped.groupby("travel_group_id")[column].nunique(dropna=False) == 1).mean() == 1, column
    spanish = orders[orders.destination_country == "ES"]
    assert (spanish.min_crew == 10).all()


def test_past_stays_and_preferences_follow_open_corridors() -> None:
    """Tests that no Mexican or Jamaican has been to Spain, where no agreement takes them."""
    tables = built("northern-triangle", 3000).tables
    origin = tables["workers"].set_index("worker_id").origin_country
    to_spain = tables["history"][tables["history"].destination_country == "ES"]
    assert set(to_spain.worker_id.map(origin)) == {"GT", "HN", "SV"}


def test_the_clauses_of_the_schemes_carry_their_figures() -> None:
    """Tests the figures of SAWP, H-2A and GECCO as the sources give them."""
    agreements = {agreement["id"]: agreement for agreement in built("northern-triangle", 1000).agreements}

    def clause(agreement: str, name: str) -> dict[str, object]:
        return next(entry for entry in agreements[agreement]["clause"] if entry["id"] == name)

    season, stay = clause("MX-CA-sawp-2026", "season"), clause("MX-CA-sawp-2026", "eight-months")
    assert (season["from"], season["to"], stay["max_days"]) == ("01-01", "12-15", 240)
    assert clause("JM-CA-sawp-2026", "minimum-hours")["min_total_hours"] == 240
    three_years = clause("GT-US-h2a-2026", "three-years")
    assert (three_years["max_days"], three_years["reset_days"]) == (1095, 60)
    assert clause("HN-US-h2a-2026", "programme-age")["min"] == 21
    nine_months = clause("HN-ES-gecco-2026", "nine-months")
    assert (nine_months["max_days"], nine_months["window_days"]) == (270, 365)
    assert not any(entry["id"] == "programme-age" for entry in agreements["GT-US-h2a-2026"]["clause"])


@pytest.mark.parametrize("name", NAMES)
def test_sex_stands_only_in_shares_and_set_asides(name: str) -> None:
    """Tests that sex enters no gate, no ledger and no cap."""
    draft = built(name, SIZES[name][-1])
    clauses = [*draft.settings["clause"], *(entry for a in draft.agreements for entry in a["clause"])]
    for entry in clauses:
        if entry["kind"] not in ("share", "set_aside"):
            assert "sex" not in entry.get("where", {})
            assert entry.get("per") != "sex"


def test_beds_follow_the_busiest_day() -> None:
    """Tests the sweep over arrivals and departures on overlapping and touching stays."""
    from scenarios.demand import busiest_day

    day = pd.to_datetime(["2026-01-01", "2026-01-05", "2026-01-11", "2026-01-01"]).to_numpy("datetime64[D]")
    end = pd.to_datetime(["2026-01-10", "2026-01-06", "2026-01-20", "2026-01-02"]).to_numpy("datetime64[D]")
    busiest = busiest_day(np.array([0, 0, 0, 1]), day, end, np.array([3, 2, 4, 7]), 3)
    assert busiest.tolist() == [5, 7, 0]
