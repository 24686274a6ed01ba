"""Lexicographic optima: tier after tier by integer programming, each holding what those before it reached."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from .income import value
from .limit_rows import Column, LimitRow
from .optimum import best_choice, columns_of, parties
from .programme_reader import Programme

TOLERANCE = 1e-7


def tier_optima(programme: Programme, tiers: list[list[str]]) -> list[float] | None:
    """What each tier reaches; None where the commitments clash."""
    columns = [column for members in parties(programme) for column in columns_of(programme, members)]
    if not columns:
        return None if programme.commitments else [0.0] * len(tiers)
    reached: list[float] = []
    floors: list[LimitRow] = []
    for terms in tiers:
        weights = {name: w if name in terms else Fraction(0) for name, w in programme.objective.items()}
        worth = [_worth(replace(programme, objective=weights), column) for column in columns]
        best = best_choice(programme, columns, worth, floors)
        if best is None:
            return None
        reached.append(best[0])
        floors.append(LimitRow(worth, low=best[0] - TOLERANCE * max(1.0, best[0])))
    return reached


def _worth(programme: Programme, column: Column) -> float:
    pairs = [(member, order) for member in column.members for order in column.order_ids]
    return float(sum((value(programme, member, order) for member, order in pairs), Fraction(0)))
