"""Why an order can't be filled: how many places any legal plan can fill, and a smallest set of clauses in the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from engine.arrays import offsets_of
from engine.audit.lasting_rules import rule_in_words
from engine.errors import CallError, ClashError
from engine.planning.explain.clash_set import smallest_clash
from engine.planning.explain.reading import row_of
from engine.problem.problem import compile_problem
from engine.problem.values import SCALE
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.solve.budget import Budget
from engine.solve.match import match
from engine.words import Message, message, plural

SECONDS = 600.0


@dataclass(frozen=True)
class DemandExplanation:
    """``most`` places of the ``headcount`` any legal plan can fill, and ``clauses`` that together allow no more.

    Without any one of the clauses at least one place more could be filled. None where the order's own terms, beds,
    overlaps and promises allow no more even without clauses; empty where all places can be filled.
    """

    order: str
    headcount: int
    most: int
    clauses: tuple[str, ...] | None
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_demand(programme: Programme, order_id: str) -> DemandExplanation:
    """Explain whether an order can be filled, whatever else stays empty.

    Raises `CallError` for an unknown id or a programme too large to be sure, `ClashError` where promises clash.
    """
    row = row_of(programme.orders.id_text("order_id"), order_id, "order")
    headcount = int(programme.orders.values("headcount")[row])
    most = most_places(programme, order_id)
    core = [] if most >= headcount else smallest_clash(programme, lambda p: _fills(p, order_id, most + 1))
    names = None if core is None else tuple(clause.name for clause in core)
    explained = DemandExplanation(order_id, headcount, most, names)
    rules = [message("  {name}: {text}", name=clause.name, text=rule_in_words(clause)) for clause in core or ()]
    return replace(explained, lines=(*_lines(explained), *rules))


def most_places(programme: Programme, order_id: str) -> int:
    """The most places of an order that any legal plan fills: the best plan where nothing else has a value."""
    problem = compile_problem(drawn_order(programme, 0)[0])
    if problem.dense is not None:
        raise CallError(
            message("The programme is too large for this question."), message("Ask it of fewer workers or orders.")
        )
    offers = problem.offers
    row = row_of(problem.programme.orders.id_text("order_id"), order_id, "order")
    here = offsets_of(offers.cell % offers.order_count == row)
    value = (here[offers.cells[1:]] - here[offers.cells[:-1]]).astype(np.int64) * SCALE
    result = match(replace(problem, offers=replace(offers, value=value)), "optimal", 0.0, Budget(SECONDS))
    if result.bound // SCALE > result.objective // SCALE:
        raise CallError(
            message(
                "It isn't certain whether {objective} or {bound} places can be filled.",
                objective=result.objective // SCALE,
                bound=result.bound // SCALE,
            ),
            message("Ask it of fewer workers or orders."),
        )
    return int(result.objective // SCALE)


def _fills(programme: Programme, order_id: str, places: int) -> bool:
    """Whether some legal plan fills so many places of the order."""
    try:
        return most_places(programme, order_id) >= places
    except ClashError:
        return False


def _lines(one: DemandExplanation) -> list[Message]:
    if one.most >= one.headcount:
        return [
            plural(
                "Order {order}: a legal plan can fill its {n:,} place.",
                "Order {order}: a legal plan can fill all {n:,} places.",
                n=one.headcount,
                order=one.order,
            )
        ]
    lines = [
        plural(
            "Order {order}: no legal plan fills more than {most:,} of {n:,} place.",
            "Order {order}: no legal plan fills more than {most:,} of {n:,} places.",
            n=one.headcount,
            order=one.order,
            most=one.most,
        )
    ]
    if one.clauses is None:
        lines.append(
            message("No clause is in the way: too few workers meet the order's own terms, or beds or promises forbid.")
        )
    else:
        lines.append(message("These clauses together are in the way; without any one of them more could be filled:"))
    return lines
