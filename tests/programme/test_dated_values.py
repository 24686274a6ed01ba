"""A parameter keeps its past: a plan is judged by the law of its day, and a clause says from when on it asks what."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from base_programme import base
from command_line import run_command

import vaiven
from engine.audit.audit import audit
from engine.programme.edits import Edits, edited

FLOOR: dict[str, Any] = {
    "id": "floor",
    "kind": "wage_floor",
    "hourly": {
        "values": [
            {"from": date(2024, 1, 1), "value": 8, "source": "Decree 1"},
            {"from": date(2026, 1, 1), "value": 10, "source": "Decree 2"},
            {"from": date(2026, 1, 20), "value": 12, "source": "Decree 3"},
        ]
    },
}


def season(folder: Path, as_of: date, *clauses: dict[str, Any]) -> vaiven.Programme:
    """A season of one order at 10 an hour from 1 March, decided on a day."""
    draft = base()
    draft.settings["as_of"] = as_of
    draft.agreements[0]["clause"] = copy.deepcopy(list(clauses))
    return draft.programme(folder)


@pytest.mark.parametrize(
    ("as_of", "legal"),
    [(date(2025, 12, 31), True), (date(2026, 1, 1), True), (date(2026, 1, 19), True), (date(2026, 1, 20), False)],
)
def test_a_plan_is_judged_by_the_law_of_its_day(tmp_path: Path, as_of: date, legal: bool) -> None:
    read = season(tmp_path / "p", as_of, FLOOR)
    assert audit(read, [0], [0]).legal == legal
    assert len(vaiven.match(read).placements) == int(legal)


def test_a_clause_says_from_when_on_it_asks_what(tmp_path: Path) -> None:
    clause = season(tmp_path / "p", date(2026, 1, 5), FLOOR).agreements[0].clauses[0]
    assert clause.sentence == (
        "The hourly wage is at least 10. Before: The hourly wage is at least 8. "
        "In force since 1 January 2026 (Decree 2). From 20 January 2026 on: The hourly wage is at least 12."
    )
    assert [(version.day.year, version.source) for version in clause.versions] == [
        (2024, "Decree 1"),
        (2026, "Decree 2"),
        (2026, "Decree 3"),
    ]


def test_what_ifs_change_the_value_in_force_or_all(tmp_path: Path) -> None:
    read = season(tmp_path / "p", date(2026, 1, 5), FLOOR)
    named = {"agreement": "GT-ES", "clause": "floor"}
    plain = edited(read, Edits("e", "", ({**named, "hourly": 9},))).agreements[0].clauses[0]
    raised = edited(read, Edits("e", "", ({**named, "add": {"hourly": 2}},))).agreements[0].clauses[0]
    assert (plain.rule.hourly, plain.versions) == (9, ())  # type: ignore[attr-defined]  # the kind's own parameter
    assert (raised.rule.hourly, len(raised.versions)) == (12, 3)  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([], "from = date"),
        ([{"from": date(2025, 1, 1)}], "from = date"),
        ([{"from": "2025", "value": 3}], "a date such as"),
        ([{"from": date(2026, 1, 1), "value": 3}, {"from": date(2025, 1, 1), "value": 3}], "one after another"),
        ([{"from": date(2025, 1, 1), "value": "much"}], "a number from 0"),
        ([{"from": date(2026, 2, 1), "value": 3}], "values from that day or before"),
    ],
)
def test_values_that_say_nothing_are_refused(tmp_path: Path, values: list[Any], told: str) -> None:
    with pytest.raises(vaiven.InputError, match="floor") as caught:
        season(tmp_path / "p", date(2026, 1, 5), {**FLOOR, "hourly": {"values": values}})
    assert told in str(caught.value)


def test_changes_say_from_when_and_whom_they_protect(tmp_path: Path) -> None:
    """Each change of the law by its day, its text and its effect, the workers it is for named."""
    northern = {**FLOOR, "where": {"destination_region": ["ES-H"]}}
    season(tmp_path / "p", date(2026, 1, 5), northern, {"id": "house", "kind": "housing"})
    found = json.loads(run_command("agreement", "changes", tmp_path / "p", "--json").stdout)
    assert [(one["day"], one["source"], one["difference"]["protection"]) for one in found] == [
        ("2026-01-01", "Decree 2", "more"),
        ("2026-01-20", "Decree 3", "more"),
    ]
    told = run_command("agreement", "changes", tmp_path / "p").stdout.splitlines()
    assert (
        len(told) == 2 and "from 1 January 2026 on (Decree 2)" in told[0] and "region of destination Huelva" in told[0]
    )
