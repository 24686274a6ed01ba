"""Which pairs are admitted: rules 1 to 4 that always hold, the agreement and every gate, in rectangles.

A rectangle holds workers of one origin who share an occupation, and the orders for it, so that everything but the
truly pairwise comparisons is a row or a column. Admitted pairs are kept as bits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import place_in_row
from engine.clauses.base import Gate
from engine.clauses.views import Bools, Ints
from engine.clauses.where import EVERYTHING
from engine.days import NO_DATE, day_number
from engine.problem.pair_block import PairBlock
from engine.problem.register import Register
from engine.problem.register_columns import AT_HOME, UNCOVERED
from engine.problem.skill_masks import holds_all_languages, holds_all_skills

CELLS_PER_RECTANGLE = 2**21
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Rectangle:
    """Workers (n row numbers, one origin) by orders (m row numbers, one occupation) and the admitted ones among them.

    ``months`` is each worker's experience; ``bits`` the admitted pairs, packed by order: shape (n, ceil(m / 8)).
    """

    workers: Ints
    orders: Ints
    months: Ints
    bits: npt.NDArray[np.uint8]

    @property
    def admitted(self) -> Bools:
        """The admitted pairs, shape (n, m)."""
        return np.unpackbits(self.bits, axis=1, count=len(self.orders)).view(bool)

    def count(self) -> int:
        """How many pairs are admitted."""
        return int(np.bitwise_count(self.bits).sum())


def admitted_rectangles(register: Register) -> list[Rectangle]:
    """Every rectangle that admits a pair, in an order that depends on the programme alone."""
    gates = _Gates(register)
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        found = pool.map(gates.admit, _rectangles(register))
    return [rectangle for rectangle in found if rectangle is not None]


def admitted_workers(register: Register) -> Bools:
    """Which workers (rows) are admitted to any order."""
    found = np.zeros(register.worker_count, bool)
    for rectangle in admitted_rectangles(register):
        found[rectangle.workers[rectangle.bits.any(1)]] = True
    return found


def _rectangles(register: Register) -> Iterator[tuple[Ints, Ints, Ints]]:
    """(workers, orders, months) of each rectangle of manageable size."""
    occupations = register.programme.workers.lists("occupations")
    holders, origin = occupations.rows(), register.origin
    order = np.lexsort((holders, origin[holders], occupations.codes))
    holders, codes, months = holders[order], occupations.codes[order], occupations.amounts[order]
    open_orders = np.flatnonzero(register.orders_open)
    open_orders = open_orders[np.argsort(register.isco08[open_orders], kind="stable")]
    for isco in np.unique(register.isco08[open_orders]):
        begin, end = np.searchsorted(register.isco08[open_orders], [isco, isco + 1])
        wanted = open_orders[begin:end].astype(np.int32)
        first, last = np.searchsorted(codes, [isco, isco + 1])
        for country in np.unique(origin[holders[first:last]]):
            low, high = first + np.searchsorted(origin[holders[first:last]], [country, country + 1])
            orders = wanted[register.agreement[country, wanted] != UNCOVERED]
            step = max(64, CELLS_PER_RECTANGLE // max(len(orders), 1))
            for position in range(low, high if len(orders) else low, step):
                chunk = slice(position, min(position + step, high))
                yield holders[chunk], orders, months[chunk]


class _Gates:
    """All that one pair must pass, ready to be asked of rectangles and of single pairs."""

    def __init__(self, register: Register) -> None:
        self.register = register
        gates = list(register.programme.in_force(Gate))
        # of each agreement its own gates, then the programme's
        self.gates = [
            [gate for gate in gates if gate.agreement in (number, None)]
            for number in range(len(register.programme.agreements))
        ]
        self.excluded_worker, self.excluded_order = _excluded_pairs(register)

    def admit(self, corner: tuple[Ints, Ints, Ints]) -> Rectangle | None:
        """The rectangle over workers and orders, or None where it admits nobody."""
        workers, orders, months = corner
        block = PairBlock(self.register, workers[:, None], orders[None, :], months[:, None])
        admitted = np.broadcast_to(self.passed(block), (len(workers), len(orders))).copy()
        self._strike_excluded(workers, orders, admitted)
        self._settle_commitments(workers, orders, months, admitted)
        used = admitted.any(1)
        if not used.any():
            return None
        return Rectangle(workers[used], orders, months[used], np.packbits(admitted[used], axis=1))

    def passed(self, block: PairBlock) -> npt.NDArray[np.bool_]:
        """Whether the pairs pass every rule but exclusions."""
        register = self.register
        agreement = block.by_origin(register.agreement)
        admitted = (block.months >= block.order("min_experience_months")) & (agreement != UNCOVERED)
        admitted &= self._pass_gates(block, agreement.ravel())
        starts, ends = register.starts[block.order_rows], register.ends[block.order_rows]
        admitted = admitted & (block.worker("available_from") <= starts) & (ends <= block.worker("available_to"))
        least = block.worker("reservation_weekly_income")
        admitted = admitted & (block.net_weekly_income >= least - _ROUNDING)
        return admitted & holds_all_skills(block) & holds_all_languages(block)

    def _pass_gates(self, block: PairBlock, agreement: Ints) -> Bools:
        """Whether the pairs pass the gates of the agreement that each is under."""
        passed = np.ones(np.broadcast_shapes(block.worker_rows.shape, block.order_rows.shape), bool)
        for position in np.unique(agreement):
            if position in (AT_HOME, UNCOVERED) or not self.gates[position]:
                continue
            places = np.flatnonzero(agreement == position)
            part = block.narrowed(places)
            through = np.asarray(True)
            for clause, gate, _ in self.gates[position]:
                admitted = gate.admits(part)
                if clause.where != EVERYTHING:
                    admitted = admitted | ~part.matching(clause.where)
                through = through & admitted
            passed[..., places] = through
        return passed

    def _strike_excluded(self, workers: Ints, orders: Ints, admitted: Bools) -> None:
        register = self.register
        (by_country, country), _ = register.refusals
        mine, row = _rows_of(by_country, workers)
        if len(row):
            refused = np.zeros((len(workers), len(register.countries) + 1), bool)
            refused[row, country[mine]] = True
            concerned = np.unique(row)
            admitted[concerned] &= ~refused[concerned][:, register.destination[orders]]
        mine, row = _rows_of(self.excluded_worker, workers)
        if not len(row):
            return
        column = np.full(register.order_count, -1, np.int32)
        column[orders] = np.arange(len(orders))
        at = column[self.excluded_order[mine]]
        admitted[row[at >= 0], at[at >= 0]] = False

    def _settle_commitments(self, workers: Ints, orders: Ints, months: Ints, admitted: Bools) -> None:
        """A commitment counts its lead time from the day on which it was agreed."""
        table = self.register.programme["commitments"]
        if not table.size:
            return
        committed = np.isin(table.values("worker_id"), workers) & np.isin(table.values("order_id"), orders)
        at_worker = {int(w): i for i, w in enumerate(workers)}
        at_order = {int(o): i for i, o in enumerate(orders)}
        for row in np.flatnonzero(committed):
            i, j = at_worker[int(table.values("worker_id")[row])], at_order[int(table.values("order_id")[row])]
            agreed = table.values("agreed_on")[row]
            decided = np.array([day_number(self.register.as_of) if agreed == NO_DATE else agreed])
            pair = PairBlock(self.register, workers[[i]], orders[[j]], months[[i]], decided)
            single = np.array(self.passed(pair), bool).reshape(1, 1)
            self._strike_excluded(workers[[i]], orders[[j]], single)
            admitted[i, j] = single[0, 0]


def _excluded_pairs(register: Register) -> tuple[Ints, Ints]:
    """All excluded pairs and those of refused employers, sorted by worker."""
    exclusions = register.programme["exclusions"]
    _, (by_employer, employer) = register.refusals
    order_employer = register.programme.orders.values("employer_id")
    by_owner = np.argsort(order_employer, kind="stable")
    begin = np.searchsorted(order_employer[by_owner], employer, "left")
    count = np.searchsorted(order_employer[by_owner], employer, "right") - begin
    step = place_in_row(count)
    worker = np.concatenate([exclusions.values("worker_id"), np.repeat(by_employer, count)])
    order = np.concatenate([exclusions.values("order_id"), by_owner[np.repeat(begin, count) + step]])
    by_worker = np.lexsort((order, worker))
    return worker[by_worker].astype(np.int32), order[by_worker].astype(np.int32)


def _rows_of(sorted_workers: Ints, workers: Ints) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(entry, row): the entries of a sorted column that name a worker of the rectangle, and that worker's row."""
    begin = np.searchsorted(sorted_workers, workers, "left")
    count = np.searchsorted(sorted_workers, workers, "right") - begin
    row = np.repeat(np.arange(len(workers)), count)
    step = place_in_row(count)
    return begin[row] + step, row
