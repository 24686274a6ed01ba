"""Permission to move on to another job within one stay (SAWP transfers, GECCO concatenated campaigns)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Example, Join
from engine.clauses.parameters import number_of_days, required, whole_number
from engine.words import Message, message, msgid, plural

_SPRING = {"start_date": "2026-03-01", "end_date": "2026-05-31"}
_AWAY = {"id": "away", "kind": "cool_off", "min_days": 30}


@dataclass(frozen=True)
class Transfer(Join):
    """A placement at most ``max_gap_days`` days after the row before it continues that stay, with at most
    ``max_transfers`` such changes in a stay.
    """

    kind: ClassVar = "transfer"
    protects: ClassVar = {"max_gap_days": 1, "max_transfers": 1}
    asks_more: ClassVar = {"max_gap_days": -1, "max_transfers": -1}
    max_gap_days: int = required(number_of_days, called=msgid("most days between two jobs of one stay"))
    max_transfers: int = required(whole_number, called=msgid("most changes of job in a stay"))
    examples: ClassVar = (
        Example(
            True,
            {"max_gap_days": 5, "max_transfers": 1},
            "Five days apart is one stay.",
            orders=(_SPRING, {"start_date": "2026-06-06", "end_date": "2026-07-31"}),
            placements=((0, 0), (0, 1)),
            clauses=(_AWAY,),
        ),
        Example(
            False,
            {"max_gap_days": 5, "max_transfers": 1},
            "Six days apart is a new stay, too soon.",
            orders=(_SPRING, {"start_date": "2026-06-07", "end_date": "2026-07-31"}),
            placements=((0, 0), (0, 1)),
            clauses=(_AWAY,),
        ),
        Example(
            False,
            {"max_gap_days": 5, "max_transfers": 0},
            "No change is allowed.",
            orders=(_SPRING, {"start_date": "2026-06-06", "end_date": "2026-07-31"}),
            placements=((0, 0), (0, 1)),
            clauses=(_AWAY,),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield plural(
            "A job that begins at most {n} day after the one before continues that stay.",
            "A job that begins at most {n} days after the one before continues that stay.",
            n=self.max_gap_days,
        )
        if self.max_transfers:
            yield plural(
                "A stay has at most {n} change of job.",
                "A stay has at most {n} changes of job.",
                n=self.max_transfers,
            )
        else:
            yield message("A stay has no change of job.")
