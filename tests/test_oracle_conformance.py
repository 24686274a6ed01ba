"""The oracle against the fifteen programmes of ../shared/conformance, made by another reader of the contract."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from oracle import Programme, admitted, faults, optimum, optimum_by_enumeration, read, refusals

FOLDER = Path(__file__).resolve().parents[1].parent / "shared" / "conformance"
NAMES = [f"programme-{number:02}" for number in range(1, 16)]
PAIR_AND_CALENDAR_RULES = {
    *("occupation", "skills", "language", "availability", "horizon", "excluded", "refused", "reservation"),
    *("debarred", "no agreement", "overlap", "travel", "too many placements"),
}
COUNT_KINDS = {"cap", "set_aside", "share"}
TOLERANCE = 1e-6

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/conformance is not there")


@cache
def programme(name: str) -> Programme:
    return read(FOLDER / name)


def expected(name: str) -> Any:
    return json.loads((FOLDER / name / "expected.json").read_text(encoding="utf-8"))


def value_of_plan(name: str, plan: list[tuple[str, str]]) -> float:
    values = admitted(programme(name))
    return float(sum(values[pair] for pair in plan))


def faults_of_counts(name: str, found: set[str]) -> set[str]:
    """Leave out what only the first of is listed: rules of a pair and of a calendar."""
    made = programme(name)
    clauses = [clause for agreement in made.agreements for clause in agreement.clauses] + made.clauses
    of_pair_or_calendar = {clause["id"] for clause in clauses if clause["kind"] not in COUNT_KINDS}
    return found - PAIR_AND_CALENDAR_RULES - of_pair_or_calendar


@pytest.mark.parametrize("name", NAMES)
def test_pairs_and_values(name: str) -> None:
    found = admitted(programme(name))
    with (FOLDER / name / "expected-pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(programme(name).workers) * len(programme(name).orders)
    wrong: dict[tuple[str, str], Any] = {}
    for row in rows:
        pair = (row["worker_id"], row["order_id"])
        if (pair in found) != (row["admitted"] == "1"):
            wrong[pair] = (row, refusals(programme(name), *pair))
        elif pair in found and abs(float(found[pair]) - float(row["value"])) > TOLERANCE:
            wrong[pair] = (row, found[pair])
    assert wrong == {}
    assert len(found) == expected(name)["admitted_pairs"]


@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name: str) -> None:
    for verdict in expected(name)["verdicts"]:
        plan = [(worker_id, order_id) for worker_id, order_id in verdict["plan"]]
        found, listed = faults(programme(name), plan), set(verdict.get("faults", []))
        assert (not found) == verdict["legal"], (plan, found, listed)
        assert listed <= found, (plan, found - listed, listed - found)
        assert faults_of_counts(name, found) == faults_of_counts(name, listed), (plan, found, listed)
        if "objective" in verdict:
            assert value_of_plan(name, plan) == pytest.approx(verdict["objective"], rel=0, abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_optimum(name: str) -> None:
    best = optimum(programme(name))
    assert best is not None
    objective, plan = best
    assert float(objective) == pytest.approx(expected(name)["optimum"], rel=0, abs=TOLERANCE)
    assert faults(programme(name), plan) == set()


def shortened(name: str, first: int, length: int) -> Programme:
    """The programme with a few of its workers only, and of its commitments those of the workers left."""
    whole = programme(name)
    left = list(whole.workers)[first : first + length]
    return replace(
        whole,
        workers={worker_id: whole.workers[worker_id] for worker_id in left},
        commitments={pair: row for pair, row in whole.commitments.items() if pair[0] in left},
    )


@pytest.mark.parametrize("first", [0, 12, 24, 32])
@pytest.mark.parametrize("name", NAMES)
def test_both_searches_find_the_same_optimum(name: str, first: int) -> None:
    few = shortened(name, first, 5)
    by_solver, by_enumeration = optimum(few), optimum_by_enumeration(few)
    assert (by_solver is None) == (by_enumeration is None)
    if by_solver is not None and by_enumeration is not None:
        assert by_solver[0] == by_enumeration[0]
