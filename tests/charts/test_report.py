"""The report is real pictures and one page that loads nothing."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine.charts import charts
from engine.charts.plan_view import PlanView
from engine.charts.report import write_report
from engine.errors import CallError
from engine.words.names import name_in, sector
from engine.words.pseudo import ACCENTED

LOADING = {"src", "srcset", "href", "xlink:href", "data", "poster", "action", "background", "manifest"}


class Page(HTMLParser):
    """What the tests look at: references that a browser would load, headings, texts, scripts by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str] = []
        self.tags: list[str] = []
        self.policy = ""
        self.text: list[str] = []
        self.scripts: dict[str, str] = {}
        self.styles: list[str] = []
        self._inside: tuple[str, str] = ("", "")
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and what it refers to."""
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.references += [value for name, value in given.items() if name in LOADING]
        self.styles.append(given.get("style", ""))
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        self._inside = (tag, given.get("id", ""))

    def handle_endtag(self, tag: str) -> None:
        """What follows an element is no longer inside it."""
        self._inside = ("", "")

    def handle_data(self, data: str) -> None:
        """Note text, styles and scripts."""
        tag, name = self._inside
        if tag == "script":
            self.scripts[name] = self.scripts.get(name, "") + data
        elif tag == "style":
            self.styles.append(data)
        else:
            self.text.append(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the report of the module is."""
    return tmp_path_factory.mktemp("report") / "report"


@pytest.fixture
def report(view: PlanView, folder: Path) -> Path:
    """The page of the small plan, written once."""
    return folder / "report.html" if folder.exists() else write_report(view, folder)


def png_size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG; its signature must be right."""
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n" and content[-8:-4] == b"IEND"
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def test_every_chart_is_a_png_and_an_svg(report: Path) -> None:
    """The pictures are of a size that can be read and fits a slide, and hold more than a blank sheet."""
    for name in charts():
        width, height = png_size(report.parent / f"{name}.png")
        assert 600 <= width <= 4000 and 400 <= height <= 4000
        assert (report.parent / f"{name}.png").stat().st_size > 20_000
        assert (report.parent / f"{name}.svg").read_text("utf-8").startswith("<svg")
        narrow = (report.parent / f"{name}.narrow.svg").read_text("utf-8")
        drawn = re.search(r'<svg[^>]* width="(\d+)', narrow)
        assert drawn and int(drawn[1]) <= 360  # a telephone shows it whole, and its letters as they were drawn


def test_the_folder_holds_nothing_else(report: Path) -> None:
    """Three pictures a chart and the page, no leftovers of writing aside."""
    assert len(list(report.parent.iterdir())) == 3 * len(charts()) + 1
    assert [path.name for path in report.parent.parent.iterdir()] == [report.parent.name]


def test_the_page_loads_nothing(report: Path) -> None:
    """No attribute or style refers to an address, and the page's own policy forbids to load anything."""
    page = Page(report.read_text("utf-8"))
    assert page.references == []
    assert "link" not in page.tags and "iframe" not in page.tags and "img" not in page.tags
    assert not any(re.search(r"url\s*\(\s*['\"]?(?!#)|@import", style) for style in page.styles)
    assert page.policy.startswith("default-src 'none'") and "http" not in page.policy


def test_the_page_holds_no_address_beyond_names(report: Path) -> None:
    """Outside the runtime only names of XML and JSON vocabularies look like addresses; charts bring their data."""
    text = report.read_text("utf-8")
    page = Page(text)
    rest = text.replace(page.scripts[""], "")
    addresses = set(re.findall(r"https?://[^\s\"'<>\\]+", rest))
    assert all(address.startswith(("http://www.w3.org/", "https://vega.github.io/schema/")) for address in addresses)
    specifications = json.loads(page.scripts["chart-specifications"])
    assert list(specifications) == list(charts())
    assert '"url"' not in page.scripts["chart-specifications"]


def test_the_runtime_is_the_installed_one(report: Path) -> None:
    """Vega comes from vl_convert and draws with tooltips; nothing of it ends the script element early."""
    script = Page(report.read_text("utf-8")).scripts[""]
    assert len(script) > 500_000 and "drawCharts" in script
    assert script.rstrip().endswith("window.drawCharts();")


def test_the_page_says_what_was_proven(report: Path, view: PlanView) -> None:
    """Status, objective, bound, gap, placements, pairs and checks stand in the certificate box."""
    certificate, text = view.certificate, " ".join(Page(report.read_text("utf-8")).text)
    assert f"{certificate['objective']:,.3f}" in text and f"{certificate['bound']:,.3f}" in text
    assert f"{certificate['gap']:.4%}" in text
    assert f"{certificate['eligible_pairs']:,}" in text and f"{certificate['placements']:,}" in text
    checked = sum(check["checked"] for check in certificate["checks"])
    assert re.search(rf"{checked:,} checks of\s+{len(certificate['checks'])} rules, 0 broken", text)
    assert "never decides who may migrate" in text and "no worker is charged" in text


