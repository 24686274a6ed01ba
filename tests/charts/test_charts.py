"""The numbers behind each chart are those of the plan."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from engine.charts import charts, flows, prices, quota_use, season_calendar
from engine.charts.largest_groups import largest_groups
from engine.charts.plan_view import PlanView
from engine.errors import CallError
from engine.plan import metrics
from engine.words.catalogue import languages
from engine.words.wording import worded

PRICE_COLUMNS = ("limit", "clause_id", "scope", "used", "count", "price")


def price_table(*rows: tuple[Any, ...]) -> pa.Table:
    """A table like prices.csv."""
    return pa.Table.from_pylist([dict(zip(PRICE_COLUMNS, row, strict=True)) for row in rows])


def test_the_charts_are_found_by_looking() -> None:
    """Every module with NAME and draw is a chart; the other modules of the folder are none."""
    assert list(charts()) == ["flows", "prices", "quota_use", "season_calendar"]


@pytest.mark.parametrize("chart", charts().values(), ids=lambda chart: str(chart.NAME))
@pytest.mark.parametrize("language", languages())
def test_each_chart_is_titled_and_described_in_each_language(
    view: PlanView, empty: PlanView, chart: ModuleType, language: str
) -> None:
    """With and without placements the title stands in the language asked, and a description beside it."""
    for seen in (view, empty):
        drawn = chart.draw(replace(seen, language=language)).to_dict()
        assert drawn["title"]["text"] == worded(chart.TITLE, language)
        assert drawn["description"].startswith(drawn["title"]["text"])


def test_an_unknown_language_is_refused(view: PlanView) -> None:
    """The error names the languages there are."""
    with pytest.raises(CallError, match="en, es, fr"):
        replace(view, language="tlh")


def test_missing_drawing_packages_are_told_with_the_way_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without altair the charts raise a call error with the extra's name instead of an import error."""
    from engine import charts as package

    monkeypatch.setattr(package, "find_spec", lambda name: None if name == "altair" else object())
    with pytest.raises(CallError, match=r"altair.*pip install vaiven\[plots\]"):
        package.charts()


def test_the_package_of_charts_loads_no_drawing_library() -> None:
    """`vaiven --help` must not wait for altair: importing the package and the view alone doesn't load it."""
    code = "import sys, engine.charts, engine.charts.plan_view, scenarios.demo; print('altair' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_both_flow_maps_hold_every_placement(view: PlanView) -> None:
    """Each map sums to the placements, and its columns to the fill by corridor and by destination."""
    to, back = flows.to_regions(view), flows.from_regions(view)
    assert to["placements"].sum() == back["placements"].sum() == view.certificate["placements"]
    by_destination = {line.placements for line in metrics.fill_by_destination(view.placements) if line.placements}
    assert set(back.groupby("column", observed=True)["placements"].sum()) == by_destination


def test_flow_labels_tell_their_own_sums(view: PlanView) -> None:
    """The number after a row's name is the sum of the row, also where it stands for several regions."""
    table = flows.from_regions(view)
    sums = table.groupby("row", observed=True)["placements"].sum()
    assert len(sums) == flows.MOST + 1
    assert all(str(label).endswith(f": {total:,}") for label, total in sums.items())
    assert table.loc[table["of_rest"], "row"].str.contains("other regions").all()


def test_the_season_sums_to_the_weeks_abroad(view: PlanView) -> None:
    """The area under the curve is the paid weeks of all placements abroad, by destination too."""
    placements = view.placements
    abroad = placements.text("workers", "origin_country") != placements.text("orders", "destination_country")
    people = season_calendar.people_abroad(view)
    assert 0 < abroad.sum() < placements.size
    assert people["people"].sum() == pytest.approx(placements.days[abroad].sum() / 7)
    canada = placements.text("orders", "destination_country") == "CA"
    inside = people.loc[people["destination"] == "Canada", "people"]
    assert inside.sum() == pytest.approx(placements.days[canada].sum() / 7)


def test_nobody_is_present_without_a_place(view: PlanView) -> None:
    """In every week the people abroad are at most the places asked, and weeks begin on Mondays."""
    people = season_calendar.people_abroad(view).groupby("week")["people"].sum()
    places = season_calendar.places_asked(view).set_index("week")["places"]
    assert (people <= places + 1e-9).all()
    assert set(pd.DatetimeIndex(places.index).day_of_week) == {0}


