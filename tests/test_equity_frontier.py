"""The equity frontier against exact programs of an independent reading, and what must not change it."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from adversarial_programmes import Draft, draft
from command_line import run_command
from oracle.equity import above, equity, highest_least_rate, most_reached, reaching, within, within_range
from oracle.programme_reader import read as read_naively

from engine.errors import CallError, ClashError
from engine.planning.fairness.frontier import Point, equity_frontier
from engine.planning.fairness.measures import difference
from engine.planning.fairness.measures.least_rate import highest_least_rate as highest_found
from engine.planning.fairness.start import make_start
from engine.problem.values import SCALE
from engine.programme import Programme, read_programme
from engine.run import Options, match_read
from engine.solve.equity_relaxation import limit_of_least_rate
from engine.solve.result import Stop
from scenarios.presets import northern_triangle

PROGRAMMES = int(os.environ.get("VAIVEN_EQUITY_PROGRAMMES", "5"))
EXACT = Options(gap=0.0)
RUN_OUT = (1, 3)
STEPS = 3
DRAWS_APART = 1000  # even, so that another draw is one of the same sort


def _drawn(seed: int, folder: Path) -> Programme:
    """A drawn programme with few places; in every other one nobody is promised any, and regions are countries. Where
    the promises can't all be kept, another is drawn.
    """
    for draw in count(seed, DRAWS_APART):
        programme = _made(draw, folder / str(draw))
        try:
            match_read(programme, Options(gap=1.0))
        except ClashError:
            continue
        return programme
    raise AssertionError("there is always one more")


def _made(seed: int, folder: Path) -> Programme:
    made = draft(seed, 16 + seed % 2 * 6)
    workers, orders = made.tables["workers"], made.tables["orders"]
    orders["headcount"] = np.maximum(orders["min_crew"].fillna(1).astype(int), 1)
    workers["household_id"] = [f"h{row % (len(workers) // 2)}" for row in range(len(workers))]
    if seed % 2:
        made.tables["commitments"] = made.tables["commitments"].head(0)
        workers["origin_region"] = workers["origin_country"].map({"GT": "GT-13", "HN": "HN-CR", "JM": "JM-10"})
    return made.programme(folder)


def _agree(point: Point, best: tuple[float, list[object]] | None) -> None:
    assert best is not None
    assert point.totals["objective"] == pytest.approx(best[0], rel=3e-6, abs=3e-6), (point.equity, point.number)
    assert point.bound == pytest.approx(point.totals["objective"], rel=3e-6, abs=3e-6)
    assert point.status == "optimal"


@pytest.mark.parametrize("seed", range(PROGRAMMES))
def test_each_point_is_the_best_plan_under_its_demand(seed: int, tmp_path: Path) -> None:
    """The ends of the frontier too: no plan has a higher least rate, or reaches more households."""
    programme = _drawn(seed, tmp_path)
    frontier = equity_frontier(programme, EXACT, count=STEPS, smallest=1)
    naive = read_naively(max(tmp_path.iterdir(), key=lambda place: int(place.name)))
    regions, households = equity(naive, "origin_region"), equity(naive, "household_id")
    start = make_start(programme, EXACT, 1)
    top, _, limit = highest_found(start, start.regions)
    assert top == limit == highest_least_rate(regions)
    for point in frontier.points["least_rate"][1:]:
        asked = start.regions.least_rate(start.best.worker)
        _agree(point, above(regions, asked + (top - asked) * point.number / STEPS))
        assert point.totals["least_rate"] >= point.asked - 1e-12
    for point in frontier.points["difference"][1:]:
        _agree(point, within(regions, point.asked))
        assert point.totals["difference"] <= point.asked + 1e-9
    for point in frontier.points["range"][1:]:
        _agree(point, within_range(regions, point.asked))
        assert point.totals["range"] <= point.asked + 1e-9
    reached = frontier.points["households"]
    size = len(start.households.names)
    assert reached[-1].totals["households"] * size == pytest.approx(most_reached(households))
    for point in reached[1:]:
        _agree(point, reaching(households, round(point.asked * size)))


def test_a_step_whose_rounds_run_out_keeps_what_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its plan may be worth less than the best under the demand, its bound never."""
    monkeypatch.setattr(difference, "MOST_ROUNDS", 1)
    given_up = 0
    for seed in RUN_OUT:
        programme = _made(seed, tmp_path / str(seed))
        start = make_start(programme, EXACT, 1)
        regions = equity(read_naively(tmp_path / str(seed)), "origin_region")
        for step in difference.steps(start, STEPS):
            best = within(regions, step.asked)
            assert best is not None
            assert difference.mean_difference(start.regions.rates(step.result.worker)) <= step.asked + 1e-9
            assert step.result.objective / SCALE <= best[0] + 1e-5 and best[0] <= step.result.bound / SCALE + 1e-5
            given_up += step.result.stop is Stop.EXHAUSTED
    assert given_up


