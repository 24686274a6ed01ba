"""Why an order has the people it has: the funnel from all workers through each rule, and the price that decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.audit.lasting_rules import rule_code, rule_name, rule_sentence
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.planning.explain.reading import Longs, Reading, refusals
from engine.programme.programme import Programme
from engine.words import Message, message, plural

WORKERS_PER_BLOCK = 200_000
Named = tuple[str, str]


@dataclass(frozen=True)
class OrderExplanation:
    """``funnel`` is (rule, workers left after it), in the order in which rules are read; numbers only, no names.

    ``price`` is what a place costs an average placed worker, ``least_value`` the least value placed, ``best_left`` the
    best value less price among the admitted who are not placed here, ``open_because`` why places are open.
    """

    order: str
    headcount: int
    placed: int
    registered: int
    funnel: tuple[tuple[str, int], ...]
    admitted: int
    price: float
    least_value: float | None
    best_left: float | None
    open_because: str | None
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_order(reading: Reading, order_id: str) -> OrderExplanation:
    """Explain one order. Raises `CallError` for an unknown id."""
    row = reading.order_row(order_id)
    steps, admitted = funnel(reading.programme, row)
    told = {rule_code(rule): (rule_name(rule), rule_sentence(rule)) for rule, _ in steps}
    left = tuple((rule_code(rule), count) for rule, count in steps)
    return _priced(reading, row, admitted, left, told)


def funnel(programme: Programme, row: int) -> tuple[list[tuple[str | Clause, int]], Longs]:
    """From all workers through each rule to those admitted to the order in a row: (rule, workers left after it) in the
    order in which rules are read, and the rows of the admitted.
    """
    everybody = np.arange(programme.workers.size)
    counts: dict[str, int] = {}
    rules: dict[str, str | Clause] = {}
    kept: list[Longs] = []
    for begin in range(0, len(everybody), WORKERS_PER_BLOCK):
        block = everybody[begin : begin + WORKERS_PER_BLOCK]
        standing = np.ones(len(block), bool)
        for rule, broken in refusals(PlacementTable(programme, block, np.full(len(block), row))):
            name = rule_code(rule)
            rules[name] = rule
            counts[name] = counts.get(name, 0) + int((standing & broken).sum())
            standing &= ~broken
        kept.append(block[standing])
    steps, remaining = [], programme.workers.size
    for name, lost in counts.items():
        remaining -= lost
        steps.append((rules[name], remaining))
    return steps, np.concatenate([np.empty(0, np.int64), *kept])


def left_out_alone(programme: Programme, row: int) -> dict[str, int]:
    """How many workers each rule alone keeps from the order in a row, by the rule's code: so many more would be
    admitted without it. Nobody is counted twice.
    """
    counts: dict[str, int] = {}
    everybody = np.arange(programme.workers.size)
    for begin in range(0, len(everybody), WORKERS_PER_BLOCK):
        block = everybody[begin : begin + WORKERS_PER_BLOCK]
        found = refusals(PlacementTable(programme, block, np.full(len(block), row)))
        by_rule: dict[str, npt.NDArray[np.bool_]] = {}
        for rule, broken in found:
            name = rule_code(rule)
            by_rule[name] = by_rule.get(name, np.zeros(len(block), bool)) | broken
        times = sum((broken.astype(np.int64) for broken in by_rule.values()), np.zeros(len(block), np.int64))
        for name, broken in by_rule.items():
            counts[name] = counts.get(name, 0) + int((broken & (times == 1)).sum())
    return counts


def _priced(
    reading: Reading, row: int, admitted: Longs, funnel: tuple[tuple[str, int], ...], told: Mapping[str, Named]
) -> OrderExplanation:
    programme = reading.programme
    value, price = reading.value_and_price(reading.pairs(admitted, np.full(len(admitted), row)))
    here = np.isin(admitted, reading.worker[reading.order == row])
    worth, free = value - price, ~np.isin(admitted, reading.worker)
    explained = OrderExplanation(
        str(programme.orders.id_text("order_id")[row]),
        int(programme.orders.values("headcount")[row]),
        int((reading.order == row).sum()),
        programme.workers.size,
        funnel,
        len(admitted),
        round(float(price[here].mean()) if here.any() else 0.0, 6),
        round(float(value[here].min()), 6) if here.any() else None,
        round(float(worth[free].max()), 6) if free.any() else None,
        reading.reason("unfilled", str(programme.orders.id_text("order_id")[row])),
    )
    return replace(explained, lines=tuple(_lines(explained, told)))


def _lines(one: OrderExplanation, told: Mapping[str, Named]) -> list[Message]:
    lines = [
        plural(
            "Order {order}: {placed:,} of {n:,} place filled.",
            "Order {order}: {placed:,} of {n:,} places filled.",
            n=one.headcount,
            order=one.order,
            placed=one.placed,
        ),
        plural("  {n:,} registered worker", "  {n:,} registered workers", n=one.registered),
    ]
    if one.open_because:
        lines.append(message("  Open places: {reason}", reason=one.open_because))
    before = one.registered
    for name, left in one.funnel:
        lines.append(
            message(
                "  {left:,} left ({change:+,}) after {rule}: {sentence}",
                left=left,
                change=left - before,
                rule=told[name][0],
                sentence=told[name][1],
            )
        )
        before = left
    lines.append(message("  {admitted:,} are admitted", admitted=one.admitted))
    if one.least_value is not None:
        lines.append(
            message(
                "  A place costs {price:.2f}; the least value placed here is {least_value:.2f}.",
                price=one.price,
                least_value=one.least_value,
            )
        )
    if one.best_left is not None:
        lines.append(
            message(
                "  Of those without any placement, the best is worth {best_left:+.2f} beyond the price.",
                best_left=one.best_left,
            )
        )
    return lines
