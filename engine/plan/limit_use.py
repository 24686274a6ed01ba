"""The rows of prices.csv as people ask of them: what kind of limit each is, how full it is, and what one more gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.audit.placement_table import PlacementTable
from engine.plan.metrics import most_gain

Floats = npt.NDArray[np.float64]
HOUSEHOLD = "household_id"
# Clauses first: they can be negotiated. Beds and places are an employer's, and of a crew there is no unit more.
CAP, SHARE, BEDS, HEADCOUNT, CREW = KINDS = ("cap", "share", "beds", "headcount", "crew")
_RANK = {CAP: 0, SHARE: 0, BEDS: 1, HEADCOUNT: 2, CREW: 3}


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How much of a limit is used, and what one more unit could at most add to the bound that prices prove.

    ``count`` is None for a share. ``alike`` is how many limits the row stands for: the days of a site's beds, and the
    households of a clause, of which none is named.
    """

    limit: str
    clause_id: str
    scope: str
    used: float
    count: float | None
    price: float
    alike: int = 1

    @property
    def kind(self) -> str:
        """One of `KINDS`: ``cap`` and ``share`` are clauses (a set-aside is a cap), the others the orders' own."""
        first, of_order, _ = self.limit.partition("|")
        if of_order and self.clause_id in (BEDS, HEADCOUNT) and first == self.clause_id:
            return self.clause_id
        if of_order and self.clause_id == "min_crew" and first in ("min_crew", "link"):
            return CREW
        return SHARE if self.count is None else CAP

    @property
    def of_clause(self) -> bool:
        """Whether the limit is a clause, which can be negotiated."""
        return self.kind in (CAP, SHARE)

    @property
    def clause(self) -> str:
        """The clause that a limit belongs to, its agreement's id before it: what all its periods and values share."""
        parts = self.limit.split("|")
        return "|".join(parts[: parts.index(self.clause_id) + 1])

    @property
    def of_household(self) -> bool:
        """Whether the limit is that of one household."""
        return f"{HOUSEHOLD}=" in self.scope and self.of_clause


@dataclass(frozen=True, slots=True)
class Worth:
    """What a paid week of a plan and a person placed in it are worth on average; 0 where nobody is placed."""

    of_week: float
    of_person: float

    @classmethod
    def of_plan(cls, placements: PlacementTable, objective: float) -> Worth:
        """The averages of a plan that is worth ``objective``."""
        weeks, people = float(placements.days.sum()) / 7, len(np.unique(placements.worker))
        return cls(objective / weeks, objective / people) if people else cls(0.0, 0.0)

    def in_weeks(self, value: float) -> float | None:
        """A value as so many average paid weeks of the plan; None where there are none."""
        return value / self.of_week if self.of_week else None

    def in_people(self, value: float) -> float | None:
        """A value as so many people with an average season of the plan; None where there are none."""
        return value / self.of_person if self.of_person else None


def limit_uses(prices: pa.Table) -> list[LimitUse]:
    """Every row of prices.csv."""
    names = ("limit", "clause_id", "scope", "used", "count", "price")
    return [LimitUse(*(row[name] for name in names)) for row in prices.select(names).to_pylist()]


def quota_use(prices: pa.Table) -> list[LimitUse]:
    """The caps and set-asides that have any place, the fullest first and of two equally full ones the larger.

    Those of households are left out (see `household_limits`).
    """
    caps = [use for use in limit_uses(prices) if use.kind == CAP and use.count and not use.of_household]
    return sorted(caps, key=lambda use: (-use.used / (use.count or 1), -(use.count or 0), use.limit))


def household_limits(prices: pa.Table) -> dict[str, tuple[int, int]]:
    """By clause, how many households stand at their limit and how many have one."""
    found: dict[str, tuple[int, int]] = {}
    for use in limit_uses(prices):
        if use.of_household and use.count:
            full, every = found.get(use.clause, (0, 0))
            found[use.clause] = (full + (use.used >= use.count), every + 1)
    return found


def what_limits(prices: pa.Table) -> list[LimitUse]:
    """The limits with a price, what can be negotiated first: clauses, then beds, then places of orders; the highest
    price first in each. What orders ask of their crews is left out: of a whole crew there is no unit more.

    The limits of a clause by household are one row, that of the highest price, and so are the days of a site's beds.
    """
    priced = [use for use in limit_uses(prices) if use.price > 0 and use.kind != CREW]
    return sorted(_highest_of_alike(priced), key=lambda use: (_RANK[use.kind], -use.price, use.limit))


def _highest_of_alike(uses: list[LimitUse]) -> Iterator[LimitUse]:
    """The uses, with the households of a clause and the days of a site's beds as one, that of the highest price."""
    alike: dict[str, list[LimitUse]] = {}
    for use in uses:
        of_site = use.limit.rpartition("|")[0] if use.kind == BEDS else use.limit
        alike.setdefault(f"{use.clause}|{HOUSEHOLD}" if use.of_household else of_site, []).append(use)
    for name, group in alike.items():
        highest = replace(max(group, key=lambda use: use.price), alike=len(group))
        yield _unnamed(highest, name) if highest.of_household else highest


def _unnamed(use: LimitUse, name: str) -> LimitUse:
    """The limit of a household without its id."""
    scope = " ".join(HOUSEHOLD if part.startswith(f"{HOUSEHOLD}=") else part for part in use.scope.split(" "))
    return replace(use, limit=name, scope=scope)


def negotiable_first(prices: pa.Table) -> pa.Table:
    """prices.csv in the order in which a minister reads it: clauses, beds, places, crews; the highest price first."""
    uses = limit_uses(prices)
    order = sorted(range(len(uses)), key=lambda row: (_RANK[uses[row].kind], -uses[row].price, uses[row].limit))
    return prices.take(pa.array(order, pa.int64()))


def with_gains(prices: pa.Table, certificate: Mapping[str, Any], worth: Worth) -> pa.Table:
    """prices.csv with what a price is in weeks and people, and the most that one more unit gains over the plan.

    The three columns are empty for what crews ask: of a whole crew there is no unit more.
    """
    uses = limit_uses(prices)
    told: dict[str, Callable[[float], float | None]] = {
        "price_in_weeks": worth.in_weeks,
        "price_in_people": worth.in_people,
        "gain_at_most": lambda price: most_gain(certificate, price),
    }
    for name, of_price in told.items():
        cells = [None if use.kind == CREW else _rounded(of_price(use.price)) for use in uses]
        prices = prices.append_column(name, pa.array(cells, pa.float64()))
    return prices


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
