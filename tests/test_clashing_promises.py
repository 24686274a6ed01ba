"""Promises that rules without clauses rule out: match and explain name the same rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from base_programme import ORDER, WORKERS, base

from engine.errors import ClashError
from engine.planning.explain import explanation
from engine.run import Options, match_programme

Rows = list[dict[str, str]]
PROMISED = {"worker_id": "W00", "order_id": "O00", "agreed_on": "2026-01-02"}
LATER = dict(ORDER, order_id="O01", start_date="2026-05-31", end_date="2026-08-01")
CLASHES: dict[str, tuple[dict[str, Rows], str]] = {
    "overlap": ({"orders": [ORDER, LATER], "commitments": [PROMISED, dict(PROMISED, order_id="O01")]}, "overlap"),
    "excluded pair": (
        {"exclusions": [{"worker_id": "W00", "order_id": "O00", "reason": "quarrel"}], "commitments": [PROMISED]},
        "excluded",
    ),
    "split group": (
        {"workers": [dict(worker, travel_group_id="G") for worker in WORKERS], "commitments": [PROMISED]},
        "travel group",
    ),
    "crew too small": (
        {"orders": [dict(ORDER, headcount="3", min_crew="3")], "commitments": [PROMISED]},
        "min_crew",
    ),
}


@pytest.mark.parametrize(("tables", "rule"), CLASHES.values(), ids=CLASHES)
def test_both_name_the_rule_that_clashes(tables: dict[str, Rows], rule: str, tmp_path: Path) -> None:
    """By its code, and in the words that people read."""
    base(**tables).programme(tmp_path / "p")
    with pytest.raises(ClashError) as caught:
        match_programme(tmp_path / "p", Options(gap=0.0))
    assert rule in caught.value.rules
    found = explanation(tmp_path / "p", None, None, None, None, True)
    assert rule in str(found.lines[0]), found.lines
    assert "W00" in str(found.lines[1])
