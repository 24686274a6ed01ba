"""The audit of scores: a planted bias is found, an unbiased score isn't, at the level that is stated."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from adversarial_programmes import Draft, draft
from command_line import run_command
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

import vaiven
from engine.planning.fairness.exact_tests import LEVEL, p_value_of_count
from engine.planning.fairness.score import scored_groups

PEOPLE, DRAWS = 160, 80


@pytest.fixture(scope="module")
def season() -> vaiven.Programme:
    """Workers of both sexes and two regions, each with a score and a stay that has ended."""
    drawn, made = np.random.default_rng(1), draft(2)
    workers = pd.concat([made.tables["workers"].head(1)] * PEOPLE, ignore_index=True)
    workers["worker_id"] = [f"w{row}" for row in range(PEOPLE)]
    workers["travel_group_id"] = workers["household_id"] = ""
    workers["sex"] = drawn.choice(["F", "M"], PEOPLE)
    workers["origin_region"] = drawn.choice(["JM-10", "JM-13"], PEOPLE)
    history = pd.concat([made.tables["history"].head(1)] * PEOPLE, ignore_index=True)
    history["worker_id"], history["exit_reason"] = workers["worker_id"], ["completed", "early_return"] * (PEOPLE // 2)
    history["start_date"], history["end_date"] = "2024-03-01", "2024-06-30"
    for name in ("preferences", "commitments", "exclusions", "recalls"):
        made.tables[name] = made.tables[name].head(0)
    order = made.tables["orders"]["order_id"].iloc[0]
    scores = pd.DataFrame({"worker_id": workers["worker_id"], "order_id": order, "score": 0.5})
    tables = {**made.tables, "workers": workers, "history": history, "scores": scores}
    return vaiven.Programme.from_frames(made.settings, made.agreements, **tables)


def _scored(season: vaiven.Programme, seed: int, bias: float = 0.0) -> vaiven.Programme:
    """Stays are completed as likely as the worker's score says, from which women's is then taken a ``bias``."""
    drawn = np.random.default_rng(seed)
    likely = drawn.uniform(0.3, 0.9, PEOPLE)
    score = likely - bias * (season.workers.labels("sex").text() == "F")
    reasons = season["history"].labels("exit_reason")
    happened = np.where(drawn.uniform(size=PEOPLE) < likely, reasons.code("completed"), reasons.code("early_return"))
    ends = replace(reasons, codes=happened.astype(np.int32))
    return replace(
        season,
        tables={
            **season.tables,
            "scores": replace(season["scores"], columns={**season["scores"].columns, "score": score}),
            "history": replace(season["history"], columns={**season["history"].columns, "exit_reason": ends}),
        },
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_bias_is_found_where_it_is(season: vaiven.Programme, seed: int) -> None:
    """In the score of the sexes, and in what it foretold of women; not in that of men or of a region."""
    found = {one.group: (str(one.favour), str(one.calibration)) for one in scored_groups(_scored(season, seed, 0.28))}
    assert found["F"] == ("sign", "sign") and found["M"] == ("sign", "no_sign")
    assert found["JM-10"][0] == found["JM-13"][0] == "no_sign"


def test_an_unbiased_score_is_found_as_rarely_as_said(season: vaiven.Programme) -> None:
    """Of drawn scores that keep their word, no more have a sign anywhere than the level of either kind of test allows,
    up to what chance does to so few draws: more than this happens once in a thousand times.
    """
    found = [scored_groups(_scored(season, seed)) for seed in range(100, 100 + DRAWS)]
    most = int(binom(DRAWS, LEVEL).ppf(0.999))
    assert sum(any(one.favour == "sign" for one in groups) for groups in found) <= most
    assert sum(any(one.calibration == "sign" for one in groups) for groups in found) <= most


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7), st.data())
def test_the_law_of_a_count_is_exact(likely: list[float], data: st.DataObject) -> None:
    """Against the sum over everything that may happen."""
    count = data.draw(st.integers(0, len(likely)))
    law = np.zeros(len(likely) + 1)
    for happens in product((0, 1), repeat=len(likely)):
        law[sum(happens)] += np.prod([p if one else 1 - p for p, one in zip(likely, happens, strict=True)])
    expected = min(1.0, 2 * min(law[: count + 1].sum(), law[count:].sum()))
    assert p_value_of_count(count, np.array(likely)) == pytest.approx(expected, abs=1e-9)


def _with_scores(seed: int) -> Draft:
    made = draft(seed)
    made.settings["objective"]["score"] = 0.2
    return made


def test_plans_with_and_without_are_what_two_runs_give(tmp_path: Path) -> None:
    """By the command: the value without the score is that of the files, whatever weight the programme has now."""
    _with_scores(4).programme(tmp_path / "season")
    done = run_command("fairness", "score", tmp_path / "season", tmp_path / "out", "--weight", "5", "--gap", "0")
    assert done.returncode == 0, done.stderr
    without, weighed = pd.read_csv(tmp_path / "out" / "score_plans.csv").to_dict("records")
    made = _with_scores(4)
    for row, weight in ((without, 0.0), (weighed, 5.0)):
        made.settings["objective"]["score"] = weight
        plan = vaiven.match(made.programme(tmp_path / f"by {weight}"), vaiven.Options(gap=0.0))
        assert row["bound"] == pytest.approx(plan.certificate.objective, rel=3e-6)
        assert row["weight"] == weight
    assert without["value"] == pytest.approx(without["bound"], rel=3e-6) and without["moved"] == 0
    assert weighed["value"] <= without["value"] + 1e-6 and weighed["mean_score"] >= without["mean_score"]


def test_a_programme_without_scores_says_so(tmp_path: Path) -> None:
    made = draft(2)
    made.tables["scores"] = made.tables["scores"].head(0)
    made.programme(tmp_path / "season")
    done = run_command("fairness", "score", tmp_path / "season")
    assert done.returncode == 2 and "no scores" in done.stderr
