"""The numbers behind each chart are those of the plan."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from engine.charts import charts, flows, prices, quota_use, season_calendar
from engine.charts.colours import country_colours
from engine.charts.largest_groups import largest_groups
from engine.charts.plan_view import NARROW, WIDE, PlanView
from engine.charts.report import picture
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
    assert {"flows", "prices", "quota_use", "season_calendar"} <= set(charts())


@pytest.mark.parametrize("chart", charts().values(), ids=lambda chart: str(chart.NAME))
@pytest.mark.parametrize("language", languages())
def test_each_chart_is_titled_and_described_in_each_language(
    view: PlanView, empty: PlanView, chart: ModuleType, language: str
) -> None:
    """With and without placements the title stands in the language asked, and a description beside it."""
    for seen in (view, empty, replace(view, width=NARROW), replace(empty, width=NARROW)):
        drawn = chart.draw(replace(seen, language=language)).to_dict()
        assert " ".join(drawn["title"]["text"]) == worded(chart.TITLE, language)
        assert drawn["description"].startswith(worded(chart.TITLE, language))


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


def test_quota_use_has_every_cap_that_is_no_household(view: PlanView) -> None:
    """The rows are the caps of prices.csv, the fullest first; of households, crews, beds and places there is none."""
    table = quota_use.caps(view)
    own = [
        row
        for row in view.prices.to_pylist()
        if row["clause_id"] not in ("headcount", "beds", "min_crew") and row["count"]
    ]
    expected = {row["limit"] for row in own if "household_id=" not in row["limit"]}
    assert len(own) > len(expected) > 0
    assert set(table["limit"]) == expected
    assert table["share"].is_monotonic_decreasing and table["share"].max() <= 1


def test_a_cap_by_day_is_shown_by_its_fullest_day(view: PlanView) -> None:
    """Days of one cap are one bar, its periods are not; a cap of nobody is closed and no bar."""
    rows = price_table(
        ("A|present|2026-05-01", "present", "A 2026-05-01", 3.0, 10, 0.0),
        ("A|present|2026-06-01", "present", "A 2026-06-01", 7.0, 10, 0.0),
        ("A|halves|2026-01-01..2026-06-30", "halves", "A 2026-01-01..2026-06-30", 1.0, 4, 0.0),
        ("A|halves|2026-07-01..2026-12-31", "halves", "A 2026-07-01..2026-12-31", 0.0, 4, 0.0),
        ("A|closed", "closed", "A", 0.0, 0, 0.0),
        ("min_crew|O1", "min_crew", "O1", 3.0, 3, 2.0),
    )
    seen = replace(view, prices=rows)
    assert list(quota_use.caps(seen)["share"]) == [0.7, 0.25, 0.0]
    assert list(quota_use.caps(seen)["label"])[:2] == [
        "present · A · 2026-06-01",
        "halves · A · 2026-01-01 to 2026-06-30",
    ]
    subtitle = " ".join(quota_use.draw(seen).to_dict()["title"]["subtitle"])
    assert "0 of 3 caps and set-asides are used up" in subtitle
    assert "Closed, with no place at all: A · closed." in subtitle


def test_an_agreement_is_told_by_its_countries(view: PlanView) -> None:
    """A clause of an agreement names them, in the language asked, and the agreement's id."""
    rows = price_table(("GT-ES-gecco-2026|newcomers", "newcomers", "GT-ES-gecco-2026", 1.0, 2, 0.0))
    told = quota_use.caps(replace(view, prices=rows, language="es"))["label"][0]
    assert told == "Guatemala → España · newcomers (GT-ES-gecco-2026)"


def test_what_is_not_shown_is_told(view: PlanView) -> None:
    """Of a clause by region three bars are shown; the note counts the others under the clause's name."""
    names = [f"A|zones|origin_region=R{i}" for i in range(30)]
    rows = price_table(*((name, "zones", f"A origin_region=R{i}", 1.0, 1, 0.0) for i, name in enumerate(names)))
    drawn = quota_use.draw(replace(view, prices=rows)).to_dict()
    assert "30 of 30" in drawn["title"]["subtitle"][0]
    assert "Not shown: A · zones (27)." in drawn["title"]["subtitle"]
    assert {row["label"] for row in drawn["datasets"][drawn["data"]["name"]]} == {
        f"zones · A · R{i}" for i in (0, 1, 10)
    }


