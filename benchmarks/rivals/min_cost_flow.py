"""OR-Tools' min-cost flow, for programs that are a pure network: party rows and order rows alone."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import numpy.typing as npt

from benchmarks.program import SCALE, Program, Question
from benchmarks.reports import Report
from engine.arrays import row_of_each

NAME = "min-cost-flow"


def prepare(_: Question) -> None:
    """Load the solver."""
    import_module("ortools.graph.python.min_cost_flow")


def order_row_of(program: Program) -> npt.NDArray[np.int64]:
    """The row of each column beside its party's, -1 where it has none; raises ValueError for other programs."""
    lengths = np.diff(program.offsets)
    joint = program.row >= program.party_count
    counts = np.bincount(row_of_each(lengths)[joint], minlength=len(lengths))
    one_way = np.isinf(program.row_lower).all() and len(program.crew_most) == 0
    if not one_way or (counts > 1).any() or (program.coefficient != 1.0).any():
        raise ValueError("the program is not a pure network")
    found = np.full(len(lengths), -1, np.int64)
    found[counts == 1] = program.row[joint]
    return found


def solve(question: Question, report: Report) -> None:
    """Send every party to one of its orders or past them all, at the least cost."""
    min_cost_flow = import_module("ortools.graph.python.min_cost_flow")
    program = question.program
    order_row = order_row_of(program)
    parties, sink = program.party_count, len(program.row_upper)
    party_row = program.row[program.offsets[:-1]].astype(np.int32)
    orders = np.arange(parties, sink, dtype=np.int32)
    everyone = np.arange(parties, dtype=np.int32)
    flow = min_cost_flow.SimpleMinCostFlow()
    columns = flow.add_arcs_with_capacity_and_unit_cost(
        party_row,
        np.where(order_row < 0, sink, order_row).astype(np.int32),
        np.ones(program.column_count, np.int64),
        -program.value,
    )
    to_sink = np.full(len(orders), sink, np.int32)
    places = np.floor(program.row_upper[parties:] + 1e-9).astype(np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(orders, to_sink, places, np.zeros(len(orders), np.int64))
    past = np.full(parties, sink, np.int32)
    flow.add_arcs_with_capacity_and_unit_cost(everyone, past, np.ones(parties, np.int64), np.zeros(parties, np.int64))
    supply = np.concatenate([np.ones(parties), np.zeros(len(orders)), [-parties]]).astype(np.int64)
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow ended with {status}")
    worth = -flow.optimal_cost() / SCALE
    report(worth, worth, np.asarray(flow.flows(columns)))
