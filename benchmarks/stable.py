"""Deferred acceptance by size: workers with 20 wishes each and no joint limits, and a preset with its caps.

Run as ``python -m benchmarks.stable 1000000 100000``: workers without joint limits, then workers of northern-triangle.
Seconds of the processor, kernels compiled before; what the bound of the best plan takes is not in it.
"""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import cast

import numpy as np

from engine.face.verbs import generate
from engine.problem import compile_problem
from engine.problem.limits import Limits
from engine.problem.offers import Offers
from engine.problem.packed_parts import LimitArrays
from engine.programme.reorder import drawn_order
from engine.solve.deferred_acceptance import propose, standing_of
from engine.solve.wishes import own_lists, wishes_of, worth_to_orders

NOBODY = np.empty(0, np.int64)
WISHES, HEADCOUNT, PLACES_PER_WORKER = 20, 20, 0.8


def main(alone: int, capped: int) -> None:
    """Print both."""
    _without_joint_limits(1000)
    _without_joint_limits(alone)
    _preset(500)
    _preset(capped)


def _without_joint_limits(workers: int) -> None:
    """Random wishes for orders of 20 places, 0.8 places a worker; orders rank by a random number."""
    rng = np.random.default_rng(0)
    orders = max(WISHES, int(workers * PLACES_PER_WORKER / HEADCOUNT))
    offers, limits = _bare(workers, orders, rng.integers(0, orders, workers * WISHES, dtype=np.int32))
    worth = rng.integers(0, 2**40, offers.count)
    wish, tie = np.arange(offers.count), np.arange(workers, dtype=np.int32)
    begun = time.process_time()
    standing = standing_of(offers, limits, wish, worth, tie, NOBODY)
    propose(offers, limits, standing, np.arange(workers))
    seconds = time.process_time() - begun
    asked = int((standing.turn - offers.of_party[:-1]).sum())
    placed = int((standing.held >= 0).sum())
    print(f"no joint limits, {workers:,} workers: {seconds:.2f} s, {asked:,} refusals, {placed:,} placed")


def _bare(workers: int, orders: int, order: np.ndarray) -> tuple[Offers, Limits]:
    """Columns of one placement each, and headcounts as the only limits."""
    count = len(order)
    every, nothing, short = np.arange(count + 1), np.empty(0, np.int64), np.empty(0, np.int32)
    offers = Offers(
        np.arange(workers + 1) * WISHES,
        np.zeros(count, np.int64),
        every,
        order,
        np.zeros(count, np.int32),
        np.zeros(count + 1, np.int64),
        short,
        np.empty(0),
        np.zeros(workers, np.bool_),
        orders,
    )
    arrays = LimitArrays(
        np.arange(orders + 1),
        np.arange(orders, dtype=np.int32),
        np.zeros((0, 1), np.int32),
        nothing,
        nothing,
        np.empty(0),
        np.zeros(orders + 1, np.int64),
        short,
        short,
    )
    limits = SimpleNamespace(
        arrays=arrays,
        row_count=orders,
        capacity=np.full(orders, float(HEADCOUNT)),
        ratio_rows=np.zeros(orders, np.bool_),
    )
    return offers, cast(Limits, limits)


def _preset(workers: int) -> None:
    """The preset, its crews and shares left open: what proposing takes under its caps."""
    problem = compile_problem(drawn_order(generate("northern-triangle", workers), 0)[0])
    begun = time.process_time()
    wishes = wishes_of(problem)
    wish, worth = own_lists(problem, wishes), worth_to_orders(problem, wishes)
    sorted_at = time.process_time()
    standing = standing_of(problem.offers, problem.limits, wish, worth, problem.lead, NOBODY)
    propose(problem.offers, problem.limits, standing, np.arange(len(problem.lead)))
    done = time.process_time()
    print(
        f"northern-triangle, {workers:,} workers, {problem.offers.count:,} columns: wishes {sorted_at - begun:.2f} s, "
        f"proposing {done - sorted_at:.2f} s, {int((standing.held >= 0).sum()):,} placed"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
