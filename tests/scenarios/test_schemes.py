"""Every scheme's file is a text that keeps its own examples, and a season that matches to a proved optimum."""

from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from draft_checks import assert_consistent

from engine.agreements.agreement_text import texts_of
from engine.agreements.lint import lint
from engine.agreements.trial import try_examples
from engine.errors import CallError
from engine.programme import Programme
from engine.run import Options, match_read
from scenarios import catalogue, schemes
from scenarios.preset import Draft
from scenarios.presets import of_schemes
from scenarios.scheme_preset import SchemePreset, preset_name
from scenarios.scheme_season import read_season

NAMES = list(catalogue.seasons())
WORKERS = 300
PARAGUAY = """
title = "A scheme of one file"
sectors = ["A01"]
source = "A text"
clause = [{ id = "quota", kind = "cap", over_all = true, count = 100, source = "Art. 1", source_kind = "text of law" }]
examples = []

[season]
as_of = 2025-11-03
begins = 2026-01-01
positions = 1000
currency = "EUR"
usd = 0.9
reference_weekly_income = 400
occupations = { 9211 = 1.0 }
speaking = { de = [0.7, 0.3] }
campaigns = [{ share = 1.0, start_week = 10, start_spread = 2, weeks = 12, weeks_spread = 2 }]
origins = { PY = { share = 1.0, native = "gn" } }
destinations = { AT = { share = 1.0, regions = { AT-3 = 1.0 }, wage = 12.0, language = "de" } }
"""


@cache
def built(name: str) -> Draft:
    return SchemePreset(name, "").build(WORKERS, 0)


def different_agreements(draft: Draft) -> dict[str, dict[str, Any]]:
    """One agreement for each set of clauses: origins whose clauses are alike are tried once."""
    found = {str(one["clause"]): one for one in reversed(draft.agreements)}
    return {f"agreements/{one['id']}.toml": one for one in found.values()}


@pytest.mark.parametrize("name", NAMES)
def test_a_season_matches_to_a_proved_optimum_and_passes_the_audit(name: str) -> None:
    draft = built(name)
    assert_consistent(draft)
    certificate = match_read(
        Programme.from_frames(draft.settings, draft.agreements, **draft.tables), Options()
    ).files.certificate
    assert certificate["status"] == "optimal"
    assert certificate["placements"] >= WORKERS / 4
    assert not [check for check in certificate["checks"] if check["violations"]]


@pytest.mark.parametrize("name", NAMES)
def test_a_text_keeps_its_examples_and_has_nothing_to_mend(name: str) -> None:
    """Somebody admitted and somebody refused by each clause that can refuse a pair; a source and how sure it is."""
    draft = built(name)
    texts = texts_of({"programme.toml": draft.settings, **different_agreements(draft)})
    found = try_examples(texts)
    assert [one.in_words for one in (*found.failed, *found.untried)] == []
    looked_at = lint(texts)
    assert [finding.problem for finding in looked_at.findings] == []
    assert looked_at.sources[""] == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_is_lacking_says_what_would_be_needed(name: str) -> None:
    lacking = schemes.scheme_text(name)["lacking"]
    assert lacking and all(one["says"].endswith(".") and one["needs"] for one in lacking)


def test_every_corridor_of_a_season_is_in_the_table_of_costs() -> None:
    for name in NAMES:
        season = read_season(name, schemes.scheme_text(name)["season"])
        assert len(built(name).tables["corridors"]) == len(season.origins) * len(season.destinations)


def test_quotas_are_scaled_to_the_season() -> None:
    draft = built("rse")
    positions = draft.tables["orders"].headcount.sum()
    (cap,) = draft.settings["clause"]
    assert cap["count"] == ceil(20750 * positions / schemes.scheme_text("rse")["season"]["positions"])
    assert cap["source_kind"] == "illustrative"


def test_a_scheme_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file dropped into the folder is a preset, whatever countries it names."""
    (tmp_path / "paraguay_austria.toml").write_text(PARAGUAY, "utf-8")
    (tmp_path / "no_season.toml").write_text('title = "A text alone"', "utf-8")
    monkeypatch.setattr(catalogue, "SCHEMES", tmp_path)
    assert catalogue.presets()["paraguay-austria"].summary == "A scheme of one file"
    assert list(of_schemes.presets()) == ["paraguay-austria"]
    draft = of_schemes.presets()["paraguay-austria"].build(WORKERS, 1)
    assert_consistent(draft)
    programme = Programme.from_frames(draft.settings, draft.agreements, **draft.tables)
    assert match_read(programme, Options()).files.certificate["status"] == "optimal"


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"wage": 9}, "wage is unknown"), ({"origins": {"PY": {"share": 1}}}, "PY, native is missing")],
)
def test_a_season_that_cannot_be_read_says_why(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(CallError, match=named):
        read_season("rse", {**schemes.scheme_text("rse")["season"], **changed})


def test_names_of_presets_are_those_of_the_files() -> None:
    assert {preset_name(name) for name in NAMES} <= set(catalogue.presets())
