"""The bound that anybody can recompute from prices.csv is the one that the certificate states, on every preset.

``VAIVEN_BOUND_WORKERS`` says how many workers each preset has.
"""

from __future__ import annotations

import os
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft

from engine.audit.best_calendars import LEAST, Choices, best_worth
from engine.audit.bound import recomputed_bound
from engine.programme import read_programme
from engine.run import Options, match_read
from scenarios.h2a import import_h2a
from scenarios.preset import load_preset

WORKERS = int(os.environ.get("VAIVEN_BOUND_WORKERS", "400"))
ROUNDED = 2e-6
SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.parametrize("name", ["adversarial", "nation", "northern-triangle", "us-h2a"])
def test_prices_prove_the_price_bound(name: str, tmp_path: Path) -> None:
    """To a millionth: the certificate's is rounded up to six digits."""
    load_preset(name).build(WORKERS if name != "adversarial" else min(WORKERS, 90), 3).write(tmp_path / "p")
    programme = read_programme(tmp_path / "p")
    matched = match_read(programme, Options(gap=0.001))
    matched.files.write(tmp_path / "plan")
    stated = matched.files.certificate["price_bound"]
    assert recomputed_bound(programme, tmp_path / "plan") == pytest.approx(stated, rel=1e-9, abs=ROUNDED)


@pytest.mark.skipif(WORKERS < 20_000, reason="a whole year's orders are read in make proof")
def test_prices_prove_the_price_bound_of_a_real_season(tmp_path: Path) -> None:
    """All H-2A orders of 2016, priced where they lie."""
    workbook = SHARED_DATA / "us_dol_H-2A_Disclosure_Data_FY16.xlsx"
    if not workbook.is_file():
        pytest.skip("the workbook is not beside the checkout")
    import_h2a(workbook, WORKERS, 0)[0].write(tmp_path / "p")
    programme = read_programme(tmp_path / "p")
    matched = match_read(programme, Options(gap=0.001))
    matched.files.write(tmp_path / "plan")
    stated = matched.files.certificate["price_bound"]
    assert recomputed_bound(programme, tmp_path / "plan") == pytest.approx(stated, rel=1e-9, abs=ROUNDED)


@pytest.mark.parametrize("seed", range(100, 112))
def test_prices_prove_the_price_bound_of_adversarial_programmes(seed: int, tmp_path: Path) -> None:
    """Joins of stays, ledgers, travel, groups, crews, promises and every kind of limit."""
    programme = draft(seed, 24).programme(tmp_path / "p")
    matched = match_read(programme, Options(gap=0.0))
    matched.files.write(tmp_path / "plan")
    stated = matched.files.certificate["price_bound"]
    assert recomputed_bound(programme, tmp_path / "plan") == pytest.approx(stated, rel=1e-9, abs=ROUNDED)


@pytest.mark.parametrize("seed", range(20))
def test_the_best_calendar_is_that_of_all_sets(seed: int) -> None:
    """Units of up to nine choices against all their sets, with choices that are free, owed, or illegal in company."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 10, 12)
    of_unit = np.concatenate([[0], np.cumsum(lengths)])
    unit = np.repeat(np.arange(12), lengths)
    start = rng.integers(0, 60, len(unit))
    by_start = np.lexsort((start, unit))
    start = start[by_start]
    end = start + rng.integers(3, 25, len(unit))
    net, free, must = rng.integers(-8, 12, len(unit)), rng.random(len(unit)) < 0.2, rng.random(len(unit)) < 0.03
    odd = rng.integers(0, 3, len(unit))

    def judge(choice: np.ndarray, of_set: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        sets = [choice[a:b] for a, b in pairwise(of_set.tolist())]
        return np.array([real(one) for one in sets], np.int64), np.array([legal(one) for one in sets], bool)

    def real(one: np.ndarray) -> int:
        return int(net[one].sum()) - (len(one) > 1)

    def legal(one: np.ndarray) -> bool:
        return int(odd[one].sum()) % 3 != 1

    def best(number: int) -> int:
        own = np.arange(of_unit[number], of_unit[number + 1])
        found = LEAST if must[own].any() else 0
        for size in range(1, len(own) + 1):
            for chosen in combinations(own.tolist(), size):
                one = np.array(chosen)
                apart = (start[one][1:] > np.maximum.accumulate(end[one])[:-1]).all()
                if apart and (~free[one]).sum() <= 2 and must[own].sum() == must[one].sum() and legal(one):
                    found = max(found, real(one))
        return found

    got = best_worth(Choices(of_unit, start, end, net, free, must), 2, judge)
    assert got.tolist() == [best(number) for number in range(12)]
