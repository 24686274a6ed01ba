"""Harmonising two agreements brings what the same edits bring as a what-if; lowered protections are marked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tomli_w
from adversarial_programmes import Draft
from agreements.written_agreements import clause, text
from base_programme import base as two_workers
from command_line import run_command

import vaiven
from engine.planning.agreement_effects import effects
from engine.planning.branches import Base, make_base, run_branch
from engine.planning.harmonising import Harmonisation, harmonise, write_edits
from engine.planning.relaxations import relaxations
from engine.programme.edits import Edits, edited, read_edits

ONE, OTHER = "GT-US-h2a-2026", "MX-US-h2a-2026"
# What one of two states asks more than the other, and whether asking it protects its workers.
PLANTED: list[tuple[dict[str, Any], bool]] = [
    (clause("p-floor", "wage_floor", hourly=13), True),
    (clause("p-hours", "guarantee", min_weekly_hours=38), True),
    (clause("p-income", "net_income", min_weekly=320), True),
    (clause("p-deductions", "deductions", max_share=0.02), True),
    (clause("p-contract", "contract", min_days=100), True),
    (clause("p-accredited", "accreditation"), True),
    (clause("p-old", "age", min=25), True),
    (clause("p-women", "share", min_share=0.4, where={"sex": ["F"]}), True),
    (clause("p-months", "experience", min_months=24), False),
    (clause("p-season", "season_window", **{"from": "01-01", "to": "09-30"}), False),
    (clause("p-school", "education", max=2), False),
    (clause("p-stay", "stay_window", max_days=150, window_days=365), False),
]


# What of it keeps most placements of a season from being made, each by another state.
BLOCKING = (
    ("GT", clause("p-stay", "stay_window", max_days=100, window_days=365)),
    ("HN", clause("p-school", "education", max=0)),
    ("SV", clause("p-season", "season_window", **{"from": "01-01", "to": "07-31"})),
    ("JM", clause("p-hours", "guarantee", min_weekly_hours=40)),
)
STATES = [f"{state}-US-h2a-2026" for state in ("GT", "HN", "SV", "JM", "MX")]


@pytest.fixture(scope="module")
def season() -> vaiven.Programme:
    """A small season in which each of four states asks for something that Mexico doesn't."""
    edits = ({"agreement": f"{state}-US-h2a-2026", "new_clause": entry} for state, entry in BLOCKING)
    return edited(vaiven.generate("northern-triangle", workers=150), Edits("planted", "", tuple(edits)))


@pytest.fixture(scope="module")
def base(season: vaiven.Programme) -> Base:
    return make_base(season, 0.0, 60.0, 0)


@pytest.fixture(scope="module")
def found(base: Base) -> Harmonisation:
    return harmonise(base, STATES)


def test_every_planted_protection_is_marked_and_nothing_else() -> None:
    plain = vaiven.generate("northern-triangle", workers=100)
    edits = tuple({"agreement": ONE, "new_clause": entry} for entry, _ in PLANTED)
    asked = relaxations(edited(plain, Edits("planted", "", edits)), [ONE, OTHER])
    marked = {one.clause: one.lowers_a_protection for one in asked if one.clause.startswith("p-")}
    assert marked == {entry["id"]: protects for entry, protects in PLANTED}


def test_the_top_three_bring_as_what_ifs_what_was_said(base: Base, found: Harmonisation, tmp_path: Path) -> None:
    """Within 2 % or the certified gap, each alone and all together."""
    assert {one.relaxation.clause for one in found.proposed} == {"p-stay", "p-school", "p-season"}
    write_edits(found, tmp_path / "harmonised.toml")
    alone = [Edits(one.relaxation.name, "", one.relaxation.edits) for one in found.proposed]
    said = [found.gains_together, *(one.gains for one in found.proposed)]
    for edits, gains in zip([read_edits(tmp_path / "harmonised.toml"), *alone], said, strict=True):
        branch = run_branch(base, edits)
        for measure in ("placements", "paid_weeks", "net_income", "objective"):
            gained = branch.totals[measure] - base.outcome.totals[measure]
            assert gained == pytest.approx(gains[measure], rel=0.02), (branch.id, measure)


