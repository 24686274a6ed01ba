"""Warnings of validate: people registered twice, and people, recalls and orders that nothing admits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from adversarial_programmes import draft
from base_programme import ORDER, WORKER, WORKERS, base
from typer.testing import CliRunner

from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.placement_table import PlacementTable
from engine.cli import app
from engine.plan.statuses import status_in_words
from engine.planning.doubts import MOST_TOLD, doubts
from engine.planning.explain.reading import refusals
from engine.planning.nobody_admitted import NobodyAdmitted
from engine.run import STATUS


def _told(folder: Path, **tables: list[dict[str, str]]) -> list[str]:
    return [str(one) for one in doubts(base(**tables).programme(folder / "p"))]


def test_a_sound_programme_has_no_doubts(tmp_path: Path) -> None:
    """Two workers who differ in experience are two people."""
    assert _told(tmp_path) == []


def test_one_person_under_two_ids_is_told(tmp_path: Path) -> None:
    """The same row but for the id, or the same birth date, region, sex and passport."""
    twice = [*WORKERS, dict(WORKERS[0], worker_id="W07", registered_at="2026-01-02T10:00:00Z")]
    assert _told(tmp_path / "row", workers=twice) == ["W00 and W07 are likely one person registered twice."]
    alike = [dict(worker, passport_expires="2029-04-01") for worker in WORKERS]
    assert _told(tmp_path / "passport", workers=alike) == ["W00 and W01 are likely one person registered twice."]
    unknown = [dict(worker, birth_date="") for worker in twice]
    assert _told(tmp_path / "unknown", workers=unknown) == []


def test_who_can_never_be_placed_is_told_with_the_reason(tmp_path: Path) -> None:
    """By the rule that refuses most, or because no order asks for the occupation; with every order nobody can have."""
    late = {"worker_id": "W02", **WORKER, "occupations": "9211:24", "available_from": "2026-04-01"}
    other = {"worker_id": "W03", **WORKER, "occupations": "9214:3", "birth_date": "1991-01-01"}
    told = _told(tmp_path, workers=[*WORKERS, late, other], orders=[ORDER, dict(ORDER, order_id="O01", isco08="9412")])
    assert told == [
        "W02 can never be placed: availability refuses 1 of 1 orders in his or her occupations.",
        "W03 can never be placed: no order asks for his or her occupations.",
        "O01 admits nobody: no worker has its occupation.",
    ]


def test_a_recall_that_is_not_admitted_is_told(tmp_path: Path) -> None:
    """With every rule that refuses it."""
    late = [WORKERS[0], dict(WORKERS[1], available_from="2026-04-01")]
    told = _told(tmp_path, workers=late, recalls=[{"order_id": "O00", "worker_id": "W01"}])
    assert told[0] == "The recall of W01 to O00 is not admitted by availability."


def test_many_doubts_are_cut_with_their_number(tmp_path: Path) -> None:
    """Twenty of each sort are told."""
    many = [{"worker_id": f"W{n}", "origin_country": "GT", "occupations": "9214:3"} for n in range(30)]
    told = _told(tmp_path, workers=[*WORKERS, *many])
    assert len(told) == MOST_TOLD + 1
    assert told[-1] == "and 10 more such remarks"


def test_validate_says_so(tmp_path: Path) -> None:
    """They are remarks and no faults."""
    base(orders=[dict(ORDER, isco08="9412")]).programme(tmp_path / "p")
    ran = CliRunner().invoke(app, ["validate", str(tmp_path / "p"), "--json"])
    assert ran.exit_code == 0
    assert "O00 admits nobody" in ran.stdout


def test_every_status_has_words() -> None:
    """Each that a certificate may hold."""
    assert all(status_in_words(status) != status for status in STATUS.values())


def test_pairs_beyond_what_is_looked_at_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out without a word; the duplicates and recalls are told all the same."""
    monkeypatch.setattr("engine.planning.doubts.MOST_PAIRS", 1)
    late = [dict(worker, available_from="2026-04-01") for worker in WORKERS]
    told = _told(tmp_path, workers=late)
    assert told == [
        "3 workers and orders were not looked through for pairs that nothing refuses: there are too many pairs."
    ]


@pytest.mark.parametrize("at_once", [7, 500_000])
def test_nobody_admitted_is_what_all_pairs_say(at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Round by round, in blocks of any size, as if each pair were looked at."""
    monkeypatch.setattr("engine.planning.nobody_admitted.AT_ONCE", at_once)
    monkeypatch.setattr("engine.planning.nobody_admitted.FIRST", 1)
    seen = False
    for seed in range(4):
        programme = draft(seed).programme(tmp_path / str(seed))
        candidates = CandidatePairs(programme)
        pairs = PlacementTable(programme, *candidates.at(np.arange(candidates.total)))
        free = np.ones(pairs.size, bool)
        for _, broken in refusals(pairs):
            free &= ~broken
        found = NobodyAdmitted(programme, 10**9)
        asked = np.flatnonzero(programme.orders.values("headcount") > 0)
        assert found.workers.tolist() == sorted(set(range(programme.workers.size)) - set(pairs.worker[free].tolist()))
        assert found.orders.tolist() == sorted(set(asked.tolist()) - set(pairs.order[free].tolist()))
        seen |= bool(len(found.workers))
    assert seen
