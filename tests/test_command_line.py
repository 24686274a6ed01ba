"""The command line: exit statuses, files that appear whole or not at all, and the replay."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from adversarial_programmes import draft
from command_line import run_command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a programme ``p`` and the plan ``plan`` that match wrote for it."""
    place = tmp_path_factory.mktemp("commands")
    draft(11).programme(place / "p")
    done = run_command("match", place / "p", place / "plan", "--quiet")
    assert done.returncode == 0, done.stderr
    return place


def test_match_writes_a_whole_plan_that_check_accepts(folder: Path) -> None:
    """All five files are there and the audit of the plan as written ends with status 0."""
    names = sorted(path.name for path in (folder / "plan").iterdir())
    assert names == ["certificate.json", "placements.csv", "plan.xlsx", "prices.csv", "unfilled.csv", "unplaced.csv"]
    done = run_command("check", folder / "p", folder / "plan", "--bound", "--json")
    answer = json.loads(done.stdout)
    certificate = json.loads((folder / "plan" / "certificate.json").read_text())
    assert done.returncode == 0
    assert answer["legal"]
    assert answer["objective"] == certificate["objective"]
    assert answer["bound"] >= certificate["objective"] - 1e-6


def test_every_worker_is_placed_or_told_why_and_every_open_order_too(folder: Path) -> None:
    """placements.csv and unplaced.csv together hold every worker once; open places are all accounted for."""

    def column(file: str, name: str) -> list[str]:
        with (folder / file).open() as handle:
            return [row[name] for row in csv.DictReader(handle)]

    placed = set(column("plan/placements.csv", "worker_id"))
    unplaced = column("plan/unplaced.csv", "worker_id")
    assert placed | set(unplaced) == set(column("p/workers.csv", "worker_id"))
    assert not placed & set(unplaced)
    assert all(reason for reason in column("plan/unplaced.csv", "reason"))
    places = dict(zip(column("p/orders.csv", "order_id"), column("p/orders.csv", "headcount"), strict=True))
    taken = column("plan/placements.csv", "order_id")
    still_open = dict(
        zip(column("plan/unfilled.csv", "order_id"), column("plan/unfilled.csv", "open_places"), strict=True)
    )
    assert {o: int(float(n)) - taken.count(o) for o, n in places.items() if int(float(n)) > taken.count(o)} == {
        o: int(n) for o, n in still_open.items()
    }


def test_check_refuses_an_illegal_plan_with_status_1_and_names_the_people(folder: Path, tmp_path: Path) -> None:
    """A placement written twice is a breach that names the worker."""
    lines = (folder / "plan" / "placements.csv").read_text().splitlines()
    (tmp_path / "placements.csv").write_text("\n".join([*lines, lines[1]]) + "\n")
    done = run_command("check", folder / "p", tmp_path)
    assert done.returncode == 1
    assert "duplicate" in done.stdout
    assert lines[1].split(",")[0].strip('"') in done.stdout


def test_check_of_an_unknown_worker_ends_with_status_2(folder: Path, tmp_path: Path) -> None:
    """A plan that names nobody we know is a wrong input, not a wrong plan."""
    (tmp_path / "placements.csv").write_text("worker_id,order_id\nnobody,O0\n")
    done = run_command("check", folder / "p", tmp_path)
    assert done.returncode == 2
    assert "row 2" in done.stderr
    assert "nobody" in done.stderr


def test_replay_gives_the_same_bytes(folder: Path) -> None:
    """Seconds apart, the run repeats itself; a changed plan is noticed."""
    assert run_command("replay", folder / "p", folder / "plan", "--quiet").returncode == 0


def test_replay_notices_a_changed_plan(folder: Path, tmp_path: Path) -> None:
    """One price more and the replay differs."""
    for path in (folder / "plan").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "prices.csv").open("a") as file:
        file.write("headcount|X,headcount,X,0,1,9\n")
    done = run_command("replay", folder / "p", tmp_path, "--quiet")
    assert done.returncode == 1
    assert "prices" in done.stdout


def test_match_never_writes_over_a_plan(folder: Path) -> None:
    """An occupied folder is refused before anything is read."""
    done = run_command("match", folder / "p", folder / "plan", "--quiet")
    assert done.returncode == 2
    assert "not empty" in done.stderr


def test_commitments_that_clash_end_with_status_1_and_write_nothing(tmp_path: Path) -> None:
    """Two promises that overlap are named with their rule, and no plan appears."""
    made = draft(11)
    commitments = made.tables["commitments"].iloc[0:0].copy()
    orders = made.tables["orders"]
    commitments["worker_id"] = [made.tables["workers"]["worker_id"].iloc[0]] * len(orders)
    commitments["order_id"] = orders["order_id"].to_list()
    made.tables["commitments"] = commitments
    made.programme(tmp_path / "p")
    done = run_command("match", tmp_path / "p", tmp_path / "plan", "--quiet")
    assert done.returncode == 1
    assert "overlap" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p"]


@pytest.fixture(scope="module")
def nation_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme that takes some seconds to match."""
    place = tmp_path_factory.mktemp("nation")
    assert run_command("generate", "nation", place / "p", "--workers", "6000").returncode == 0
    return place


def _status(plan: Path) -> str:
    return str(json.loads((plan / "certificate.json").read_text())["status"])


def test_a_run_that_the_clock_ended_has_a_legal_plan_and_repeats_itself(nation_folder: Path) -> None:
    """Work is counted in steps: the replay stops where the clock stopped the run, and gives the same bytes."""
    plan = nation_folder / "short"
    done = run_command("match", nation_folder / "p", plan, "--quiet", "--gap", "0", "--time-limit", "2")
    assert done.returncode == 0, done.stderr
    assert _status(plan) == "time_limit"
    assert run_command("check", nation_folder / "p", plan).returncode == 0
    assert run_command("replay", nation_folder / "p", plan, "--quiet").returncode == 0


def test_an_interrupt_gives_the_best_plan_so_far(nation_folder: Path) -> None:
    """Ctrl-C while it solves ends with status 0 and a legal plan that says it was interrupted."""
    plan = nation_folder / "interrupted"
    words = ["match", str(nation_folder / "p"), str(plan), "--gap", "0"]
    command = [sys.executable, "-c", "from engine.cli import main; main()", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "bound" in line:
                run.send_signal(signal.SIGINT)
                break
        run.stderr.read()
        assert run.wait() == 0
    assert _status(plan) == "interrupted"
    assert run_command("check", nation_folder / "p", plan).returncode == 0


def test_a_warm_run_says_so_and_is_replayed_with_its_plan(folder: Path, tmp_path: Path) -> None:
    """What a plan began from belongs to what is needed to repeat it."""
    warm = folder / "plan"
    assert run_command("match", folder / "p", tmp_path / "w", "--warm", warm, "--quiet").returncode == 0
    assert json.loads((tmp_path / "w" / "certificate.json").read_text())["warm"]
    assert run_command("replay", folder / "p", tmp_path / "w", "--quiet").returncode == 2
    assert run_command("replay", folder / "p", tmp_path / "w", "--warm", warm, "--quiet").returncode == 0


def test_help_is_quick_to_import() -> None:
    """Help loads neither numpy, pandas nor a solver, though presets and sources are named in it."""
    code = """
import contextlib, sys
sys.argv = ["vaiven", "generate", "--help"]
from engine.cli import main
with contextlib.suppress(SystemExit):
    main()
assert not {"numpy", "pandas", "numba", "highspy", "altair", "ortools", "rich"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "northern-triangle" in done.stdout
