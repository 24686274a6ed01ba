"""Proportional plans: under one cap every employer has the same share; otherwise nobody could have more in its turn."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from base_programme import ORDER, WORKER, base

from engine.audit.audit import audit
from engine.errors import ClashError
from engine.programme import Programme
from engine.run import Matched, Options, match_read
from scenarios.presets import nation


def _matched(programme: Programme) -> Matched:
    return match_read(programme, Options("proportional", 0.001, 60.0))


def _by_employer(matched: Matched) -> Counter[str]:
    return Counter(matched.files.placements["employer_id"].to_pylist())


def test_under_a_cap_of_two_fifths_everybody_has_two_fifths(tmp_path: Path) -> None:
    """Employers who ask for 10, 20 and 30 under a cap of 24, of orders that pay differently."""
    workers = [{**WORKER, "worker_id": f"W{n:02}", "occupations": "9211:24"} for n in range(40)]
    orders = [
        {
            **ORDER,
            "order_id": f"O{n}",
            "employer_id": f"E{n}",
            "site_id": f"S{n}",
            "headcount": str(10 * n),
            "hourly_wage": str(9 + n),
        }
        for n in (1, 2, 3)
    ]
    made = base(
        workers,
        orders,
        employers=[{"employer_id": f"E{n}", "name": "Farm", "country": "ES"} for n in (1, 2, 3)],
        sites=[{"site_id": f"S{n}", "employer_id": f"E{n}", "region": "ES-H"} for n in (1, 2, 3)],
    )
    made.agreements[0]["clause"] = [{"id": "quota", "kind": "cap", "source": "s", "count": 24}]
    matched = _matched(made.programme(tmp_path / "p"))
    assert _by_employer(matched) == {"E1": 4, "E2": 8, "E3": 12}
    assert matched.files.certificate["common_share"] == {"share": 0.4, "employers_below": 0}


@pytest.mark.parametrize("seed", range(6))
def test_plans_are_legal_and_within_the_bound(seed: int, tmp_path: Path) -> None:
    """Crews, groups, shares and commitments included."""
    programme = draft(seed).programme(tmp_path / "p")
    try:
        matched = _matched(programme)
    except ClashError:
        with pytest.raises(ClashError):
            match_read(programme, Options("optimal", 0.001, 60.0))
        return
    assert audit(programme, matched.worker, matched.order).legal
    certificate = matched.files.certificate
    assert certificate["objective"] <= certificate["bound"] + 1e-6


def test_nobody_has_less_than_told_who_could_have_more(tmp_path: Path) -> None:
    """Fewer employers lie below the common share than by value, and no place is left that a free worker could take."""
    nation.build(200, 5).write(tmp_path / "p")
    from engine.programme import read_programme

    programme = read_programme(tmp_path / "p")
    matched, best = _matched(programme), match_read(programme, Options("optimal", 0.001, 60.0))
    told = matched.files.certificate["common_share"]
    employer, headcount = programme.orders.values("employer_id"), programme.orders.values("headcount")
    asked = np.bincount(employer, headcount)
    shares = [
        np.bincount(employer[one.order], minlength=len(asked))[asked > 0] / asked[asked > 0] for one in (matched, best)
    ]
    assert (shares[0] < told["share"] - 1e-9).sum() == told["employers_below"] <= (shares[1] < told["share"]).sum()
    free = sorted(set(range(programme.workers.size)) - set(matched.worker.tolist()))[:5]
    for worker in free:
        for order in range(programme.orders.size):
            assert not audit(programme, [*matched.worker, worker], [*matched.order, order]).legal
