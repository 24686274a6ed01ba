"""The calibration tables, and that synthetic demand has the distribution of the real one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios import calibration
from scenarios.calibration import derive, table
from scenarios.draws import from_quantiles, headcounts, seasons
from scenarios.presets.us_h2a import build

FOLDER = Path(calibration.__file__).parent
LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9]
RNG_SEED = 4


def quantiles_of(scheme: str, measure: str) -> pd.Series:
    rows = table("quantiles")
    rows = rows[(rows.scheme == scheme) & (rows.measure == measure)]
    return rows.set_index("level").value.loc[LEVELS]


@pytest.mark.parametrize(
    ("scheme", "measure"),
    [("H-2A", "headcount"), ("H-2B", "weekly_hours"), ("H-2A", "wage_over_modal"), ("LMIA", "headcount")],
)
def test_draws_have_the_quantiles_of_the_table(scheme: str, measure: str) -> None:
    """Tests the inversion: drawn quantiles are the table's within 3 %."""
    drawn = from_quantiles(np.random.default_rng(RNG_SEED), scheme, measure, 200_000)
    assert np.quantile(drawn, LEVELS) == pytest.approx(quantiles_of(scheme, measure).to_numpy(), rel=0.03)


def test_headcounts_sum_to_what_is_asked() -> None:
    """Tests that scaled headcounts keep their bounds and meet the total within half a per cent."""
    drawn = from_quantiles(np.random.default_rng(RNG_SEED), "H-2A", "headcount", 2000)
    scaled = headcounts(drawn, 30_000, least=2, most=400)
    assert scaled.sum() == pytest.approx(30_000, rel=0.005)
    assert scaled.min() >= 2
    assert scaled.max() <= 400


def test_seasons_are_drawn_as_certified() -> None:
    """Tests that start weeks and lengths have the mean of the certified orders, within one week."""
    week, weeks = seasons(np.random.default_rng(RNG_SEED), "H-2A", 100_000)
    rows = table("season_profiles")
    rows = rows[rows.visa == "H-2A"]
    for drawn, column in ((week, rows.start_week), (weeks, rows.weeks)):
        assert drawn.mean() == pytest.approx(np.average(column, weights=rows.orders), abs=0.3)


def test_the_h2a_preset_looks_like_fiscal_year_2016() -> None:
    """Tests headcounts, hours, occupations and states of synthetic orders against the real ones."""
    orders = build(100_000, 1).tables["orders"]
    headcount = np.quantile(orders.headcount, LEVELS)
    assert headcount == pytest.approx(quantiles_of("H-2A", "headcount").to_numpy(), rel=0.15, abs=1)
    assert np.quantile(orders.weekly_hours, LEVELS) == pytest.approx(
        quantiles_of("H-2A", "weekly_hours").to_numpy(), rel=0.03
    )
    occupations = table("occupations")
    mix = occupations[occupations.visa == "H-2A"].set_index("isco08").orders
    assert (orders.isco08 == "9211").mean() == pytest.approx(mix["9211"] / mix.sum(), abs=0.06)
    places = table("regions")
    regions = places[places.country == "US"].set_index("region").positions
    share = orders.groupby("destination_region").size() / len(orders)
    for state in ("US-NC", "US-FL", "US-GA", "US-WA"):
        assert share.get(state, 0.0) == pytest.approx(regions[state] / regions.sum(), abs=0.03)


def test_origins_follow_visas() -> None:
    """Tests that most of the register of the H-2A preset is Mexican, as most visas are."""
    workers = build(20_000, 1).tables["workers"]
    visas = table("visa_origins").set_index("origin_country").h2a
    assert (workers.origin_country == "MX").mean() == pytest.approx(visas["MX"] / (visas.sum() + 5 * 4306), abs=0.03)


def test_the_tables_stay_small() -> None:
    """Tests that all tables together are below 150 kB, and that the notes name each."""
    files = sorted(FOLDER.glob("*.csv"))
    notes = (FOLDER / "README.md").read_text("utf-8")
    assert sum(file.stat().st_size for file in files) < 150_000
    assert all(f"`{file.name}`" in notes for file in files)


def test_labels_and_codes_can_stand_in_a_list() -> None:
    """Tests that no skill label holds a separator, and that no occupation is subsistence farming."""
    skills = table("skills")
    assert not skills.skill.str.contains("[;:|]").any()
    assert not table("soc_isco").isco08.str.startswith("63").any()
    assert not skills.duplicated().any()


def test_the_tables_are_what_the_script_computes(shared_data: Path, tmp_path: Path) -> None:
    """Tests that the committed tables are the script's, byte for byte."""
    derive.main(shared_data, tmp_path)
    for name in derive.TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (FOLDER / f"{name}.csv").read_bytes(), name


def test_the_tables_agree_with_the_published_totals(shared_data: Path) -> None:
    """Tests one figure by a computation of its own: the median headcount and the positions of FY2016."""
    orders = pd.read_csv(shared_data / "us_h2a_orders_fy2016.csv.gz")
    assert orders.n_certified.sum() == 165_741
    assert quantiles_of("H-2A", "headcount")[0.5] == orders.n_certified[orders.n_certified > 0].median()
