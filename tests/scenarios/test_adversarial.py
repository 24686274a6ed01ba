"""The adversarial preset: every clause kind every time, commitments that can be kept, fit sizes."""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from oracle import admitted, faults, read, refusals
from oracle.programme_reader import Programme

from engine.clauses.kinds import kinds
from scenarios.adversarial.clause_variants import GATES
from scenarios.preset import Draft
from scenarios.presets.adversarial import build

SEEDS = range(40)
MANY_SEEDS = int(os.environ.get("VAIVEN_ADVERSARIAL_SEEDS", "40"))


@cache
def built(workers: int, seed: int) -> Draft:
    """A draft, made once for all tests, which only look at it."""
    return build(workers, seed)


@cache
def programme(workers: int, seed: int) -> Programme:
    """A draft as the oracle reads it."""
    with TemporaryDirectory() as folder:
        built(workers, seed).write(Path(folder, "p"))
        return read(Path(folder, "p"))


def all_clauses(draft: Draft) -> list[dict[str, object]]:
    return [*draft.settings["clause"], *(entry for a in draft.agreements for entry in a["clause"])]


@pytest.mark.parametrize("seed", range(0, 200, 5))
def test_every_clause_kind_is_there(seed: int) -> None:
    """Tests that each programme has every kind that the engine knows."""
    assert {entry["kind"] for entry in all_clauses(built(40, seed))} == set(kinds())


def test_commitments_can_be_kept() -> None:
    """Tests that the plan of the commitments alone is legal, and that commitments do occur."""
    committed = 0
    for seed in SEEDS:
        plan = list(programme(40, seed).commitments)
        assert faults(programme(40, seed), plan) == set(), seed
        committed += len(plan)
    assert committed >= len(SEEDS) / 2


def test_programmes_are_small_but_not_empty() -> None:
    """Tests that forty workers have some 40 to 150 admitted pairs."""
    counts = []
    for seed in SEEDS:
        counts.append(len(admitted(programme(40, seed))))
    within = sum(40 <= count <= 150 for count in counts)
    assert within >= 0.95 * len(counts), sorted(counts)


def test_every_gate_bars_someone_alone() -> None:
    """Tests that each kind of gate is, somewhere, the only reason against a pair."""
    alone = set()
    for seed in SEEDS:
        kind_of = {entry["id"]: entry["kind"] for entry in all_clauses(built(60, seed))}
        naive = programme(60, seed)
        for worker in naive.workers:
            for order in naive.orders:
                barring = set(refusals(naive, worker, order))
                if len(barring) == 1:
                    alone.add(kind_of.get(next(iter(barring)), "always"))
    assert set(GATES) <= alone


def test_the_leap_year_is_touched() -> None:
    """Tests that odd seeds put orders on 29 February, and that workers are born on it."""
    drafts = [built(60, seed) for seed in range(1, 20, 2)]
    days = {(day.month, day.day) for draft in drafts for day in draft.tables["orders"].start_date}
    births = {(day.month, day.day) for draft in drafts for day in draft.tables["workers"].birth_date}
    assert (2, 29) in days
    assert (2, 29) in births


def test_seeds_differ() -> None:
    """Tests that no two seeds have the same clauses, of forty here and of two hundred in `make proof`."""
    texts = {str(all_clauses(build(20, seed))) for seed in range(MANY_SEEDS)}
    assert len(texts) == MANY_SEEDS


def test_there_are_chains_crews_groups_and_returns() -> None:
    """Tests that what makes calendars and counts hard occurs: chains, crews, groups, home orders."""
    drafts = [built(40, seed) for seed in SEEDS]
    orders = [draft.tables["orders"] for draft in drafts]
    workers = [draft.tables["workers"] for draft in drafts]
    assert all((table.min_crew.fillna(1) > 1).any() for table in orders[:10])
    assert all((table.travel_group_id != "").sum() >= 4 for table in workers)
    assert sum(table.destination_country.isin(["GT", "HN", "JM"]).any() for table in orders) >= 30
    assert {draft.settings["max_placements_per_worker"] for draft in drafts} == {2, 3}
    following = 0
    for table in orders:
        for _, group in table.groupby("destination_country"):
            starts, ends = (group[column].to_numpy("datetime64[D]") for column in ("start_date", "end_date"))
            gaps = (starts[:, None] - ends[None, :]).astype(int)
            following += int(((gaps >= 1) & (gaps <= 8)).sum())
    assert following >= 3 * len(drafts)
