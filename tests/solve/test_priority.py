"""Choice in turn above a floor: the inequality of the certificate holds, and less of a floor leaves more wishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from adversarial_programmes import draft

from engine.audit.audit import audit
from engine.errors import CallError, ClashError
from engine.programme import read_programme
from engine.run import Matched, Options, match_read
from engine.solve.wishes import own_lists, wishes_of
from scenarios.presets import nation


def _matched(folder: Path, floor: float | None = None) -> Matched:
    return match_read(read_programme(folder), Options("priority", 0.0, 60.0, floor=floor))


def _first_choices(matched: Matched) -> int:
    """Parties that hold the best of their own list."""
    problem = matched.problem
    lists = own_lists(problem, wishes_of(problem))
    some = problem.offers.of_party[:-1] < problem.offers.of_party[1:]
    return len(set(lists[problem.offers.of_party[:-1][some]].tolist()) & set(matched.result.columns.tolist()))


@pytest.mark.parametrize("seed", range(8))
def test_the_floor_is_kept(seed: int, tmp_path: Path) -> None:
    """By every plan, legal under crews, groups, chains, shares and promises; it is a share of the bound."""
    draft(seed).programme(tmp_path / "p")
    try:
        best = match_read(read_programme(tmp_path / "p"), Options(gap=0.0))
    except ClashError:
        with pytest.raises(ClashError):
            _matched(tmp_path / "p")
        return
    for share in (None, 0.8):
        matched = _matched(tmp_path / "p", share)
        certificate = matched.files.certificate
        assert audit(matched.programme, matched.worker, matched.order).legal
        assert certificate["floor"]["share"] == (share or 0.95)
        asked = min(certificate["floor"]["share"] * certificate["bound"], best.files.certificate["objective"])
        assert certificate["floor"]["value"] == pytest.approx(asked, abs=2e-6)
        assert certificate["objective"] >= certificate["floor"]["value"]


def test_less_of_a_floor_leaves_more_wishes(tmp_path: Path) -> None:
    """With a floor of the best nobody gives anything up; the lower it is, the more have what they want most."""
    nation.build(300, 5).write(tmp_path / "p")
    plans = [_matched(tmp_path / "p", share) for share in (1.0, 0.9, 0.0)]
    objectives = [matched.files.certificate["objective"] for matched in plans]
    wishes = [_first_choices(matched) for matched in plans]
    assert objectives[0] == pytest.approx(plans[0].files.certificate["bound"], abs=1e-5)
    assert objectives[0] >= objectives[1] >= 0.9 * objectives[0] and objectives[1] >= objectives[2]
    assert wishes[0] < wishes[1] <= wishes[2]


def test_whoever_is_first_gets_what_he_wants_most(tmp_path: Path) -> None:
    """Without a floor the first in turn has the first of his list, promises and crews apart."""
    nation.build(120, 5).write(tmp_path / "p")
    matched = _matched(tmp_path / "p", 0.0)
    workers = matched.problem.programme.workers
    points = [-one if one == one else float("inf") for one in workers.values("points").tolist()]
    moments = workers.values("registered_at").tolist()
    offers = matched.problem.offers
    first = min(
        (party for party in range(len(offers.must)) if offers.of_party[party] < offers.of_party[party + 1]),
        key=lambda party: (points[matched.problem.lead[party]], moments[matched.problem.lead[party]]),
    )
    wanted = own_lists(matched.problem, wishes_of(matched.problem))[offers.of_party[first]]
    assert wanted in matched.result.columns


def test_a_mechanism_without_a_floor_says_so(tmp_path: Path) -> None:
    """A floor is asked of `priority` alone."""
    nation.build(60, 5).write(tmp_path / "p")
    with pytest.raises(CallError, match="keeps no floor"):
        match_read(read_programme(tmp_path / "p"), Options("lottery", floor=0.9))
