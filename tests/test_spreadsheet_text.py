"""No table that is made for people holds a text that a spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.branches import Outcome
from engine.planning.comparison import write_comparison
from engine.planning.measures import MEASURES
from engine.programme import read_programme
from engine.spreadsheet_text import neutral, neutral_table
from scenarios.preset import load_preset

HOSTILE = st.text("=+-@\t\r1.e|ab", max_size=6)


def _is_formula(text: str) -> bool:
    """Whether a cell is one; a number with its sign is a number."""
    if text[:1] not in ("=", "+", "-", "@", "\t", "\r"):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return "_" in text


@given(st.lists(HOSTILE, min_size=1))
def test_no_cell_of_a_table_begins_like_a_formula(texts: list[str]) -> None:
    """Whatever the texts are, headings included; a text that is neutral stays as it is, and so do numbers."""
    table = neutral_table(pa.table({"=heading": pa.array(texts, pa.string()), "n": list(range(len(texts)))}))
    assert not any(_is_formula(name) for name in table.column_names)
    assert not any(_is_formula(text) for text in table.columns[0].to_pylist())
    assert [neutral(text) for text in texts] == table.columns[0].to_pylist()
    assert neutral("-5") == "-5" and neutral(-5) == -5 and neutral("a=b") == "a=b"


def test_a_comparison_of_hostile_names_holds_no_formula() -> None:
    """Ids, titles and failures of branches are texts that somebody typed."""
    totals = dict.fromkeys(MEASURES, 1.0)
    base = Outcome(id="base", title="", status="optimal", totals=totals)
    branch = Outcome(id="=1+1", title="@SUM(A1)", status="-x", totals=totals, failure="+1+1")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "programme")
        load_preset("northern-triangle").build(20, 1).write(folder)
        write_comparison(Path(place), read_programme(folder), base, [branch], "en")
        for path in Path(place).glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                cells = [cell for row in csv.reader(file) for cell in row]
            assert cells and not any(_is_formula(cell) for cell in cells), path.name
