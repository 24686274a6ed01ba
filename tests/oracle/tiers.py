"""Lexicographic optima: tier after tier by integer programming, each holding what those before it reached."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

from .income import value
from .limit_rows import limit_rows
from .optimum import UNBOUNDED, Column, LimitRow, _crew_rows, columns_of, parties
from .programme_reader import Programme

TOLERANCE = 1e-7


def tier_optima(programme: Programme, tiers: list[list[str]]) -> list[float] | None:
    """What each tier reaches; None where the commitments clash."""
    columns = [column for members in parties(programme) for column in columns_of(programme, members)]
    reached: list[float] = []
    floors: list[LimitRow] = []
    for terms in tiers:
        weights = {name: w if name in terms else Fraction(0) for name, w in programme.objective.items()}
        worth = [_worth(replace(programme, objective=weights), column) for column in columns]
        best = _solve(programme, columns, worth, floors)
        if best is None:
            return None
        reached.append(best)
        floors.append(LimitRow(worth, low=best - TOLERANCE * max(1.0, best)))
    return reached


def _worth(programme: Programme, column: Column) -> float:
    pairs = [(member, order) for member in column.members for order in column.order_ids]
    return float(sum((value(programme, member, order) for member, order in pairs), Fraction(0)))


def _solve(programme: Programme, columns: list[Column], worth: list[float], floors: list[LimitRow]) -> float | None:
    if not columns:
        return None if programme.commitments else 0.0
    no_order = [0] * len(programme.orders)
    every = [*limit_rows(programme, columns), *floors]
    rows = [LimitRow([*row.amounts, *no_order], row.low, row.high) for row in every] + _crew_rows(programme, columns)
    result = milp(
        [-one for one in worth] + no_order,
        integrality=[1] * (len(columns) + len(no_order)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            [row.amounts for row in rows],
            [-UNBOUNDED if row.low is None else row.low for row in rows],
            [UNBOUNDED if row.high is None else row.high for row in rows],
        ),
        options={"mip_rel_gap": 0},
    )
    return None if result.status == 2 else -float(result.fun)
