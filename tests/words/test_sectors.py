"""Sectors by name: every section and division of ISIC Rev. 4, in each language that is spoken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import engine.words
from engine.clauses.vocabulary import value_in_words
from engine.words.catalogue import languages
from engine.words.names import name_in, sector
from scenarios.calibration import table
from scenarios.trades import SECTOR_OF_PREFIX

LINES = (Path(engine.words.__file__).with_name("isic.tsv")).read_text("utf-8").splitlines()
HEAD, *ROWS = (line.split("\t") for line in LINES)


def test_the_classification_is_whole() -> None:
    """21 sections and 88 divisions, each with a name in each language, and each division within its section."""
    codes = [row[0] for row in ROWS]
    assert ["code", *languages()] == HEAD
    assert [code for code in codes if len(code) == 1] == list("ABCDEFGHIJKLMNOPQRSTU")
    divisions = [code for code in codes if len(code) == 3]
    assert len(divisions) == len(set(divisions)) == 88 and len(codes) == 109
    assert [int(code[1:]) for code in divisions] == sorted(int(code[1:]) for code in divisions)
    assert all(len(row) == len(HEAD) and all(row) for row in ROWS)


@pytest.mark.parametrize(
    ("code", "locale", "right"),
    [
        ("A01", "en", "Crop and animal production (A01)"),
        ("A01", "es_419", "Agricultura, ganadería, caza (A01)"),
        ("A01", "fr", "Culture et production animale (A01)"),
        ("A0113", "en", "Crop and animal production (A0113)"),
        ("I", "fr", "Activités d'hébergement et de restauration (I)"),
        ("A1", "en", "Agriculture, forestry and fishing (A1)"),
        ("farming", "en", "farming"),
        ("Z9", "es", "Z9"),
    ],
)
def test_a_sector_is_told_by_its_name_with_its_code(code: str, locale: str, right: str) -> None:
    """By the division or the section that it is in; what is no code of ISIC stays as it is."""
    assert name_in(sector(code), locale) == right


def test_what_programmes_of_ours_hold_has_names() -> None:
    """The sectors that presets draw and imports write."""
    used = {*SECTOR_OF_PREFIX.values(), *table("naics_isic").isic}
    assert not {code for code in used if not re.search(rf" \({code}\)$", name_in(sector(code), "en"))}
    assert value_in_words("sector", "A01") == sector("A01")