def test_the_limit_of_the_least_rate_is_proved_without_a_search(tmp_path: Path) -> None:
    """No plan's least rate is above it, whatever the solver of programs says of its own."""
    for seed in RUN_OUT:
        start = make_start(_made(seed, tmp_path / str(seed)), EXACT, 1)
        groups = start.regions
        limit = limit_of_least_rate(start.problem, groups.members, groups.admitted, start.budget)
        best = highest_least_rate(equity(read_naively(tmp_path / str(seed)), "origin_region"))
        assert limit is not None and best <= limit <= 1


@pytest.mark.parametrize("seed", [1, 3])
def test_sex_changes_no_value_and_no_plan(seed: int, tmp_path: Path) -> None:
    """Where no clause names it; the rates of the sexes, which are reported, change places."""
    frontiers = []
    for name, flipped in (("as it is", {}), ("flipped", {"F": "M", "M": "F"})):
        made = _without_sex(draft(seed, 16))
        made.tables["workers"]["sex"] = made.tables["workers"]["sex"].replace(flipped)
        frontiers.append(equity_frontier(made.programme(tmp_path / name), EXACT, count=STEPS, smallest=1))
    one, other = frontiers
    assert {name: len(points) for name, points in one.points.items()} == {
        name: len(points) for name, points in other.points.items()
    }
    for name, points in one.points.items():
        for mine, yours in zip(points, other.points[name], strict=True):
            assert mine.totals == yours.totals and mine.bound == yours.bound
            np.testing.assert_array_equal((mine.worker, mine.order), (yours.worker, yours.order))
            assert _of_sex(mine, "F") == _of_sex(yours, "M") and _of_sex(mine, "M") == _of_sex(yours, "F")


def _of_sex(point: Point, sex: str) -> list[tuple[int, int, int]]:
    return [(one.registered, one.admitted, one.placed) for one in point.groups if (one.key, one.group) == ("sex", sex)]


def _without_sex(made: Draft) -> Draft:
    made.settings["clause"] = [one for one in made.settings.get("clause", []) if "'sex'" not in str(one)]
    for agreement in made.agreements:
        agreement["clause"] = [one for one in agreement["clause"] if "'sex'" not in str(one)]
    return made


def test_a_plan_is_read_anew_by_others(tmp_path: Path) -> None:
    """What the files say of every step is what the placements in its file come to."""
    northern_triangle.build(60, 2).write(tmp_path / "season")
    asked = ("--equity", "least_rate", "--equity", "range", "--steps", "1", "--smallest", "2")
    done = run_command("fairness", "frontier", tmp_path / "season", tmp_path / "out", *asked)
    assert done.returncode == 0, done.stderr
    rows = pd.read_csv(tmp_path / "out" / "frontier.csv")
    groups = pd.read_csv(tmp_path / "out" / "groups.csv")
    workers = pd.read_csv(tmp_path / "season" / "workers.csv").set_index("worker_id")
    assert set(rows["equity"]) == {"least_rate", "range"} and len(rows) > 2
    for row in rows.to_dict("records"):
        plan = tmp_path / "out" / "plans" / f"{row['equity']}-{row['step']}.csv"
        assert run_command("check", tmp_path / "season", plan).returncode == 0
        placed = workers.loc[pd.read_csv(plan)["worker_id"].unique()]
        own = groups[(groups["equity"] == row["equity"]) & (groups["step"] == row["step"])]
        for key in ("sex", "origin_region"):
            told = own[own["key"] == key].set_index("group")
            assert told["placed"].to_dict() == placed[key].value_counts().reindex(told.index, fill_value=0).to_dict()
        rates = own[(own["key"] == "origin_region") & (own["admitted"] >= 2)]["rate"]
        assert row["range"] == pytest.approx(rates.max() - rates.min())
        best = rows[(rows["equity"] == row["equity"]) & (rows["step"] == 0)].iloc[0]
        assert row["paid_weeks_given_up"] == pytest.approx(best["paid_weeks"] - row["paid_weeks"])
        assert row["objective"] <= row["bound"] + 1e-6
    assert (tmp_path / "out" / "frontier.png").stat().st_size > 10_000


def test_a_measure_that_is_not_known_is_named(tmp_path: Path) -> None:
    northern_triangle.build(60, 2).write(tmp_path / "season")
    with pytest.raises(CallError, match="least_rate"):
        equity_frontier(read_programme(tmp_path / "season"), EXACT, ["fairness"])
