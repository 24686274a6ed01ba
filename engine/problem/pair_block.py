"""Blocks of pairs: worker and order columns that broadcast against each other (see `engine.clauses.base.Pairs`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array, Bools
from engine.clauses.where import ORDER_KEYS, Where
from engine.days import day_number, whole_years
from engine.problem.register import Register
from engine.problem.register_columns import Longs


@dataclass(frozen=True)
class PairBlock:
    """Pairs of one origin: ``worker_rows`` and ``order_rows`` are row numbers that broadcast against each other.

    A rectangle has shapes (n, 1) and (1, m), a list of pairs (n,) and (n,). ``months`` is the workers' experience in
    the orders' occupation, in their shape; ``decided`` the day of the decision.
    """

    register: Register
    worker_rows: npt.NDArray[Any]
    order_rows: npt.NDArray[Any]
    months: npt.NDArray[Any]
    decided: npt.NDArray[Any] | None = None

    @property
    def experience_months(self) -> Array:
        """See `Pairs`."""
        return self.months

    @property
    def origin(self) -> Array:
        """The origin of each worker; one number where the block is a rectangle."""
        origin = self.register.origin[self.worker_rows]
        return origin if origin.ndim == 1 else origin[:1]

    def narrowed(self, places: npt.NDArray[Any]) -> PairBlock:
        """The pairs in the given columns of a rectangle, or at the given places of a list."""
        if self.worker_rows.ndim == 2:
            return replace(self, order_rows=self.order_rows[:, places])
        decided = None if self.decided is None else self.decided[places]
        return PairBlock(self.register, self.worker_rows[places], self.order_rows[places], self.months[places], decided)

    def by_origin(self, table: npt.NDArray[Any]) -> Array:
        """A table by origin and order, for the pairs."""
        return np.asarray(table[self.origin, self.order_rows])

    @property
    def net_weekly_income(self) -> Array:
        """See `Pairs`."""
        return self.by_origin(self.register.net_weekly_income)

    @property
    def lead_time_days(self) -> Array:
        """See `Pairs`."""
        return self.by_origin(self.register.lead_time_days)

    @property
    def decided_on(self) -> Array:
        """See `Pairs`."""
        if self.decided is not None:
            return self.decided
        return np.asarray(day_number(self.register.as_of))

    @property
    def weeks(self) -> Array:
        """See `Pairs`."""
        return self.register.weeks[self.order_rows]

    def worker(self, column: str) -> Array:
        """See `Pairs`."""
        return self.register.programme.workers.values(column)[self.worker_rows]

    def order(self, column: str) -> Array:
        """See `Pairs`."""
        return self.register.programme.orders.values(column)[self.order_rows]

    def employer(self, column: str) -> Array:
        """See `Pairs`."""
        return self.register.employer_column(column)[self.order_rows]

    def site(self, column: str) -> Array:
        """See `Pairs`."""
        return self.register.site_column(column)[self.order_rows]

    def age_at_start(self) -> Array:
        """See `Pairs`."""
        born = tuple(part[self.worker_rows] for part in self.register.birthdays)
        return whole_years(born, tuple(part[self.order_rows] for part in self.register.start_days))

    def language_level(self, language: str) -> Array:
        """See `Pairs`."""
        return self.register.language_levels(language)[self.worker_rows]

    def ended_a_stay(self, years: int, reasons: Sequence[str] = ()) -> Bools:
        """See `Pairs`."""
        return self.register.ended_a_stay(self.worker_rows, self.order_rows, years, reasons)

    def past_seasons(self) -> Longs:
        """See `Pairs`."""
        return self.register.past_seasons(self.worker_rows, self.order_rows)

    def matching(self, where: Where) -> Array:
        """Which pairs match a `where`, in any shape that broadcasts to theirs."""
        matched = self.register.orders_matching(where)[self.order_rows]
        if any(key not in ORDER_KEYS for key in where.words):
            matched = matched & self.register.workers_matching(where)[self.worker_rows]
        if where.wants_returning is not None:
            returning = self.ended_a_stay(where.returning_years)
            matched = matched & (returning == where.wants_returning)
        if where.recalled is not None:
            matched = matched & (self.register.recalled(self.worker_rows, self.order_rows) == where.recalled)
        return matched
