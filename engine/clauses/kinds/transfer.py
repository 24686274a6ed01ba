"""Permission to move on to another job within one stay (SAWP transfers, GECCO concatenated campaigns)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Example, Join
from engine.clauses.parameters import number_of_days, required, whole_number

_SPRING = {"start_date": "2026-03-01", "end_date": "2026-05-31"}
_AWAY = {"id": "away", "kind": "cool_off", "min_days": 30}


@dataclass(frozen=True)
class Transfer(Join):
    """A placement at most ``max_gap_days`` days after the row before it continues that stay, with at most
    ``max_transfers`` such changes in a stay.
    """

    kind: ClassVar = "transfer"
    max_gap_days: int = required(number_of_days)
    max_transfers: int = required(whole_number)
    says: ClassVar = {
        "en": "Jobs at most {max_gap_days} days apart are one stay, with at most {max_transfers} changes.",
        "es": "Los empleos separados por a lo sumo {max_gap_days} días son una estancia, con {max_transfers} cambios.",
    }
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
