"""A passport that outlasts the stay, and a medical examination that is still valid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import flag, number_of_days, optional
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message, msgid, plural


@dataclass(frozen=True)
class Documents(Gate):
    """``passport_expires >= end_date + passport_days_beyond``; with ``medical``, ``medical_valid_until >= start``."""

    kind: ClassVar = "documents"
    asks_more: ClassVar = {"passport_days_beyond": 1, "medical": 1}
    passport_days_beyond: int | None = optional(
        number_of_days, called=msgid("days that the passport is valid beyond the last day")
    )
    medical: bool = optional(flag, False, called=msgid("medical examination"))
    examples: ClassVar = (
        Example(True, {"passport_days_beyond": 30}, "Thirty days past.", ({"passport_expires": "2026-09-30"},)),
        Example(False, {"passport_days_beyond": 30}, "Only 29.", ({"passport_expires": "2026-09-29"},)),
        Example(False, {"passport_days_beyond": 0}, "No passport.", ({"passport_expires": ""},)),
        Example(True, {"medical": True}, "Valid at the start.", ({"medical_valid_until": "2026-03-01"},)),
        Example(False, {"medical": True}, "Ran out.", ({"medical_valid_until": "2026-02-28"},)),
        Example(True, {"medical": True}, "The passport isn't tested.", ({"passport_expires": ""},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.passport_days_beyond:
            yield plural(
                "The passport is valid for at least {n} day after the last day.",
                "The passport is valid for at least {n} days after the last day.",
                n=self.passport_days_beyond,
            )
        elif self.passport_days_beyond is not None:
            yield message("The passport is valid to the last day.")
        if self.medical:
            yield message("The medical examination is valid on the first day.")
        if self.passport_days_beyond is None and not self.medical:
            yield message("No document is asked for.")

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        admitted: Array = np.asarray(True)
        if self.passport_days_beyond is not None:
            needed = pairs.order("end_date") + self.passport_days_beyond
            admitted = pairs.worker("passport_expires") >= needed
        if self.medical:
            admitted = admitted & (pairs.worker("medical_valid_until") >= pairs.order("start_date"))
        return admitted

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        missing = np.zeros(placements.size, bool)
        if self.passport_days_beyond is not None:
            last = placements.date("orders", "end_date") + np.timedelta64(self.passport_days_beyond, "D")
            missing |= ~(placements.date("workers", "passport_expires") >= last)
        if self.medical:
            first = placements.date("orders", "start_date")
            missing |= ~(placements.date("workers", "medical_valid_until") >= first)
        return missing

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        passport, medical = (
            placements.date("workers", column).tolist() for column in ("passport_expires", "medical_valid_until")
        )
        first = placements.date("orders", "start_date").tolist()
        last = placements.date("orders", "end_date") + np.timedelta64(self.passport_days_beyond or 0, "D")
        return [self._fact(*row) for row in zip(passport, medical, first, last.tolist(), strict=True)]

    def _fact(self, passport: date | None, medical: date | None, first: date, last: date) -> Message:
        if self.passport_days_beyond is not None and passport is None:
            return message("no date of a passport, needed until {needed}", needed=last)
        if self.passport_days_beyond is not None and passport is not None and passport < last:
            return message("passport until {until}, needed until {needed}", until=passport, needed=last)
        if medical is None:
            return message("no date of a medical examination, needed on {needed}", needed=first)
        return message("medical examination until {until}, needed on {needed}", until=medical, needed=first)
