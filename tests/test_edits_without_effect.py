"""Edits that touch nothing, or name what isn't there; and what-ifs that change nothing, which differ by nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adversarial_programmes import draft
from base_programme import ORDER, base

from engine.errors import ClashError, InputError
from engine.planning.branches import make_base, run_branch
from engine.planning.comparison import states_table
from engine.programme import Programme
from engine.programme.edits import Edits, edited


@pytest.fixture
def programme(tmp_path: Path) -> Programme:
    return base(orders=[dict(ORDER, headcount="10")]).programme(tmp_path / "p")


def _edits(*entries: dict[str, Any]) -> Edits:
    return Edits("one", "", entries)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "order": ({"table": "orders", "where": {"order_id": ["NOPE"]}, "cancel": True}, "NOPE"),
    "worker": ({"table": "workers", "where": {"worker_id": ["W00", "NOPE"]}, "keep": 0}, "NOPE"),
    "employer": ({"table": "orders", "where": {"employer_id": "NOPE"}, "cancel": True}, "NOPE"),
    "country": ({"table": "workers", "where": {"origin_country": ["GT", "XX"]}, "keep": 0}, "XX"),
    "region": ({"table": "workers", "where": {"origin_region": "GT-0l"}, "keep": 0}, "GT-0l"),
    "by a number": ({"table": "orders", "where": {"headcount": ["1"]}, "cancel": True}, "can't be chosen by"),
    "below": ({"table": "orders", "add": {"headcount": -20}}, "may not be there"),
    "scaled away": ({"table": "orders", "scale": {"headcount": 0}}, "may not be there"),
    "no row": ({"table": "commitments", "set": {"agreed_on": 3}}, "touches no row"),
}


@pytest.mark.parametrize(("entry", "word"), FAULTS.values(), ids=FAULTS)
def test_an_edit_without_effect_is_a_fault(entry: dict[str, Any], word: str, programme: Programme) -> None:
    """It names what is unknown, or what may not be."""
    with pytest.raises(InputError) as caught:
        edited(programme, _edits(entry))
    assert word in str(caught.value)


def test_an_unknown_id_is_a_fault_even_where_nothing_may_match(programme: Programme) -> None:
    """A code that the season lacks may be allowed, an id that isn't there never is."""
    entry = {"table": "orders", "where": {"order_id": ["NOPE"]}, "cancel": True, "allow_empty": True}
    with pytest.raises(InputError, match="NOPE"):
        edited(programme, _edits(entry))


def test_each_edit_says_how_many_rows_it_touches(programme: Programme) -> None:
    """In words, one edit after the other."""
    entries = (
        {"table": "workers", "add": {"available_from": 1}},
        {"table": "orders", "where": {"destination_region": "ES-X"}, "cancel": True, "allow_empty": True},
    )
    told = [str(notice) for notice in edited(programme, _edits(*entries)).notices]
    assert told[-2:] == ["Edit 1 touches 2 rows of workers.", "Edit 2 touches no row of orders: it changes nothing."]


def test_edits_of_texts_say_what_they_touch_and_whom_it_looks_at(tmp_path: Path) -> None:
    """Rules, agreements, weights and settings; counted again here, row by row."""
    fewer = {"id": "fewer", "kind": "cap", "basis": "starts", "count": 9, "where": {"origin_country": ["HN"]}}
    begun = base(orders=[dict(ORDER, order_id=f"O{n}", headcount="10") for n in range(3)]).programme(tmp_path / "p")
    own = begun.agreements[0]
    workers = int(np.isin(begun.workers.labels("origin_country").text(), own.origins).sum())
    told = {
        "new rule": ({"new_clause": fewer}, "the rule fewer is new; 3 orders and 0 workers"),
        "of one": ({"clause": "fewer", "count": 8}, "the rule fewer has places 8 instead of 9; 3 orders and"),
        "as it is": ({"programme": {"title": begun.settings.title}}, "leaves everything as it is: it changes nothing."),
        "weights": ({"weights": {"choice": 3}}, "objective.choice 3 instead of nothing; 3 orders"),
        "agreement": (
            {"agreement": own.id, "set": {"title": "Other"}},
            f"title Other instead of {own.title}; 3 orders and {workers} worker",
        ),
        "away": ({"agreement": own.id, "suspend": True}, f"agreement {own.id} with {len(own.clauses)} rule"),
    }
    entries = [entry for entry, _ in told.values()]
    found = edited(begun, _edits(*entries)).notices[len(begun.notices) :]
    for number, (sentence, (_, wanted)) in enumerate(zip(found, told.values(), strict=True), 1):
        assert str(sentence).startswith(f"Edit {number}") and wanted in str(sentence), (sentence, wanted)
    recalled = {**fewer, "id": "recalled", "where": {"recalled": True}}
    assert "at most 3 orders" in str(edited(begun, _edits({"new_clause": recalled})).notices[-1])


def test_the_comparison_says_that_an_edit_changed_nothing(programme: Programme) -> None:
    """Beside the branch; and it differs by nothing."""
    stem = make_base(programme, 0.0, 60.0, 0)
    entry = {"table": "orders", "where": {"destination_region": "ES-X"}, "cancel": True, "allow_empty": True}
    outcome = run_branch(stem, _edits(entry))
    row = states_table(stem.outcome, [outcome]).to_pylist()[1]
    assert "changes nothing" in row["touched"]
    assert outcome.totals == stem.outcome.totals


@pytest.mark.parametrize("seed", range(12))
def test_a_branch_that_changes_nothing_differs_by_nothing(seed: int, tmp_path: Path) -> None:
    """Whether columns are kept or compiled afresh: ties are held to the base in every measure and group."""
    programme = draft(seed).programme(tmp_path / "p")
    try:
        stem = make_base(programme, 0.0, 60.0, 0)
    except ClashError:
        pytest.skip("its commitments clash")
    for entry in ({"table": "workers", "add": {"available_from": 0}}, {"table": "orders", "scale": {"headcount": 1}}):
        outcome = run_branch(stem, _edits(entry))
        assert not outcome.failure
        assert outcome.totals == stem.outcome.totals
        assert outcome.groups == stem.outcome.groups
