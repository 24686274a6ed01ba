"""Days between the decision and the start, for visas and travel (SAWP 12 to 14 weeks, H-2A 45 days)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import number_of_days, optional
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message, msgid, plural


@dataclass(frozen=True)
class LeadTime(Gate):
    """``start_date >= as_of + days`` (the corridor's lead time where no days are given); a commitment counts from
    the day on which it was agreed.
    """

    kind: ClassVar = "lead_time"
    asks_more: ClassVar = {"days": 1}
    told_to_employers: ClassVar = True
    days: int | None = optional(number_of_days, called=msgid("fewest days from the decision to the start"))
    examples: ClassVar = (
        Example(True, {"days": 55}, "Exactly 55 days."),
        Example(False, {"days": 56}, "A day short."),
        Example(True, {}, "The corridor's 30 days by default.", corridor={"lead_time_days": 30}),
        Example(False, {}, "The corridor's 60 days by default.", corridor={"lead_time_days": 60}),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.days is None:
            yield message("The order starts no sooner after the decision than the corridor's lead time.")
        else:
            yield plural(
                "The order starts at least {n} day after the decision.",
                "The order starts at least {n} days after the decision.",
                n=self.days,
            )

    def follows_from(self, other: Self) -> bool:
        """See `Rule`: the corridor's days aren't known here."""
        if self.days is None or other.days is None:
            return self.days == other.days
        return self.days <= other.days

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        days = pairs.lead_time_days if self.days is None else self.days
        return pairs.order("start_date") >= pairs.decided_on + days

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        days = placements.corridor("lead_time_days") if self.days is None else np.full(placements.size, self.days)
        earliest = placements.decided_on() + days.astype("timedelta64[D]")
        return np.asarray(placements.date("orders", "start_date") < earliest)

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        days = placements.corridor("lead_time_days") if self.days is None else np.full(placements.size, self.days)
        earliest = placements.decided_on() + days.astype("timedelta64[D]")
        starts = placements.date("orders", "start_date")
        return [
            message("starts on {start}, {earliest} at the earliest", start=start, earliest=first)
            for start, first in zip(starts.tolist(), earliest.tolist(), strict=True)
        ]
