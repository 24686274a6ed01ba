"""Charts and pages of what-ifs and sweeps: right numbers with their units, the base marked, in the language asked."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from engine.charts.plan_view import NARROW, WIDE
from engine.charts.report import picture
from engine.charts.what_ifs import charts_over, curve, differences, heat_map
from engine.charts.what_ifs.page import write_what_ifs
from engine.charts.what_ifs.view import BranchesView, SweepAxis
from engine.cli import app
from engine.face.what_ifs import Comparison
from engine.planning.branches import Outcome
from engine.planning.commands import register
from engine.planning.measures import MEASURES
from engine.planning.pictures import measures_in
from engine.planning.sweep import Axis, Sweep
from engine.programme import Programme, read_programme
from engine.programme.edits import Edits, leaves_as_it_is
from engine.words.catalogue import languages
from engine.words.pseudo import ACCENTED
from engine.words.wording import worded
from scenarios.presets import northern_triangle

register(app)
GROUPS: Mapping[str, Mapping[str, tuple[int, float]]] = {
    "origin_country": {"GT": (10, 1.0), "HN": (4, 1.0)},
    "origin_region": {"GT-01": (10, 1.0)},
    "destination_country": {"ES": (14, 2.0)},
    "sector": {"A01": (14, 2.0)},
}


def outcome(identifier: str, people: float, **others: Any) -> Outcome:
    """A branch that places so many people; all other measures are a hundred."""
    totals = dict.fromkeys(MEASURES, 100.0) | {"workers": people}
    totals |= {name: others.pop(name) for name in list(others) if name in MEASURES}
    title = others.pop("title", f"What if {identifier}")
    return Outcome(identifier, title, totals, GROUPS, totals["objective"], 0.0, "optimal", **others)


@pytest.fixture
def compared() -> BranchesView:
    """Two branches that change something, one that changes nothing, and one without a plan."""
    failed = Outcome("wrong", "An unknown agreement", failure="There is no agreement XX.")
    moved = replace(outcome("less", 12.0), groups={**GROUPS, "origin_country": {"GT": (11, 1.0), "HN": (1, 1.0)}})
    branches = [outcome("more", 17.0, net_income=150.0), moved, outcome("same", 14.0), failed]
    return BranchesView(outcome("base", 14.0, title="Season 2026"), branches, measures_in("EUR"))


def points(values: Mapping[tuple[Any, ...], float], base: float, *axes: SweepAxis) -> BranchesView:
    """A sweep in which so many people are placed at each point; a negative number stands for no plan."""
    found = [
        Outcome(str(at), str(at), failure="no plan") if people < 0 else outcome(str(at), people)
        for at, people in values.items()
    ]
    return BranchesView(outcome("base", base, title="Season 2026"), found, measures_in("EUR"), axes)


def texts_of(drawing: Any) -> str:
    """All that a drawing says above itself."""
    return " ".join(drawing["title"]["subtitle"])


@pytest.mark.parametrize("language", [*languages(), ACCENTED])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("axes", [0, 1, 2])
def test_every_chart_keeps_to_its_width_and_language(
    compared: BranchesView, language: str, width: int, axes: int
) -> None:
    """Titled in the language asked, at most 320 pixels on a telephone, with letters that can be read."""
    across, up = SweepAxis("share", [Decimal("0.5"), Decimal(1), Decimal("1.5")], 1), SweepAxis("days", [0, 14], 0)
    grid = {(a, b): 10.0 + 3 * a + b for a in range(3) for b in range(2)}
    view = (compared, points({(a,): 9.0 * a for a in range(3)}, 9.0, across), points(grid, 13.0, across, up))[axes]
    for module in charts_over(axes):
        drawn = module.draw(replace(view, language=language, width=width)).to_dict()
        assert " ".join(drawn["title"]["text"]) == worded(module.TITLE, language)
        svg = picture(drawn, language)
        size = re.match(r'<svg[^>]* width="([\d.]+)"', svg)
        assert size is not None and float(size[1]) <= width + 20
        assert min(float(found) for found in re.findall(r'font-size="([\d.]+)px"', svg)) >= 10


def test_each_chart_of_what_ifs_is_one_file() -> None:
    """They are found by looking, by how many things vary."""
    assert [list(charts_over(axes)) for axes in range(3)] == [[differences], [curve], [heat_map]]


def test_differences_are_told_in_their_own_unit(compared: BranchesView) -> None:
    """Bars of what a branch changes, with the base in the heading; what changes nothing is said and not drawn."""
    table = differences.changes(compared)
    told = {(row.label, row.measure): (row.change, row.text) for row in table.itertuples()}
    assert told == {
        ("What if more", "workers"): (3.0, "+3 (+21.4%)"),
        ("What if less", "workers"): (-2.0, "-2 (-14.3%)"),
        ("What if more", "net_income"): (50.0, "+50 (+50.0%)"),
    }
    drawn = differences.draw(compared).to_dict()
    assert [" ".join(panel["title"]["text"]) for panel in drawn["vconcat"]] == [
        "Workers placed: as it is 14 people",
        "Net income: as it is 100 EUR",
    ]
    assert [panel["layer"][0]["encoding"]["x"]["title"] for panel in drawn["vconcat"]] == [["people"], ["EUR"]]
    notes = texts_of(drawn)
    assert "Without any effect: What if same." in notes and "Without a plan, hence not drawn: An unknown" in notes
    assert "The same in all of them: paid weeks: 100; recalls kept: 100" in notes


def test_a_curve_marks_the_base_and_tells_both_ends() -> None:
    """The dashed line is the base's value, the ring its point, and each end says what it has more than the base."""
    view = points({(0,): 10.0, (1,): 14.0, (2,): -1.0, (3,): 15.0}, 14.0, SweepAxis("times", [0.5, 1.0, 1.5, 2.0], 1))
    table = curve.points(view)
    assert list(zip(table["at"], table["value"], table["change"], strict=True)) == [
        (0.5, 10.0, -4.0),
        (1.0, 14.0, 0.0),
        (2.0, 15.0, 1.0),
    ]
    drawn = curve.draw(view).to_dict()
    rows = [row for data in drawn["datasets"].values() for row in data]
    assert {row["end"] for row in rows if "end" in row} == {"-4", "+1"}
    assert [row for row in rows if set(row) == {"value"}] == [{"value": 14.0}]
    ringed = [
        row["at"]
        for data in drawn["datasets"].values()
        if len(data) == 1
        for row in data
        if "at" in row and "end" not in row
    ]
    assert ringed == [1.0]
    assert "Without a plan, hence not drawn: (2,)" in texts_of(drawn)