def test_the_page_has_a_heading_for_each_chart_and_the_tables(report: Path) -> None:
    """People who listen to the page find every chart and table."""
    page = Page(report.read_text("utf-8"))
    assert page.tags.count("h3") == len(charts()) and page.tags.count("h1") == 1
    assert page.tags.count("caption") == page.tags.count("table") == 5


def test_the_page_brings_each_chart_for_a_desk_and_for_a_telephone(report: Path) -> None:
    """Both are drawn in place, the narrow one never made smaller than it is, and one of them is shown at a time."""
    text = report.read_text("utf-8")
    specifications = json.loads(Page(text).scripts["chart-specifications"])
    for name in charts():
        assert list(specifications[name]) == ["wide", "narrow"]
        assert all(text.count(f'id="chart-{name}-{width}"><svg') == 1 for width in specifications[name])
    assert ".narrow svg { min-width: 100%" in text and ".narrow { display: none; }" in text


def test_the_page_says_its_units_and_negotiates_first(report: Path, view: PlanView) -> None:
    """Values are weighted weeks; the table begins with clauses and their sources, and names no household."""
    text = " ".join(" ".join(Page(report.read_text("utf-8")).text).split())
    assert f"{view.certificate['objective']:,.3f} weighted weeks" in text
    assert "each paid week of a placement counts by what the programme weighs (places filled 1" in text
    last = text.index("What one more of each is worth at most")
    priced = [row for row in view.prices.to_pylist() if row["price"] > 0]
    clauses = [row["clause_id"] for row in priced if row["clause_id"] not in ("headcount", "beds", "min_crew")]
    assert clauses and all(text.index(clause, last) < text.index("Places of order", last) for clause in clauses)
    households = {row["scope"].partition("household_id=")[2] for row in priced} - {""}
    assert households and not any(re.search(rf"\b{re.escape(one)}\b", text) for one in households)


def test_the_page_can_be_spanish(view: PlanView, tmp_path: Path) -> None:
    """With language es no English heading is left."""
    page = write_report(view, tmp_path / "informe", "es").read_text("utf-8")
    assert (
        '<html lang="es">' in page and "Cota demostrada" in page and "nunca decide quién puede migrar" in page.lower()
    )
    assert "Proven bound" not in page and "Paid weeks" not in page and "People abroad" not in page


def test_the_page_says_nothing_that_is_not_in_the_catalogue(view: PlanView, tmp_path: Path) -> None:
    """In a language that nobody speaks each text of the page is bracketed, but names, ids and numbers."""
    folder = tmp_path / "report"
    page = Page(write_report(view, folder, ACCENTED).read_text("utf-8"))
    theirs = [view.programme.settings.title, *map(str, view.certificate.values())]
    theirs += [text for clause in view.programme.all_clauses() for text in (clause.id, clause.source)]
    theirs += [name_in(sector(code), "en") for code in view.programme.orders.labels("sector").names]
    own = set(re.findall(r"[A-Za-z]+", " ".join(theirs)))
    plain = set(re.findall(r"(?<![\w.-])[a-z]{3,}(?![\w.-])", " ".join(page.text)))
    assert not {word for word in plain if set(word) - set("fmqvx")} - own


def test_an_empty_plan_has_a_report(empty: PlanView, tmp_path: Path) -> None:
    """Without placements and limits every chart is there and says why it is empty."""
    page = write_report(empty, tmp_path / "report").read_text("utf-8")
    for note in ("The plan holds no placement.", "No limit has a price", "The programme has no cap with places."):
        assert note in page
    for name in charts():
        assert png_size(tmp_path / "report" / f"{name}.png")[0] > 400


def test_text_of_the_programme_is_escaped(view: PlanView, tmp_path: Path) -> None:
    """A title or an id with markup in it stays text, in the page and in the scripts."""
    settings = replace(view.programme.settings, title="</script><script>alert(1)</script>")
    hostile = replace(view, programme=replace(view.programme, settings=settings))
    page = write_report(hostile, tmp_path / "report").read_text("utf-8")
    assert "<script>alert" not in page and "&lt;/script&gt;" in page


def test_an_occupied_folder_is_left_alone(view: PlanView, tmp_path: Path) -> None:
    """A folder that is not empty is refused and stays as it was."""
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(CallError, match="not empty"):
        write_report(view, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
