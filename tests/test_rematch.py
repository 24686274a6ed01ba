"""Re-matching: what events end is refilled, what was promised stays, and little else moves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.audit.audit import audit
from engine.cli import app
from engine.errors import InputError
from engine.plan.plan_files import read_placements
from engine.planning.commands import register
from engine.planning.rematch import Rematched, rematch
from engine.planning.replay import replay
from engine.programme import read_programme
from engine.programme.after_events import after_events
from engine.programme.events import read_events
from engine.run import Options, match_read, match_to_folder
from scenarios.presets import nation, northern_triangle

register(app)
HEADER = "event,worker_id,order_id,employer_id,days,reason\n"


@pytest.fixture(scope="module", params=[nation, northern_triangle])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme and its best plan."""
    folder = tmp_path_factory.mktemp("rematch")
    request.param.build(300, 3).write(folder / "p")
    match_to_folder(folder / "p", folder / "plan", Options(gap=0.0))
    return folder


def _rematched(place: Path, lines: list[str], out: Path, charge: float = 2.0) -> Rematched:
    (out / "events.csv").write_text(HEADER + "".join(line + "\n" for line in lines))
    return rematch(
        read_programme(place / "p"), place / "plan", out / "events.csv", out / "out", charge, Options(gap=0.0)
    )


def _ids(place: Path) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The plan's pairs of ids, and the employer of each order."""
    programme = read_programme(place / "p")
    worker, order = read_placements(programme, place / "plan")
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    employer = programme["employers"].id_text("employer_id")[programme.orders.values("employer_id")]
    pairs = [(str(workers[w]), str(orders[o])) for w, o in zip(worker, order, strict=True)]
    return pairs, dict(zip(map(str, orders), map(str, employer), strict=True))


def test_events_end_what_they_name_and_nothing_else_is_lost(place: Path, tmp_path: Path) -> None:
    """The repaired plan is legal after the events, and close to the best there is."""
    pairs, employer = _ids(place)
    out, no_show, (late, cancelled) = pairs[0][0], pairs[5], (pairs[9][1], pairs[-1][1])
    barred = employer[pairs[len(pairs) // 2][1]]
    lines = [f"drop_out,{out},,,,ill", f"no_show,{no_show[0]},{no_show[1]},,,", f"cancel,,{cancelled},,,hail"]
    lines += [f"late,,{late},,3,", f"debar,,,{barred},,unpaid"]
    found = _rematched(place, lines, tmp_path)
    programme = read_programme(place / "p")
    after = after_events(programme, read_events(programme, tmp_path / "events.csv"))
    assert audit(after, found.matched.worker, found.matched.order).legal
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    new = {(str(workers[w]), str(orders[o])) for w, o in zip(found.matched.worker, found.matched.order, strict=True)}
    assert not any(w == out or o == cancelled or employer[o] == barred for w, o in new)
    assert no_show not in new
    best = match_read(after, Options(gap=0.0)).files.certificate["objective"]
    made = found.matched.files.certificate["objective"]
    kept = sum(pair in new for pair in pairs)
    assert best - 2.0 * kept - 1e-6 <= made <= best + 1e-6
    assert found.lost + found.altered == len(pairs) - kept
    assert found.altered <= max(2, 0.5 * found.lost + 2)


def test_without_events_nothing_moves(place: Path, tmp_path: Path) -> None:
    """Not even where another plan is as good."""
    found = _rematched(place, [], tmp_path)
    assert (found.lost, found.altered, found.added) == (0, 0, 0)


def test_holds_are_promises_and_exclusions_are_kept(place: Path, tmp_path: Path) -> None:
    """An officer's word goes before the objective."""
    pairs, _ = _ids(place)
    lines = [f"hold,{w},{o},,," for w, o in pairs[:4]] + [f"exclude,{w},{o},,,quarrel" for w, o in pairs[4:8]]
    found = _rematched(place, lines, tmp_path)
    text = (tmp_path / "out" / "placements.csv").read_text()
    assert all(f'"{w}","{o}"' in text or f"{w},{o}" in text for w, o in pairs[:4])
    assert not any(f"{w},{o}" in text.replace('"', "") for w, o in pairs[4:8])
    assert found.lost == 4


def test_a_repaired_plan_says_so(place: Path, tmp_path: Path) -> None:
    """Its bound is about the programme as the events left it, and it can be made again from its folder."""
    _rematched(place, [f"drop_out,{_ids(place)[0][0][0]},,,,"], tmp_path)
    certificate = json.loads((tmp_path / "out" / "certificate.json").read_text())
    assert certificate["events"] == 1
    assert len(certificate["events_sha256"]) == 64
    assert replay(place / "p", tmp_path / "out") == []


def test_reserves_are_free_and_admitted(place: Path, tmp_path: Path) -> None:
    """Three an order at most, the one who is worth most first."""
    found = _rematched(place, [], tmp_path)
    rows = found.reserves.to_pylist()
    programme = read_programme(place / "p")
    placed = {str(w) for w in programme.workers.id_text("worker_id")[np.unique(found.matched.worker)]}
    assert rows
    assert not any(row["worker_id"] in placed for row in rows)
    assert {row["rank"] for row in rows} <= {1, 2, 3}


def test_every_wrong_event_is_named(place: Path, tmp_path: Path) -> None:
    """All faults at once, and nothing is written."""
    lines = ["drop_aut,W1,,,,", "no_show,nobody,,,,", "late,,nowhere,,soon,"]
    with pytest.raises(InputError) as caught:
        _rematched(place, lines, tmp_path)
    text = str(caught.value)
    for word in ("'drop_aut'", "'nobody'", "order_id", "'nowhere'", "'soon'"):
        assert word in text
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_moved(place: Path, tmp_path: Path) -> None:
    """Numbers of events, of what they ended, and of what else was altered."""
    (tmp_path / "events.csv").write_text("event,worker_id\n" + f"drop_out,{_ids(place)[0][0][0]}\n")
    call = ["rematch", str(place / "p"), str(place / "plan"), str(tmp_path / "events.csv"), str(tmp_path / "out")]
    ran = CliRunner().invoke(app, call)
    assert ran.exit_code == 0, ran.output
    assert "Events: 1;" in ran.stdout
    assert {"changes.csv", "reserves.csv", "placements.csv"} <= {path.name for path in (tmp_path / "out").iterdir()}


@pytest.mark.parametrize("name", ["plan/placements.csv", "plan/plan.xlsx", "others.csv", "others"])
def test_a_plan_to_repair_is_whatever_holds_its_placements(place: Path, name: str, tmp_path: Path) -> None:
    """A folder without prices, a table or a workbook: repaired as well as from the folder, and replayed alone."""
    (worker, _), *_ = _ids(place)[0]
    lines = [f"drop_out,{worker},,,,"]
    best = _rematched(place, lines, tmp_path).matched.files.certificate
    alone = tmp_path / "others"
    alone.mkdir()
    for target in (tmp_path / "others.csv", alone / "placements.csv"):
        shutil.copyfile(place / "plan" / "placements.csv", target)
    plan = place / name if name.startswith("plan") else tmp_path / name
    programme, events = read_programme(place / "p"), tmp_path / "events.csv"
    found = rematch(programme, plan, events, tmp_path / "again", 2.0, Options(gap=0.0))
    assert found.lost >= 1
    assert found.matched.files.certificate["objective"] == pytest.approx(best["objective"], abs=1e-6)
    assert replay(place / "p", tmp_path / "again") == []
