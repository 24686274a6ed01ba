"""``import vaiven``: frames in and frames out, the same answers as the command line, errors of one family."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import vaiven

WITHOUT_GUARD = """
import vaiven
season = vaiven.generate("northern-triangle", workers=120)
print(len(vaiven.what_if(season, "guatemala-capacity-up").branches))
"""


@pytest.fixture(scope="module")
def season() -> vaiven.Programme:
    return vaiven.generate("northern-triangle", workers=200)


@pytest.fixture(scope="module")
def plan(season: vaiven.Programme) -> vaiven.Plan:
    return vaiven.match(season, vaiven.Options(gap=0.0))


def contents_of(season: vaiven.Programme) -> tuple[dict[str, object], list[dict[str, object]]]:
    texts = dict(season.texts)
    return texts.pop("programme.toml"), list(texts.values())


def test_frames_make_the_same_programme(season: vaiven.Programme, plan: vaiven.Plan) -> None:
    frames = {name: season.frame(name) for name in season.tables}
    again = vaiven.Programme.from_frames(*contents_of(season), **frames)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(again.frame(name), frame)
    assert vaiven.match(again, vaiven.Options(gap=0.0)).certificate.objective == plan.certificate.objective


def test_frames_with_faults_name_row_and_column(season: vaiven.Programme) -> None:
    frames = {name: season.frame(name) for name in season.tables}
    frames["workers"].loc[3, "sex"] = "Q"
    frames["orders"].loc[0, "headcount"] = 0
    with pytest.raises(vaiven.InputError) as caught:
        vaiven.Programme.from_frames(*contents_of(season), **frames)
    assert {(fault.row, fault.column) for fault in caught.value.faults} >= {(5, "sex"), (2, "headcount")}


def test_a_table_that_is_not_known_is_named(season: vaiven.Programme) -> None:
    with pytest.raises(vaiven.CallError, match="wrokers"):
        vaiven.Programme.from_frames(*contents_of(season), wrokers=season.frame("workers"))
    with pytest.raises(vaiven.CallError, match="wrokers"):
        season.frame("wrokers")


def test_the_plan_is_what_the_files_hold(season: vaiven.Programme, plan: vaiven.Plan, tmp_path: Path) -> None:
    folder = plan.to_folder(tmp_path / "plan")
    assert json.loads((folder / "certificate.json").read_text("utf-8")) == dict(plan.certificate.entries)
    back = vaiven.read_plan(season, folder)
    for name in ("placements", "unplaced", "unfilled", "prices"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(plan, name))


def test_the_audit_agrees_and_sees_a_breach(season: vaiven.Programme, plan: vaiven.Plan) -> None:
    verdict = vaiven.audit(season, plan)
    assert verdict.legal and verdict.objective == pytest.approx(plan.certificate.objective, abs=1e-6)
    twice = pd.concat([plan.placements, plan.placements.head(1)])
    assert not vaiven.audit(season, twice).legal
    with pytest.raises(vaiven.InputError, match="NOBODY"):
        vaiven.audit(season, pd.DataFrame({"worker_id": ["NOBODY"], "order_id": [plan.placements["order_id"][0]]}))


def test_explanations_and_pictures(plan: vaiven.Plan) -> None:
    found = vaiven.explain(plan, worker=plan.unplaced["worker_id"][0])
    assert found.lines and plan.unplaced["worker_id"][0] in found.lines[0]
    assert plan.plot("flows").to_dict()["datasets"]
    with pytest.raises(vaiven.CallError, match="season_calendar"):
        plan.plot("pie")


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(WITHOUT_GUARD, "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr


def test_every_public_name_says_what_it_is() -> None:
    # 36, and two each for replayed seasons, the accounts of both ends, the development report and the outlook,
    # two of the equity frontier and one each of adverse impact and recalls,
    # and two of the audit of scores
    assert sorted(vaiven.__all__) == vaiven.__all__ and len(vaiven.__all__) <= 50
    silent = [name for name in vaiven.__all__ if not (getattr(vaiven, name).__doc__ or "").strip()]
    assert not silent
