"""The worked examples of what a package can add: installed beside us, each is found and does its work."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "docs" / "dev" / "outside"


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package and what pip would write of it."""
    place = tmp_path_factory.mktemp("beside")
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"]
    about = place / f"vaiven_outside-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n", "utf-8")
    groups = project["entry-points"].items()
    lines = [line for group, entries in groups for line in (f"[{group}]", *(f"{n} = {v}" for n, v in entries.items()))]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
    (place / "vaiven_outside").symlink_to(PACKAGE / "vaiven_outside", target_is_directory=True)
    return place


def run(beside: Path, folder: Path, *arguments: str, status: int = 0) -> str:
    """What the command line says in a process that has the package."""
    paths = os.pathsep.join([str(beside), str(PACKAGE.parents[2])])
    done = subprocess.run(
        [sys.executable, "-c", "from engine.cli import main; main()", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def season(beside: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    run(beside, folder, "generate", "one-valley", "season", "--workers", "8")
    return folder


def test_the_mechanism_matches_what_the_preset_makes(beside: Path, season: Path) -> None:
    told = run(beside, season, "match", "season", "plan", "--mechanism", "longest-first", "--json")
    certificate = json.loads(told)
    assert certificate["mechanism"] == "longest-first" and certificate["placements"] == 4
    run(beside, season, "check", "season", "plan")


def test_the_clause_is_read_obeyed_audited_and_explained(beside: Path, season: Path, tmp_path: Path) -> None:
    """A week of its farm is as long as the season says; one hour less and nobody may go."""
    hours = float(next(csv.DictReader((season / "season" / "orders.csv").open()))["weekly_hours"])
    run(beside, season, "match", "season", "before")
    for allowed, placements in ((hours, 4), (hours - 1, 0)):
        place = tmp_path / str(placements)
        shutil.copytree(season / "season", place)
        with next((place / "agreements").glob("*.toml")).open("a") as agreement:
            agreement.write(f'[[clause]]\nid = "week"\nkind = "longest_week"\nhours = {allowed}\n')
        told = json.loads(run(beside, season, "match", str(place), str(tmp_path / f"plan-{placements}"), "--json"))
        assert told["placements"] == placements
    why = run(beside, season, "explain", str(place), str(tmp_path / "plan-0"), "--worker", "W00000")
    assert "No week is longer than" in why
    shutil.copytree(season / "before", tmp_path / "before")
    (tmp_path / "before" / "certificate.json").unlink()
    assert "GT-CA-2026|week" in run(beside, season, "check", str(place), str(tmp_path / "before"), status=1)


def test_the_what_if_is_known_by_its_name(beside: Path, season: Path) -> None:
    told = json.loads(run(beside, season, "whatif", "season", "one-valley-sends-fewer", "compared", "--json"))
    assert [branch["totals"]["placements"] for branch in told["branches"]] == [2]


def test_the_source_imports_and_says_what_it_refused(beside: Path, season: Path) -> None:
    (season / "list.txt").write_text("12\nmany\n24\n", "utf-8")
    run(beside, season, "import", "village-list", "list.txt", "imported")
    assert (season / "imported.refused.csv").read_text("utf-8").splitlines()[1].startswith("2,")
    assert "2 workers" in run(beside, season, "validate", "imported")


def test_the_chart_is_drawn(beside: Path, season: Path) -> None:
    script = (
        "import vaiven; season = vaiven.read_programme('season')\n"
        "print(vaiven.match(season).plot('placements_by_region').to_json())"
    )
    paths = os.pathsep.join([str(beside), str(PACKAGE.parents[2])])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=season, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "GT-01" in done.stdout
