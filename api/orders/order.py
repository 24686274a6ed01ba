"""An order as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from api.storage.records import Record
from engine.programme.schema import TABLES

COLUMNS = TABLES["orders"].column_names


@dataclass(frozen=True)
class OrderRecord(Record):
    """An order of a programme: the columns of the format as text, its state and its version."""

    programme_id: str
    order_id: str
    employer_id: str
    site_id: str
    destination_country: str
    destination_region: str
    sector: str
    isco08: str
    required_skills: str
    desired_skills: str
    languages: str
    min_experience_months: str
    start_date: str
    end_date: str
    headcount: str
    min_crew: str
    weekly_hours: str
    guaranteed_weekly_hours: str
    hourly_wage: str
    weekly_deductions: str
    worker_cost: str
    labour_market_test_until: str
    priority: str
    filed_at: str
    state: str
    version: int
    created_at: datetime
    changed_at: datetime

    @property
    def cells(self) -> dict[str, str]:
        """What the order says: the columns of the format."""
        held = vars(self)
        return {name: held[name] for name in COLUMNS}

    def differs(self, cells: Mapping[str, str]) -> set[str]:
        """The columns of the format in which other cells say something else."""
        return {name for name, cell in self.cells.items() if cells[name] != cell}


def orders_of(connection: sa.Connection, chosen: sa.Select[Any]) -> list[OrderRecord]:
    """The orders of a choice of whole rows."""
    return [OrderRecord.of(row) for row in connection.execute(chosen)]