def test_a_sweep_draws_whatever_it_changes() -> None:
    """Placements that stay as they are are told, not drawn as a flat line in place of what changes."""
    view = points({(0,): 10.0, (1,): 14.0}, 14.0, SweepAxis("times", [0.5, 1.0], 1))
    assert [measure.name for measure in view.changing()] == ["workers"]
    assert "paid weeks: 100" in texts_of(curve.draw(view).to_dict())
    flat = curve.draw(points({(0,): 14.0, (1,): 14.0}, 14.0, SweepAxis("times", [0.5, 1.0], 1))).to_dict()
    assert "The sweep changes nothing." in json.dumps(flat).replace("\\n", " ")


def test_a_heat_map_frames_the_base() -> None:
    """Cells hold differences from the base; the one that is as it is has the frame, and else the chart says none is."""
    values = {(a, b): 10.0 + 3 * a + b for a in range(2) for b in range(2)}
    across, up = SweepAxis("share", [0.5, 1.0], 1), SweepAxis("days", [0, 14], 0)
    view = points(values, 13.0, across, up)
    table = heat_map.points(view)
    told = {(row.across, row.up): (row.change, row.base) for row in table.itertuples()}
    assert told == {
        ("0.5", "0"): (-3.0, False),
        ("0.5", "14"): (-2.0, False),
        ("1.0", "0"): (0.0, True),
        ("1.0", "14"): (1.0, False),
    }
    assert "The cell with a frame is as it is." in texts_of(heat_map.draw(view).to_dict())
    elsewhere = replace(view, axes=(replace(across, base=None), up))
    assert not heat_map.points(elsewhere)["base"].any()
    assert "No point of the sweep is as it is." in texts_of(heat_map.draw(elsewhere).to_dict())


