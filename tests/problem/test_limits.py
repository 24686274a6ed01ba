"""The rows that columns use, folded into classes and cells, against the blocks of the clauses added up one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from adversarial_programmes import draft

from engine.audit.counts import count_breaches
from engine.audit.placement_table import PlacementTable
from engine.problem import MatchingProblem, compile_problem
from engine.problem.column_rows import use_of
from engine.problem.priced_columns import price_table

Floats = npt.NDArray[np.float64]
COUNTED = ("headcount", "beds")


def drawn_columns(problem: MatchingProblem, seed: int, share: float) -> npt.NDArray[np.int64]:
    """At most one column of each party, drawn."""
    generator = np.random.default_rng(seed)
    counts = np.diff(problem.offers.of_party)
    chosen = np.flatnonzero((counts > 0) & (generator.random(len(counts)) < share))
    return problem.offers.of_party[chosen] + generator.integers(0, counts[chosen])


def use_by_blocks(problem: MatchingProblem, columns: npt.NDArray[np.int64]) -> Floats:
    """What the placements use of every row of a clause, read off the parts of its block; returns home use none."""
    limits, register = problem.limits, problem.register
    use = np.zeros(limits.row_count)
    workers, orders = problem.offers.placements(columns)
    for named in limits.blocks:
        slots = len(named.block.slot_names)
        for part in named.block.parts:
            counted: set[tuple[int, int]] = set()
            for worker, order in zip(workers.tolist(), orders.tolist(), strict=True):
                one, other = np.array([worker], np.int32), np.array([order], np.int32)
                if register.agreement[register.origin[worker], order] == -1:
                    continue
                key = part.key_of[part.worker_key[worker], limits.flags(one, other, part.returning_years)[0]]
                for slot in part.slots[part.slot_offsets[order] : part.slot_offsets[order + 1]].tolist():
                    row = named.first_row + key * slots + slot
                    if key >= 0 and not (named.block.distinct_workers and (worker, row) in counted):
                        use[row] += part.coefficient
                        counted.add((worker, row))
    return use


@pytest.mark.parametrize("seed", range(10))
def test_rows_of_clauses_are_used_as_their_blocks_say(seed: int, tmp_path: Path) -> None:
    problem = compile_problem(draft(seed, 24).programme(tmp_path / "p"))
    columns = drawn_columns(problem, seed, 0.8)
    first = len(problem.limits.capacity) - sum(len(named.block.capacity) for named in problem.limits.blocks)
    folded = use_of(problem.offers, problem.limits, columns)
    assert np.allclose(folded[first:], use_by_blocks(problem, columns)[first:], atol=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_within_all_rows_is_what_the_audit_counts_as_legal(seed: int, tmp_path: Path) -> None:
    """Crews and promises apart, which are no rows."""
    programme = draft(seed, 24).programme(tmp_path / "p")
    problem = compile_problem(programme)
    seen = set()
    for number in range(12):
        columns = drawn_columns(problem, 100 * seed + number, 0.01 + 0.08 * number)
        within = bool((use_of(problem.offers, problem.limits, columns) <= problem.limits.capacity + 1e-9).all())
        placed = PlacementTable(programme, *problem.offers.placements(columns))
        broken = [
            rule
            for rule, _, found in count_breaches(placed)
            if found and (rule in COUNTED or not isinstance(rule, str))
        ]
        assert within == (not broken), broken
        seen.add(within)
    assert True in seen


def test_prices_of_all_rows_fold_into_one_table(tmp_path: Path) -> None:
    """A cell costs the sum of the prices of the rows that it uses."""
    problem = compile_problem(draft(3, 24).programme(tmp_path / "p"))
    prices = np.random.default_rng(0).integers(0, 10**9, problem.limits.row_count)
    table = price_table(problem.limits, prices)
    offers = problem.offers
    for column in range(0, offers.count, 7):
        if offers.lengths(np.array([column]))[0] == 1 and offers.extras[column] == offers.extras[column + 1]:
            used = use_of(offers, problem.limits, np.array([column]))
            cell = offers.cell[offers.cells[column]]
            cost = table[cell // offers.order_count, cell % offers.order_count]
            assert cost == pytest.approx(float(used @ prices), abs=len(prices))