def test_the_proposal_written_out_is_matched_to_what_was_said(tmp_path: Path) -> None:
    """Of two states whose people wait for the same orders, one asks for experience that nobody has."""
    drawn = two_workers()
    strict = clause("p-months", "experience", min_months=240)
    other = {**drawn.agreements[0], "id": "HN-ES", "origins": ["HN"], "clause": [strict]}
    workers = drawn.tables["workers"]
    more = workers.assign(worker_id=workers["worker_id"] + "x", origin_country="HN")
    tables = {**drawn.tables, "workers": pd.concat([workers, more], ignore_index=True)}
    tables["orders"] = tables["orders"].assign(headcount="9")
    Draft(drawn.settings, [*drawn.agreements, other], tables).programme(tmp_path / "season")
    names = drawn.agreements[0]["id"], "HN-ES"
    before = vaiven.match(vaiven.read_programme(tmp_path / "season"))
    relaxed = tmp_path / "season" / "relaxed"  # a folder within the one that is copied, which isn't copied itself
    done = run_command("agreement", "harmonise", tmp_path / "season", *names, "--relaxed", relaxed, "--json")
    assert done.returncode == 0, done.stderr
    gained = json.loads(done.stdout)["gains_together"]["placements"]
    after = vaiven.match(vaiven.read_programme(relaxed))
    assert gained > 0 and len(after.placements) - len(before.placements) == gained
    copied = {path.relative_to(relaxed) for path in relaxed.rglob("*") if path.is_file()}
    season = {path.relative_to(tmp_path / "season") for path in (tmp_path / "season").rglob("*") if path.is_file()}
    assert copied == {path for path in season if path.parts[0] != "relaxed"}
    for path in copied - {Path("agreements", "HN-ES.toml")}:
        assert (relaxed / path).read_bytes() == (tmp_path / "season" / path).read_bytes()


def test_what_lowers_a_protection_is_not_proposed(found: Harmonisation) -> None:
    assert {"p-hours", "programme-age"} == {one.relaxation.clause for one in found.lowering}
    assert not any(one.relaxation.lowers_a_protection for one in (*found.yields, *found.proposed))
    gains = [one.gains["objective"] for one in found.yields]
    assert gains == sorted(gains, reverse=True)
    assert found.gains_together["objective"] >= max(gains) - 1e-6


def test_the_smallest_relaxation_brings_as_much_and_one_less_does_not(base: Base, found: Harmonisation) -> None:
    stay = next(one for one in found.proposed if one.relaxation.clause == "p-stay")
    whole = next(one for one in found.yields if one.relaxation.clause == "p-stay")
    assert stay.gains["objective"] == pytest.approx(whole.gains["objective"])
    assert 100 < stay.relaxation.asked < 365
    edit = {"agreement": stay.relaxation.agreement, "clause": "p-stay", "max_days": stay.relaxation.asked - 1}
    less = run_branch(base, Edits("less", "", (edit,)))
    assert less.totals["objective"] < stay.outcome.totals["objective"] - 1e-6


def test_clauses_that_differ_in_numbers_are_relaxed_to_the_least_asking(season: vaiven.Programme) -> None:
    stricter = {"agreement": OTHER, "new_clause": clause("p-stay", "stay_window", max_days=200, window_days=365)}
    asked = relaxations(edited(season, Edits("e", "", (stricter,))), [ONE, OTHER])
    (stay,) = [one for one in asked if one.clause == "p-stay"]
    assert (stay.agreement, stay.edits) == (ONE, ({"agreement": ONE, "clause": "p-stay", "set": {"max_days": 200}},))
    assert (stay.after, stay.asked) == ("At most 200 days present in any 365 days.", 200)


def test_what_another_agreement_could_not_ask_is_no_difference(season: vaiven.Programme) -> None:
    """A floor of a province is nothing that an agreement with Spain lacks."""
    asked = relaxations(
        season, ["GT-CA-agricultural_stream-2026", "HN-CA-agricultural_stream-2026", "GT-ES-gecco-2026"]
    )
    assert not [one.clause for one in asked if one.clause.startswith("floor-CA")]


def test_agreements_that_are_not_there_are_named(season: vaiven.Programme) -> None:
    with pytest.raises(vaiven.CallError, match="GT-US-h2x"):
        relaxations(season, [ONE, "GT-US-h2x"])
    with pytest.raises(vaiven.CallError, match="two"):
        relaxations(season, [ONE, ONE])


def _written(folder: Path) -> tuple[Path, Path, Path]:
    """A season of one order at 10 an hour, and two versions of its agreement: a floor below and one above that."""
    draft = two_workers()
    draft.programme(folder / "season")
    made = []
    for name, hourly in (("low", 5), ("high", 12)):
        content = {**draft.agreements[0], "clause": [clause("floor", "wage_floor", hourly=hourly)]}
        (folder / f"{name}.toml").write_text(tomli_w.dumps(content), "utf-8")
        made.append(folder / f"{name}.toml")
    return (folder / "season", made[0], made[1])


def test_who_loses_by_an_agreement_is_told_by_corridor(tmp_path: Path) -> None:
    season, low, high = _written(tmp_path)
    done = run_command("agreement", "diff", low, high, "--programme", season, "--json")
    told = json.loads(done.stdout)
    assert told["effects"]["difference"] == {
        "GT-ES": {"placements": -1, "weeks": pytest.approx(-92 / 7), "net_income": pytest.approx(-92 / 7 * 400)}
    }
    assert [(one["clause"], one["protection"]) for one in told["clauses"]] == [("floor", "more")]
    assert "protects workers more" in run_command("agreement", "diff", low, high).stdout


def test_an_agreement_that_the_programme_has_not_is_refused(tmp_path: Path) -> None:
    season, _, _ = _written(tmp_path)
    with pytest.raises(vaiven.CallError, match="GT-CA"):
        effects(vaiven.read_programme(season), text(), text(), vaiven.Options())