def test_the_page_compares_with_the_base(compared: BranchesView, tmp_path: Path) -> None:
    """Heading, the base first, units in the headings, differences, failures, and who gains and loses by name."""
    write_what_ifs(replace(compared, language="es"), tmp_path, "comparison", "Hipótesis")
    assert {path.name for path in tmp_path.iterdir()} == {
        f"comparison.{ending}" for ending in ("html", "png", "svg", "narrow.svg")
    }
    text = (tmp_path / "comparison.html").read_text("utf-8")
    body = re.sub(r"<script.*?</script>|<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert '<html lang="es">' in body and "<h1>Hipótesis</h1>" in body and "Season 2026" in body
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    assert "(EUR)" in rows[0] and 'class="base"' in rows[1]
    assert ">14<" in rows[1] and re.search(r">17<br><small>\+3 \(\+21[.,]4\s?%\)<", rows[2])
    assert "There is no agreement XX." in rows[5] and len(rows) == 6
    assert "Honduras -3" in body and "Guatemala +1" in body


def season(folder: Path) -> Programme:
    """A small season, on disk and read."""
    northern_triangle.build(120, 1).write(folder)
    return read_programme(folder)


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """A small season."""
    return season(tmp_path_factory.mktemp("programme") / "p")


def test_the_point_that_is_as_it_is_is_found(programme: Programme) -> None:
    """By what the edit says, not by what its plan is worth."""
    own: dict[str, Any] = {"agreement": "GT-US-h2a-2026", "clause": "capacity"}
    texts = next(text for text in programme.texts.values() if text.get("id") == "GT-US-h2a-2026")
    count = next(clause["count"] for clause in texts["clause"] if clause["id"] == "capacity")
    fill = programme.settings.weights["fill"]
    same: list[dict[str, Any]] = [
        own | {"scale": {"count": Decimal(1)}},
        own | {"count": count},
        own | {"add": {"count": 0}},
        {"weights": {"fill": fill}},
        {"table": "workers", "keep": Decimal("1.0")},
        {"table": "orders", "add": {"start_date": 0, "end_date": 0}},
    ]
    other: list[dict[str, Any]] = [
        own | {"scale": {"count": Decimal("1.5")}},
        own | {"count": count + 1},
        own | {"suspend": True},
        {"weights": {"fill": fill + 1}},
        {"table": "workers", "keep": Decimal("0.9")},
        {"table": "orders", "add": {"start_date": 0, "end_date": 7}},
        {"table": "orders", "set": {"headcount": 3}},
        {"agreement": "XX", "suspend": True},
    ]
    assert all(leaves_as_it_is(programme, entry) for entry in same)
    assert not any(leaves_as_it_is(programme, entry) for entry in other)
    axis = Axis("times", own | {"scale": {"count": "VALUE"}}, (Decimal("0.5"), Decimal(1), Decimal(2)))
    assert Sweep(Edits("s", "", ()), (axis,)).as_it_is(programme) == [1]
    assert Sweep(Edits("s", "", (other[0],)), (axis,)).as_it_is(programme) == [None]


def test_a_sweep_says_what_each_end_gains_over_the_plan(tmp_path: Path) -> None:
    """In its table, on the page and in the terminal: the difference of the objectives, and the most that it can be."""
    northern_triangle.build(120, 1).write(tmp_path / "p")
    (tmp_path / "s.toml").write_text(
        'title = "A smaller register"\n[[vary]]\nname = "share"\n'
        'edit = { table = "workers", keep = "VALUE" }\nvalues = [1.0, 0.5]\n'
    )
    ran = CliRunner().invoke(app, ["sweep", str(tmp_path / "p"), str(tmp_path / "s.toml"), str(tmp_path / "out")])
    assert ran.exit_code == 0, ran.output
    rows = list(csv.DictReader((tmp_path / "out" / "sweep.csv").open()))
    base = float(rows[0]["objective"])
    for row in rows:
        assert float(row["objective_difference"]) == pytest.approx(float(row["objective"]) - base)
        assert float(row["gain_at_most"]) == pytest.approx(max(0.0, float(row["bound"]) - base))
        assert f"{float(row['objective']) - base:+,.1f}" in ran.stdout.replace("-0.0", "+0.0")
        assert f"{int(float(row['workers'])):,}" in ran.stdout
    page = (tmp_path / "out" / "sweep.html").read_text("utf-8")
    assert "<h1>A smaller register</h1>" in page
    lost = int(float(rows[1]["workers"]) - float(rows[0]["workers"]))
    assert lost < 0 and f"<small>{lost} (" in page


def test_a_comparison_in_python_writes_its_page_in_a_language(
    programme: Programme, compared: BranchesView, tmp_path: Path
) -> None:
    """The same page as the command's."""
    sound = Comparison(programme, compared.base, compared.sound)
    page = (sound.to_folder(tmp_path / "out", "fr") / "comparison.html").read_text("utf-8")
    assert '<html lang="fr">' in page and "What if" in page and "(USD)" in page
