"""Ids that a person can't tell apart stay two, with a word that names both."""

from __future__ import annotations

from pathlib import Path

import pytest
from base_programme import WORKER, base


@pytest.mark.parametrize(
    ("first", "second"),
    [("W1", "W1\u200b"), ("W1", "\u200eW1"), ("Ana\u0301", "An\u00e1"), ("w1", "W1"), ("W\u00ad1", "W1")],
)
def test_ids_that_look_alike_are_told(first: str, second: str, tmp_path: Path) -> None:
    """By an invisible character, an accent's composition or case: two workers, and a notice with both ids."""
    workers = [{"worker_id": name, **WORKER} for name in (first, second, "W2")]
    read = base(workers).programme(tmp_path / "season")
    assert read.workers.size == 3
    told = [notice for notice in read.notices if "look alike" in notice]
    assert len(told) == 1
    assert ascii(first) in told[0] and ascii(second) in told[0]


def test_labels_of_ones_own_that_look_alike_are_told(tmp_path: Path) -> None:
    """Two spellings of a skill admit nobody to what the other asks."""
    workers = [{"worker_id": f"W{n}", **WORKER, "skills": skill} for n, skill in enumerate(("poda", "Poda", "riego"))]
    read = base(workers).programme(tmp_path / "season")
    assert [notice for notice in read.notices if "'Poda'" in notice and "'poda'" in notice]


def test_nothing_is_told_of_ids_that_differ(tmp_path: Path) -> None:
    """And of codes, whose case is given."""
    assert base().programme(tmp_path / "season").notices == ()