def test_no_household_is_shown(view: PlanView) -> None:
    """How many are at their limit is counted by hand and told; no chart holds the id of one, used up or priced."""
    names = [f"A|families|household_id=HOUSE{i}" for i in range(30)]
    scopes = [f"A household_id=HOUSE{i}" for i in range(30)]
    rows = [(name, "families", scopes[i], float(i < 7), 1, 2.0 * i) for i, name in enumerate(names)]
    seen = replace(view, prices=price_table(*rows))
    for width in (WIDE, NARROW):
        told = json.dumps([chart.draw(replace(seen, width=width)).to_dict() for chart in charts().values()])
        assert "HOUSE" not in told
        assert "7 of 30" in told
    table = prices.priced_limits(seen)
    assert list(table["price"]) == [58.0] and "household" in table["label"][0]
    assert not {
        row["scope"].partition("=")[2] for row in view.prices.to_pylist() if "household_id=" in row["scope"]
    } & set(re.findall(r"\w+", json.dumps([chart.draw(view).to_dict() for chart in charts().values()])))


def test_prices_are_all_limits_with_a_price(view: PlanView) -> None:
    """Nothing with a price is missing, nothing without one is there, and clauses come before beds and places."""
    table = prices.priced_limits(view)
    best: dict[str, float] = {}
    for row in view.prices.to_pylist():
        if row["price"] > 0 and row["clause_id"] != "min_crew":
            parts = row["limit"].split("|")
            alike = row["clause_id"] == "beds" or "household_id=" in row["limit"]
            name = "|".join(parts[:-1]) if alike else row["limit"]
            best[name] = max(row["price"], best.get(name, 0.0))
    assert len(best) > 0
    assert sorted(table["price"]) == sorted(best.values())
    kind = [
        0 if of_clause else 1 if name.startswith("beds|") else 2
        for of_clause, name in zip(table["of_clause"], table["limit"], strict=True)
    ]
    assert kind == sorted(kind)
    for each in set(kind):
        assert table["price"][[one == each for one in kind]].is_monotonic_decreasing
    unit = dict(zip(table["limit"], table["unit"], strict=True))
    assert all((unit[name] == "place of an order") == name.startswith("headcount|") for name in unit)


def test_prices_are_told_in_weeks_and_people_of_the_plan(season: Path, view: PlanView) -> None:
    """Recomputed from the plan's files alone, in the chart as in prices.csv, whose rows begin with clauses."""
    placements = list(csv.DictReader((season / "plan" / "placements.csv").open()))
    rows = list(csv.DictReader((season / "plan" / "prices.csv").open()))
    certificate = json.loads((season / "plan" / "certificate.json").read_text())
    days = [
        (date.fromisoformat(row["end_date"]) - date.fromisoformat(row["start_date"])).days + 1 for row in placements
    ]
    of_week = certificate["objective"] / (sum(days) / 7)
    of_person = certificate["objective"] / len({row["worker_id"] for row in placements})
    slack = certificate["price_bound"] - certificate["objective"]
    ranks = []
    for row in rows:
        ranks.append({"beds": 1, "headcount": 2, "min_crew": 3}.get(row["clause_id"], 0))
        if row["clause_id"] == "min_crew":
            assert row["gain_at_most"] == row["price_in_weeks"] == row["price_in_people"] == ""
            continue
        price = float(row["price"])
        assert float(row["price_in_weeks"]) == pytest.approx(price / of_week, abs=1e-6)
        assert float(row["price_in_people"]) == pytest.approx(price / of_person, abs=1e-6)
        assert float(row["gain_at_most"]) == pytest.approx(slack + price, abs=1e-6)
    assert ranks == sorted(ranks) and set(ranks) >= {0, 1, 2}
    table = prices.priced_limits(view)
    assert list(table["weeks"]) == pytest.approx(list(table["price"] / of_week))
    assert list(table["people"]) == pytest.approx(list(table["price"] / of_person))
    subtitle = " ".join(prices.draw(view).to_dict()["title"]["subtitle"])
    assert f"at most the bar and {slack / of_week:,.1f} weeks more" in subtitle


