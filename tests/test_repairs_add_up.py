"""Repairs add up: events travel with the plan, and everything that reads a plan reads them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from base_programme import ORDER, base
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import vaiven
from engine.cli import app
from engine.errors import CallError, ClashError, InputError
from engine.plan.read_plan import audited, read_plan
from engine.planning.commands import register
from engine.planning.rematch import Rematched, rematch
from engine.planning.replay import replay
from engine.programme import Programme, read_programme
from engine.programme.events import events_csv, read_events
from engine.run import Options, match_to_folder

register(app)
HEADER = "event,worker_id,order_id,employer_id,days,reason\n"
EXACT = Options(gap=0.0)


def _vaiven(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _events(path: Path, *lines: str) -> Path:
    path.write_text(HEADER + "".join(line + "\n" for line in lines))
    return path


def _repair(place: Path, plan: str, out: str, *lines: str) -> Rematched:
    events = _events(place / f"{out}.events.csv", *lines)
    return rematch(read_programme(place / "p"), place / plan, events, place / out, 2.0, EXACT)


def _matched(place: Path, **tables: list[dict[str, str]]) -> Path:
    base(**tables).programme(place / "p")
    match_to_folder(place / "p", place / "plan", EXACT)
    return place


def _placed(plan: Path) -> list[tuple[str, str]]:
    lines = (plan / "placements.csv").read_text().replace('"', "").splitlines()[1:]
    return [(line.split(",")[0], line.split(",")[1]) for line in lines]


def test_who_dropped_out_stays_out(tmp_path: Path) -> None:
    """Over two repairs, in the plan, its reasons, its audit, its explanation, and a plan that begins from it."""
    place = _matched(tmp_path)
    assert _placed(place / "plan") == [("W00", "O00")]
    _repair(place, "plan", "once", "drop_out,W00,,,,ill")
    assert _placed(place / "once") == [("W01", "O00")]
    _repair(place, "once", "twice", "drop_out,W01,,,,")
    assert _placed(place / "twice") == []
    reasons = (place / "twice" / "unplaced.csv").read_text().replace('"', "").splitlines()[1:]
    assert reasons == ["W00,dropped_out: ill", "W01,dropped_out: no reason was given"]
    assert _vaiven("check", place / "p", place / "twice").exit_code == 0
    assert "dropped out: ill" in _vaiven("explain", place / "p", place / "twice", "--worker", "W00").stdout
    match_to_folder(place / "p", place / "again", Options(gap=0.0, warm=place / "once"))
    assert _placed(place / "again") == [("W01", "O00")]
    assert replay(place / "p", place / "again", place / "once") == []


def test_a_delay_stays_and_delays_add_up(tmp_path: Path) -> None:
    """Ten days and four more are fourteen, and the plan is legal by the dates that it tells."""
    place = _matched(tmp_path)
    _repair(place, "plan", "once", "late,,O00,,10,frost")
    _repair(place, "once", "twice", "late,,O00,,4,frost again", "exclude,W00,O00,,,quarrel")
    row = (place / "twice" / "placements.csv").read_text().replace('"', "").splitlines()[1].split(",")
    assert row[:2] == ["W01", "O00"]
    assert row[4:6] == ["2026-03-15", "2026-06-14"]
    ran = _vaiven("check", place / "p", place / "twice")
    assert ran.exit_code == 0, ran.output


def test_a_cancelled_order_stays_cancelled_and_says_so(tmp_path: Path) -> None:
    """Its places are told with the reason."""
    place = _matched(tmp_path)
    _repair(place, "plan", "once", "cancel,,O00,,,hail")
    _repair(place, "once", "twice")
    assert _placed(place / "twice") == []
    assert (place / "twice" / "unfilled.csv").read_text().replace('"', "").splitlines()[1:] == ["O00,1,cancelled: hail"]
    assert "was cancelled: hail" in _vaiven("explain", place / "p", place / "twice", "--order", "O00").stdout


def test_a_breach_names_the_event_and_no_article(tmp_path: Path) -> None:
    """Who left is told as such, and a cancelled order as such."""
    place = _matched(tmp_path)
    _repair(place, "plan", "repaired", "drop_out,W00,,,,ill")
    (place / "repaired" / "placements.csv").write_text("worker_id,order_id\nW00,O00\n")
    plan = read_plan(read_programme(place / "p"), place / "repaired")
    assert [(b.rule, b.sentence) for b in audited(plan).breaches] == [("dropped_out", "The worker dropped out: ill.")]
    _repair(place, "plan", "cancelled", "cancel,,O00,,,")
    (place / "cancelled" / "placements.csv").write_text("worker_id,order_id\nW00,O00\n")
    plan = read_plan(read_programme(place / "p"), place / "cancelled")
    assert [(b.rule, b.sentence) for b in audited(plan).breaches] == [("cancelled", "The order was cancelled.")]


def test_the_replay_of_a_repaired_plan_needs_its_folder_alone(tmp_path: Path) -> None:
    """The earlier plan may be gone; a changed file is named."""
    place = _matched(tmp_path)
    _repair(place, "plan", "once", "drop_out,W00,,,,ill")
    _repair(place, "once", "twice", "late,,O00,,3,")
    shutil.rmtree(place / "plan")
    shutil.rmtree(place / "once")
    assert replay(place / "p", place / "twice") == []
    with pytest.raises(CallError, match="begun_from"):
        replay(place / "p", place / "twice", place / "twice")
    (place / "twice" / "changes.csv").write_text("worker_id,order_id,change\nW00,O00,lost\n")
    assert replay(place / "p", place / "twice") == ["changes.csv"]


NOTHING_LEFT: dict[str, tuple[str, ...]] = {
    "late beyond the horizon": ("late,,O00,,215,frost",),
    "debarred": ("debar,,,E01,,x",),
    "both ruled out": ("exclude,W00,O00,,,", "no_show,W01,O00,,,"),
    "both gone": ("drop_out,W00,,,,", "drop_out,W01,,,,"),
}


@pytest.mark.parametrize("lines", NOTHING_LEFT.values(), ids=NOTHING_LEFT)
def test_where_nothing_is_left_the_plan_is_empty_and_says_why(lines: tuple[str, ...], tmp_path: Path) -> None:
    """Exit status 0, no placement, a reason for everybody."""
    place = _matched(tmp_path)
    ran = _vaiven("rematch", place / "p", place / "plan", _events(place / "e.csv", *lines), place / "out")
    assert ran.exit_code == 0, ran.output
    assert _placed(place / "out") == []
    assert json.loads((place / "out" / "certificate.json").read_text())["status"] == "optimal"
    reasons = (place / "out" / "unplaced.csv").read_text().replace('"', "").splitlines()[1:]
    assert [line.split(":")[0].split(",")[0] for line in reasons] == ["W00", "W01"]
    assert all(line.split(",", 1)[1].startswith(("not_admitted", "dropped_out")) for line in reasons)


def test_a_what_if_may_leave_nothing(tmp_path: Path) -> None:
    """Orders shifted beyond everybody's availability."""
    place = _matched(
        tmp_path, workers=[dict(w, available_to="2026-06-30") for w in base().tables["workers"].to_dict("records")]
    )
    (place / "late.toml").write_text('[[edit]]\ntable = "orders"\nadd = { start_date = 60, end_date = 60 }\n')
    ran = _vaiven("whatif", place / "p", place / "late.toml", place / "out")
    assert ran.exit_code == 0, ran.output