def test_quota_use_has_every_cap_and_no_headcount(view: PlanView) -> None:
    """The rows are the caps of prices.csv, the fullest first, and none is used beyond its count."""
    table = quota_use.caps(view)
    expected = {use.limit for use in metrics.quota_use(view.prices, view.prices.num_rows)}
    assert set(table["limit"]) == expected
    assert not table["limit"].str.startswith(("headcount|", "beds|")).any()
    assert table["share"].is_monotonic_decreasing and table["share"].max() <= 1


def test_a_cap_by_day_is_shown_by_its_fullest_day(view: PlanView) -> None:
    """Days of one cap are one bar, its periods are not, and a cap of none counts as full."""
    rows = price_table(
        ("A|present|2026-05-01", "present", "A 2026-05-01", 3.0, 10, 0.0),
        ("A|present|2026-06-01", "present", "A 2026-06-01", 7.0, 10, 0.0),
        ("A|halves|2026-01-01..2026-06-30", "halves", "A 2026-01-01..2026-06-30", 1.0, 4, 0.0),
        ("A|halves|2026-07-01..2026-12-31", "halves", "A 2026-07-01..2026-12-31", 0.0, 4, 0.0),
        ("closed", "closed", "", 0.0, 0, 0.0),
    )
    table = quota_use.caps(replace(view, prices=rows))
    assert list(table["share"]) == [1.0, 0.7, 0.25, 0.0]
    assert list(table["label"])[1:3] == ["present · A · 2026-06-01", "halves · A · 2026-01-01 to 2026-06-30"]


def test_what_is_not_shown_is_told(view: PlanView) -> None:
    """Of a clause by household three bars are shown; the note counts the others under the clause's name."""
    names = [f"A|families|household_id=H{i}" for i in range(30)]
    rows = price_table(*((name, "families", f"A household_id=H{i}", 1.0, 1, 0.0) for i, name in enumerate(names)))
    drawn = quota_use.draw(replace(view, prices=rows)).to_dict()
    assert "30 of 30 are full" in drawn["title"]["subtitle"][0]
    assert drawn["title"]["subtitle"][-1] == "Not shown: A · families (27)."
    assert {row["label"] for row in drawn["datasets"][drawn["data"]["name"]]} == {
        f"families · A · household H{i}" for i in (0, 1, 10)
    }


def test_prices_are_all_limits_with_a_price(view: PlanView) -> None:
    """Nothing with a price is missing, nothing without one is there, and each has the unit of its kind."""
    table = prices.priced_limits(view)
    rows = zip(view.prices["price"].to_pylist(), view.prices["clause_id"].to_pylist(), strict=True)
    raw = [price for price, clause in rows if price > 0 and clause != "min_crew"]
    assert len(raw) > 0
    assert list(table["price"]) == sorted(raw, reverse=True)
    unit = dict(zip(table["limit"], table["unit"], strict=True))
    assert all((unit[name] == "place of an order") == name.startswith("headcount|") for name in unit)


def test_what_a_crew_asks_is_no_limit_to_widen(view: PlanView) -> None:
    """An order's crew has prices but no unit more; the rows of other limits stay."""
    rows = price_table(
        ("link|W1|O1", "min_crew", "W1 O1", 0.0, None, 6.4),
        ("min_crew|O1", "min_crew", "O1", 3.0, 4.0, 2.0),
        ("headcount|O1", "headcount", "O1", 3.0, 3.0, 1.0),
    )
    assert list(prices.priced_limits(replace(view, prices=rows))["limit"]) == ["headcount|O1"]


def test_a_share_has_its_own_unit(view: PlanView) -> None:
    """A limit without a count is a share: its price is per placement of slack."""
    rows = price_table(("A|women|min_share", "women", "A min_share", 0.0, None, 2.5))
    table = prices.priced_limits(replace(view, prices=rows, language="es"))
    assert list(table["unit"]) == ["colocación de holgura en una proporción"]
    assert list(table["label"]) == ["women · A · proporción mínima"]


def test_the_rest_is_one_group_and_keeps_the_sum() -> None:
    """Beyond the largest, all names are one label that says how many they are; ties fall by name."""
    names = np.array(["c", "a", "b", "d", "a"], dtype=object)
    grouped = largest_groups(names, np.array([2.0, 3.0, 2.0, 1.0, 1.0]), 2, "{} others".format, totals=True)
    assert grouped.labels == ["a: 4", "b: 2", "2 others: 3"]
    assert list(grouped.group) == ["2 others: 3", "a: 4", "b: 2", "2 others: 3", "a: 4"]
