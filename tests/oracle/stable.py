"""Stability by a plain reading: Gale and Shapley's proposals, and who has a claim to another place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from .count_rules import Plan, count_clauses
from .income import _chosen, net_weekly_income, value, weeks
from .limit_rows import Column, LimitRow, _bed_rows, _clause_rows
from .optimum import columns_of, parties
from .programme_reader import Programme

Ties = Mapping[str, int]


def wish(programme: Programme, column: Column) -> tuple[Fraction, Fraction]:
    """Return what a party ranks a column by: what its members ranked, then what they earn in all; more is better."""
    pairs = [(programme.workers[who], programme.orders[what]) for who, what in column.pairs()]
    wanted = sum((_chosen(programme, *pair) * weeks(pair[1]) for pair in pairs), Fraction(0))
    return wanted, sum((net_weekly_income(programme, *pair) * weeks(pair[1]) for pair in pairs), Fraction(0))


def worth(programme: Programme, column: Column) -> Fraction:
    """Return what orders rank a column by: the mean value of its placements without the term of choice."""
    choice = programme.objective.get("choice", Fraction(0))
    told = [
        value(programme, who, what)
        - choice * weeks(programme.orders[what]) * _chosen(programme, programme.workers[who], programme.orders[what])
        for who, what in column.pairs()
    ]
    return sum(told, Fraction(0)) / len(told)


def gale_shapley(programme: Programme, ties: Ties) -> set[tuple[str, str]]:
    """Return what lone workers with one placement each and no joint limit get.

    Each proposes down its list, and an order keeps the best of those who have asked, as many as it has places.
    """
    lists = {
        members[0]: sorted(columns_of(programme, members), key=lambda one: wish(programme, one), reverse=True)
        for members in parties(programme)
    }
    kept: dict[str, list[Column]] = {order_id: [] for order_id in programme.orders}
    asking = list(lists)
    while asking:
        worker = asking.pop()
        if not lists[worker]:
            continue
        column = lists[worker].pop(0)
        here = kept[column.order_ids[0]]
        here.append(column)
        here.sort(key=lambda one: (-worth(programme, one), ties[one.members[0]]))
        if len(here) > int(programme.orders[column.order_ids[0]]["headcount"]):
            asking.append(here.pop().members[0])
    return {(column.members[0], order_id) for order_id, here in kept.items() for column in here}


@dataclass(frozen=True)
class Stability:
    """A plan beside all that its parties could have; ``ties`` say who is first among equals at an order."""

    programme: Programme
    plan: Plan
    ties: Ties

    @cached_property
    def columns(self) -> list[Column]:
        """Every column of every party."""
        every = parties(self.programme)
        return [column for members in every for column in columns_of(self.programme, members)]

    @cached_property
    def held(self) -> list[int]:
        """The columns that the plan is made of."""
        by_worker: dict[str, set[str]] = {}
        for worker, order in self.plan:
            by_worker.setdefault(worker, set()).add(order)
        return [
            number
            for number, one in enumerate(self.columns)
            if by_worker.get(one.members[0], set()) == set(one.order_ids)
        ]

    @cached_property
    def rows(self) -> list[LimitRow]:
        """Every limit over the columns, headcounts included."""
        columns, pairs = self.columns, sorted({pair for column in self.columns for pair in column.pairs()})
        found = list(_bed_rows(self.programme, columns))
        for agreement_id, clauses in count_clauses(self.programme):
            for clause in clauses:
                found += _clause_rows(self.programme, columns, pairs, agreement_id, clauses, clause)
        for order_id, order in self.programme.orders.items():
            found.append(LimitRow([_people(one, order_id) for one in columns], high=int(order["headcount"])))
        return found

    @cached_property
    def used(self) -> list[int]:
        """What the plan uses of every row."""
        return [sum(row.amounts[number] for number in self.held) for row in self.rows]

    def rank(self, number: int) -> tuple[Fraction, int]:
        """Return a key by which limits rank a column: lower is better."""
        column = self.columns[number]
        return -worth(self.programme, column), min(self.ties[member] for member in column.members)

    def blocking(self) -> Iterator[tuple[Column, Column | None]]:
        """Yield each column that its party wants more than what it has and could have, with who would make room.

        Nobody (None) where there is room. All that is held stays counted, the party's own too.
        """
        own = {self.columns[number].members: number for number in self.held}
        committed = {worker for worker, _ in self.programme.commitments}
        for number, column in enumerate(self.columns):
            if committed & set(column.members):
                continue
            has = own.get(column.members)
            if has is not None and wish(self.programme, column) <= wish(self.programme, self.columns[has]):
                continue
            if self._fits(number, None):
                yield column, None
                continue
            for other in self.held:
                holder = self.columns[other]
                if holder.members == column.members or committed & set(holder.members):
                    continue
                own_orders = set() if has is None else set(self.columns[has].order_ids)
                shared = set(column.order_ids) & set(holder.order_ids) - own_orders
                if shared and self.rank(number) < self.rank(other) and self._fits(number, other):
                    yield column, holder
                    break

    def _fits(self, number: int, instead: int | None) -> bool:
        """Tell whether a column can be added, in place of another one if named."""
        for row, used in zip(self.rows, self.used, strict=True):
            after = used + row.amounts[number] - (0 if instead is None else row.amounts[instead])
            if (row.high is not None and after > row.high) or (row.low is not None and after < row.low):
                return False
        gone = [] if instead is None else [self.columns[instead]]
        touched = {order for one in (self.columns[number], *gone) for order in one.order_ids}
        there = [self.columns[one] for one in self.held if one != instead] + [self.columns[number]]
        return all(self._crew_holds(order, there) for order in touched)

    def _crew_holds(self, order_id: str, there: list[Column]) -> bool:
        placed = sum(_people(one, order_id) for one in there)
        return placed == 0 or placed >= int(self.programme.orders[order_id]["min_crew"] or 1)


def _people(column: Column, order_id: str) -> int:
    return len(column.members) if order_id in column.order_ids else 0
