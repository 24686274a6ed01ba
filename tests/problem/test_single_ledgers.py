"""What is struck from a rectangle is what testing every pair by itself strikes."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from adversarial_programmes import draft

from engine.problem.eligibility import admitted_rectangles
from engine.problem.ledgers import PairLedger
from engine.problem.register import Register
from engine.problem.single_ledgers import ListedPairs, strike_illegal
from engine.programme import Programme, read_programme
from scenarios.presets import nation, northern_triangle, us_h2a

SEEDS = range(8)


def _struck(programme: Programme) -> int:
    """How many pairs are struck, each compared with a test of its own."""
    register, count = Register(programme), 0
    for rectangle in admitted_rectangles(register):
        struck = strike_illegal(register, rectangle)
        row, column = np.nonzero(rectangle.admitted)
        pairs = ListedPairs(rectangle.workers[row], rectangle.orders[column])
        wanted = rectangle.admitted.copy()
        legal = PairLedger(register, pairs).legal(np.arange(len(row)), np.arange(len(row) + 1))
        wanted[row[~legal], column[~legal]] = False
        assert (struck.admitted == wanted).all()
        assert struck.workers is rectangle.workers and struck.orders is rectangle.orders
        count += int((~legal).sum())
    return count


def test_pairs_that_stay_are_legal_calendars(tmp_path: Path) -> None:
    """Bit by bit, under every kind of ledger; in some of the programmes something is struck."""
    assert sum(_struck(draft(seed, 30).programme(tmp_path / f"{seed}")) for seed in SEEDS) > 0


@pytest.mark.parametrize("preset", [nation, northern_triangle, us_h2a])
def test_of_seasons_too(preset: ModuleType, tmp_path: Path) -> None:
    """Where nearly everybody may take any order."""
    preset.build(300, 1).write(tmp_path / "p")
    _struck(read_programme(tmp_path / "p"))
