"""The best legal plan, by an integer program over whole itineraries or by bare enumeration."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

from .calendar_rules import legal_itineraries
from .count_rules import Plan, faults, plan_faults, travel_groups
from .income import six_decimals, value
from .limit_rows import Column, LimitRow, limit_rows
from .programme_reader import Programme

Best = tuple[Decimal, Plan] | None
UNBOUNDED = float("inf")
# The solver may stop 1e-6 short of its bound; on a larger objective that is less than a decimal we keep.
SCALE = 1000


def parties(programme: Programme) -> list[tuple[str, ...]]:
    """Return the lone workers and the whole travel groups."""
    alone = [(worker_id,) for worker_id, row in programme.workers.items() if not row["travel_group_id"]]
    return alone + [tuple(members) for members in travel_groups(programme).values()]


def columns_of(programme: Programme, members: tuple[str, ...]) -> list[Column]:
    """Return every itinerary that is legal for each member of a party, best first."""
    shared = set(legal_itineraries(programme, members[0]))
    for member in members[1:]:
        shared &= set(legal_itineraries(programme, member))
    columns = [Column(members, order_ids, _worth(programme, members, order_ids)) for order_ids in shared]
    return sorted(columns, key=lambda column: (-column.worth, column.order_ids))


def _worth(programme: Programme, members: tuple[str, ...], order_ids: tuple[str, ...]) -> Fraction:
    worths = [value(programme, member, order_id) for member in members for order_id in order_ids]
    return sum(worths, Fraction(0))


def optimum(programme: Programme) -> Best:
    """Find the best objective and one best plan by integer programming; None where commitments clash."""
    _refuse_tiers(programme)
    columns = [column for members in parties(programme) for column in columns_of(programme, members)]
    if not columns:
        return None if programme.commitments else (Decimal(0), [])
    chosen = _solve(programme, columns)
    return None if chosen is None else _verified(programme, chosen)


def _refuse_tiers(programme: Programme) -> None:
    if programme.tiers:
        raise NotImplementedError("the oracle adds the weighted terms up and doesn't know tiers")


def _crew_rows(programme: Programme, columns: list[Column]) -> list[LimitRow]:
    """Placements on each order: none where its own variable is 0, min_crew to headcount where it is 1."""
    rows = []
    for order_id, order in programme.orders.items():
        placed = [len(column.members) * (order_id in column.order_ids) for column in columns]
        opened = [int(other == order_id) for other in programme.orders]
        headcount, crew = int(order["headcount"]), int(order["min_crew"] or "1")
        rows.append(LimitRow(placed + [-headcount * is_open for is_open in opened], high=0))
        rows.append(LimitRow(placed + [-crew * is_open for is_open in opened], low=0))
    return rows


def _solve(programme: Programme, columns: list[Column]) -> list[Column] | None:
    found = best_choice(programme, columns, [float(column.worth * SCALE) for column in columns], [])
    return None if found is None else found[1]


def best_choice(
    programme: Programme, columns: list[Column], worth: list[float], floors: list[LimitRow], others: int = 0
) -> tuple[float, list[Column]] | None:
    """Find the legal choice worth most, above some floors over the columns; None where there is none.

    Floors may be over so many ``others`` too, fractions of one, which stand behind the columns.
    """
    no_order, size = [0] * len(programme.orders), len(columns)
    every = [*limit_rows(programme, columns), *floors]
    rows = [LimitRow(row.amounts[:size] + no_order + row.amounts[size:], row.low, row.high) for row in every]
    rows += _crew_rows(programme, columns)
    rows = [
        replace(row, amounts=row.amounts + [0] * (size + len(no_order) + others - len(row.amounts))) for row in rows
    ]
    result = milp(
        [-one for one in worth] + no_order + [0] * others,
        integrality=[1] * (size + len(no_order)) + [0] * others,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            [row.amounts for row in rows],
            [-UNBOUNDED if row.low is None else row.low for row in rows],
            [UNBOUNDED if row.high is None else row.high for row in rows],
        ),
        options={"mip_rel_gap": 0},
    )
    if result.status == 2:
        return None
    if result.status != 0:
        raise RuntimeError(f"the solver gave up: {result.message}")
    taken = [column for column, taken in zip(columns, result.x, strict=False) if round(taken) == 1]
    return -float(result.fun), taken


def _verified(programme: Programme, chosen: list[Column]) -> tuple[Decimal, Plan]:
    plan = sorted(pair for column in chosen for pair in column.pairs())
    broken = faults(programme, plan)
    if broken:
        raise RuntimeError(f"the plan found to be best is not legal: {sorted(broken)}")
    return six_decimals(sum((column.worth for column in chosen), Fraction(0))), plan


def optimum_by_enumeration(programme: Programme) -> Best:
    """Find the same by trying every choice of itineraries, pruned by value only, for tiny programmes."""
    _refuse_tiers(programme)
    options = [columns_of(programme, members) for members in parties(programme)]
    search = _Search(programme, [columns for columns in options if columns])
    search.descend(0, [], Fraction(0))
    return None if search.best is None else _verified(programme, search.best)


class _Search:
    def __init__(self, programme: Programme, options: list[list[Column]]) -> None:
        self.programme = programme
        self.options = options
        self.best: list[Column] | None = None
        self.best_worth = Fraction(-1)

    def descend(self, depth: int, chosen: list[Column], worth: Fraction) -> None:
        """Try every itinerary, and none, for the party at this depth."""
        hoped = worth + sum((columns[0].worth for columns in self.options[depth:]), Fraction(0))
        if hoped <= self.best_worth:
            return
        if depth == len(self.options):
            self._keep_if_legal(chosen, worth)
            return
        for column in self.options[depth]:
            self.descend(depth + 1, [*chosen, column], worth + column.worth)
        self.descend(depth + 1, chosen, worth)

    def _keep_if_legal(self, chosen: list[Column], worth: Fraction) -> None:
        plan = [pair for column in chosen for pair in column.pairs()]
        if not plan_faults(self.programme, plan):
            self.best, self.best_worth = chosen, worth