def test_bars_that_would_be_told_as_nothing_are_counted(view: PlanView) -> None:
    """No bar of 0.0 weeks is drawn; the note says how many there are."""
    rows = price_table(
        ("A|one", "one", "A", 5.0, 5, 40.0),
        *((f"A|small{i}", f"small{i}", "A", 5.0, 5, 1e-4) for i in range(8)),
    )
    drawn = prices.draw(replace(view, prices=rows)).to_dict()
    shown = [row["text"] for data in drawn["datasets"].values() for row in data]
    assert len(shown) == 1 and not shown[0].startswith("0.0 ")
    assert "8 are worth less than 0.05 weeks" in " ".join(drawn["title"]["subtitle"])


def test_what_a_crew_asks_is_no_limit_to_widen(view: PlanView) -> None:
    """An order's crew has prices but no unit more; the rows of other limits stay."""
    rows = price_table(
        ("link|W1|O1", "min_crew", "W1 O1", 0.0, None, 6.4),
        ("min_crew|O1", "min_crew", "O1", 3.0, 4.0, 2.0),
        ("headcount|O1", "headcount", "O1", 3.0, 3.0, 1.0),
        ("min_crew", "min_crew", "", 3.0, 3.0, 0.5),
    )
    told = prices.priced_limits(replace(view, prices=rows))
    assert list(told["limit"]) == ["min_crew", "headcount|O1"]  # a clause of that name is a clause


def test_a_share_has_its_own_unit(view: PlanView) -> None:
    """A limit without a count is a share: its price is per placement of slack."""
    rows = price_table(("A|women|min_share", "women", "A min_share", 0.0, None, 2.5))
    table = prices.priced_limits(replace(view, prices=rows, language="es"))
    assert list(table["unit"]) == ["colocación de holgura en una proporción"]
    assert list(table["label"]) == ["women · A · proporción mínima"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_charts_keep_to_their_width_with_letters_that_can_be_read(view: PlanView, language: str, width: int) -> None:
    """The picture is hardly wider than asked, on a telephone at most 320 pixels, and no letter is below 10."""
    for name, chart in charts().items():
        svg = picture(chart.draw(replace(view, width=width, language=language)).to_dict(), language)
        size = re.match(r'<svg[^>]* width="([\d.]+)"', svg)
        assert size is not None and float(size[1]) <= width + 20, name
        letters = [float(found) for found in re.findall(r'font-size="([\d.]+)px"', svg)]
        assert letters and min(letters) >= 10, name


def test_a_country_has_one_colour_whatever_the_plan(view: PlanView, empty: PlanView) -> None:
    """The same in every plan and language, apart from each other, and not moved by another country's name."""
    colours = country_colours(view)
    codes = set(view.programme.orders.labels("destination_country").text())
    assert codes <= set(colours) and len(set(colours.values())) == len(colours)
    assert country_colours(empty) == country_colours(replace(view, language="fr", width=NARROW)) == colours
    spain = [agreement for agreement in view.programme.agreements if agreement.destination != "CA"]
    fewer = country_colours(replace(view, programme=replace(view.programme, agreements=tuple(spain))))
    assert all(fewer[code] == colours[code] for code in ("US", "ES"))
    drawn = season_calendar.draw(replace(view, language="es")).to_dict()
    scale = drawn["layer"][0]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True))["Estados Unidos"] == colours["US"]


def test_the_rest_is_one_group_and_keeps_the_sum() -> None:
    """Beyond the largest, all names are one label that says how many they are; ties fall by name."""
    names = np.array(["c", "a", "b", "d", "a"], dtype=object)
    grouped = largest_groups(names, np.array([2.0, 3.0, 2.0, 1.0, 1.0]), 2, "{} others".format, totals=True)
    assert grouped.labels == ["a: 4", "b: 2", "2 others: 3"]
    assert list(grouped.group) == ["2 others: 3", "a: 4", "b: 2", "2 others: 3", "a: 4"]