CONTRADICTIONS = {
    "held after a drop-out": (("drop_out,W00,,,,",), "hold,W00,O00,,,", "dropped out before"),
    "held on a cancelled order": (("cancel,,O00,,,",), "hold,W01,O00,,,", "was cancelled before"),
    "held at a debarred employer": (("debar,,,E01,,",), "hold,W01,O00,,,", "was debarred before"),
    "held after a no-show": (("no_show,W00,O00,,,",), "hold,W00,O00,,,", "was a no-show on this order before"),
    "held though ruled out": (("exclude,W00,O00,,,",), "hold,W00,O00,,,", "was ruled out before"),
    "a cancelled order late": (("cancel,,O00,,,",), "late,,O00,,3,", "was cancelled before"),
}


@pytest.mark.parametrize("in_two", [False, True], ids=["in one file", "over two repairs"])
@pytest.mark.parametrize("case", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_an_event_that_contradicts_an_earlier_one_is_a_fault(
    case: tuple[tuple[str, ...], str, str], in_two: bool, tmp_path: Path
) -> None:
    """With its row and what it contradicts; the other way round a promise is void, which is no fault."""
    before, after, why = case
    place = _matched(tmp_path)
    plan = "plan"
    if in_two:
        _repair(place, "plan", "once", *before)
        plan = "once"
    with pytest.raises(InputError, match=why) as caught:
        _repair(place, plan, "out", *(() if in_two else before), after)
    assert f"row {2 if in_two else 3}" in str(caught.value)
    _repair(place, "plan", "other", after, *before)
    assert audited(read_plan(read_programme(place / "p"), place / "other")).legal


@pytest.mark.parametrize("days", ["0", "99999999999", "²", "1.5"])
def test_days_that_are_no_delay_are_faults(days: str, tmp_path: Path) -> None:
    """Nor may they run out of the calendar."""
    place = _matched(tmp_path)
    with pytest.raises(InputError, match="days"):
        _repair(place, "plan", "out", f"late,,O00,,{days},")


def _other_programme(place: Path) -> Path:
    base(orders=[dict(ORDER, headcount="2")]).programme(place / "other")
    return place / "other"


READERS: dict[str, Callable[[Path, Path, Path], Result]] = {
    "check": lambda p, plan, _: _vaiven("check", p, plan),
    "explain": lambda p, plan, _: _vaiven("explain", p, plan, "--worker", "W01"),
    "replay": lambda p, plan, _: _vaiven("replay", p, plan),
    "rematch": lambda p, plan, out: _vaiven("rematch", p, plan, _events(out.with_suffix(".csv")), out),
}


@pytest.mark.parametrize("reader", READERS)
def test_the_plan_of_another_programme_is_refused(reader: str, tmp_path: Path) -> None:
    """With both fingerprints."""
    place = _matched(tmp_path)
    other = _other_programme(place)
    ran = READERS[reader](other, place / "plan", tmp_path / "out")
    assert isinstance(ran.exception, CallError)
    for programme in (other, place / "p"):
        assert read_programme(programme).sha256 in str(ran.exception)


def test_the_python_face_reads_the_events_of_a_repaired_plan(tmp_path: Path) -> None:
    """Its audit, its explanation, and the folder that it writes again."""
    place = _matched(tmp_path)
    _repair(place, "plan", "out", "cancel,,O00,,,hail")
    programme = vaiven.read_programme(place / "p")
    plan = vaiven.read_plan(programme, place / "out")
    assert vaiven.audit(programme, plan).legal
    assert "hail" in str(vaiven.explain(plan, order="O00").lines[0])
    plan.to_folder(place / "again")
    assert (place / "again" / "events.csv").read_bytes() == (place / "out" / "events.csv").read_bytes()


def test_a_plan_without_a_certificate_is_anybodys(tmp_path: Path) -> None:
    """Two columns are enough for an audit."""
    place = _matched(tmp_path)
    (place / "mine").mkdir()
    (place / "mine" / "placements.csv").write_text("worker_id,order_id\nW01,O00\n")
    assert _vaiven("check", _other_programme(place), place / "mine").exit_code == 0


def test_a_warm_run_from_other_files_says_so(tmp_path: Path) -> None:
    """To begin from the plan before an edit is what it is for; it isn't done without a word."""
    place = _matched(tmp_path)
    matched = match_to_folder(_other_programme(place), place / "out", Options(gap=0.0, warm=place / "plan"))
    assert any("was made for other files" in notice for notice in matched.programme.notices)
    assert len(_placed(place / "out")) == 2


def test_events_of_a_plan_are_held_to_its_certificate(tmp_path: Path) -> None:
    """Back from a spreadsheet they are the same; changed or missing they are refused."""
    place = _matched(tmp_path)
    _repair(place, "plan", "out", "drop_out,W00,,,,ill")
    (place / "out" / "events.csv").write_text("event,worker_id,reason\ndrop_out,W00,ill\n")
    assert _vaiven("check", place / "p", place / "out").exit_code == 0
    (place / "out" / "events.csv").write_text("event,worker_id\ndrop_out,W01\n")
    with pytest.raises(CallError, match="doesn't hold the events"):
        read_plan(read_programme(place / "p"), place / "out")
    (place / "out" / "events.csv").unlink()
    with pytest.raises(CallError, match="Put it back"):
        read_plan(read_programme(place / "p"), place / "out")


def _drawn_events(programme: Programme, place: Path, rng: np.random.Generator) -> list[str]:
    """Six events of all kinds but holds, on whoever is placed where that can be."""
    plan = read_plan(programme, place)
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    employers = programme["employers"].id_text("employer_id")
    found = []
    for kind in rng.choice(["drop_out", "no_show", "cancel", "late", "debar", "exclude"], 6, replace=False):
        if plan.worker.size:
            at = rng.integers(plan.worker.size)
            worker, order = plan.worker[at], plan.order[at]
        else:
            worker, order = rng.integers(len(workers)), rng.integers(len(orders))
        employer = programme.orders.values("employer_id")[order]
        found.append(
            {
                "drop_out": f"drop_out,{workers[worker]},,,,",
                "no_show": f"no_show,{workers[worker]},{orders[order]},,,",
                "cancel": f"cancel,,{orders[order]},,,",
                "late": f"late,,{orders[order]},,{rng.integers(1, 20)},",
                "debar": f"debar,,,{employers[employer]},,",
                "exclude": f"exclude,{workers[worker]},{orders[order]},,,",
            }[str(kind)]
        )
    return found


@settings(max_examples=int(os.environ.get("VAIVEN_REPAIR_EXAMPLES", "4")), derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_any_sequence_of_repairs_is_one_repair_with_all_events(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In what is legal: the plan repaired last contradicts no event before it, and its programme is the same."""
    place, rng = tmp_path_factory.mktemp("repairs"), np.random.default_rng(seed)
    programme = draft(seed % 400).programme(place / "p")
    try:
        match_to_folder(place / "p", place / "0", EXACT)
        lines: list[str] = []
        for number in range(2):
            begun = len(lines)
            for line in _drawn_events(programme, place / str(number), rng)[:3]:
                lines += [line] if _possible(line, lines) else []
            _repair(place, str(number), str(number + 1), *lines[begun:])
    except ClashError:
        return
    last = read_plan(programme, place / "2")
    every = read_events(programme, _events(place / "all.csv", *lines))
    assert events_csv(programme, last.events) == events_csv(programme, every)
    assert audited(last).legal
    assert replay(place / "p", place / "2") == []
    gone = every.worker[every.of("drop_out")]
    assert not np.isin(last.worker, gone).any()
    assert not np.isin(last.order, every.order[every.of("cancel")]).any()
    size = programme.orders.size
    barred = every.worker[every.barred] * size + every.order[every.barred]
    assert not np.isin(last.worker * size + last.order, barred).any()


def _possible(line: str, before: list[str]) -> bool:
    """Whether an event can come after others: a cancelled order isn't late any more."""
    order = line.split(",")[2]
    return not (line.startswith("late") and any(one.startswith(f"cancel,,{order},") for one in before))
