"""The tables of a programme as FORMAT describes them: each column's meaning, whether it may be empty or absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.days import NO_DATE, OPEN_END, OPEN_START

Kind = Literal[
    "id", "reference", "label", "date", "moment", "number", "integer", "share", "labels", "levels", "months", "text"
]
Default = float | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``concept`` names the vocabulary of a label or the table that a reference points into.

    ``default`` stands for an empty cell; ``filled`` refuses empty cells; ``optional`` allows the column to be absent.
    """

    name: str
    kind: Kind
    concept: str = ""
    default: Default = None
    filled: bool = False
    optional: bool = False
    least: float = 0.0
    most: float = 1e12


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table: its name, its columns in their written order and whether a programme needs it."""

    name: str
    columns: tuple[Column, ...]
    needed: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)


WORKERS = TableSchema(
    "workers",
    (
        Column("worker_id", "id", filled=True),
        Column("origin_country", "label", "country", filled=True),
        Column("origin_region", "label", "region"),
        Column("birth_date", "date", default=NO_DATE),
        Column("sex", "label", "sex"),
        Column("occupations", "months", "isco08"),
        Column("skills", "labels", "skill"),
        Column("languages", "levels", "language"),
        Column("available_from", "date", default=OPEN_START),
        Column("available_to", "date", default=OPEN_END),
        Column("reservation_weekly_income", "number", default=0.0),
        Column("passport_expires", "date", default=NO_DATE),
        Column("medical_valid_until", "date", default=NO_DATE),
        Column("household_id", "label", "household"),
        Column("travel_group_id", "label", "travel_group"),
        Column("refuses", "labels", "refusal"),
        Column("isced", "integer", optional=True, most=8),
        Column("registered_at", "moment", optional=True),
        Column("points", "number", optional=True),
    ),
    needed=True,
)
ORDERS = TableSchema(
    "orders",
    (
        Column("order_id", "id", filled=True),
        Column("employer_id", "reference", "employers", filled=True),
        Column("site_id", "reference", "sites", filled=True),
        Column("destination_country", "label", "country", filled=True),
        Column("destination_region", "label", "region"),
        Column("sector", "label", "sector"),
        Column("isco08", "label", "isco08", filled=True),
        Column("required_skills", "labels", "skill"),
        Column("desired_skills", "labels", "skill"),
        Column("languages", "levels", "language"),
        Column("min_experience_months", "number", default=0.0),
        Column("start_date", "date", filled=True),
        Column("end_date", "date", filled=True),
        Column("headcount", "integer", filled=True, least=1),
        Column("min_crew", "integer", default=1, least=1),
        Column("weekly_hours", "number", filled=True),
        Column("guaranteed_weekly_hours", "number", default=0.0),
        Column("hourly_wage", "number", default=0.0),
        Column("weekly_deductions", "number", default=0.0),
        Column("worker_cost", "number", default=0.0),
        Column("labour_market_test_until", "date", default=NO_DATE),
        Column("priority", "number", default=1.0, most=1e6),
        Column("filed_at", "moment", optional=True),
    ),
    needed=True,
)
EMPLOYERS = TableSchema(
    "employers",
    (
        Column("employer_id", "id", filled=True),
        Column("name", "text"),
        Column("country", "label", "country"),
        Column("accredited_until", "date", default=NO_DATE),
        Column("debarred_from", "date", default=NO_DATE),
        Column("debarred_until", "date", default=NO_DATE),
        Column("operator", "label", "operator", optional=True),
    ),
    needed=True,
)
SITES = TableSchema(
    "sites",
    (
        Column("site_id", "id", filled=True),
        Column("employer_id", "reference", "employers", filled=True),
        Column("region", "label", "region"),
        Column("beds", "integer"),
        Column("inspected_until", "date", default=NO_DATE),
    ),
    needed=True,
)
HISTORY = TableSchema(
    "history",
    (
        Column("worker_id", "reference", "workers", filled=True),
        Column("employer_id", "label", "past_employer"),
        Column("isco08", "label", "isco08"),
        Column("destination_country", "label", "country", filled=True),
        Column("start_date", "date", filled=True),
        Column("end_date", "date", filled=True),
        Column("exit_reason", "label", "exit_reason"),
    ),
)
RECALLS = TableSchema(
    "recalls",
    (
        Column("order_id", "reference", "orders", filled=True),
        Column("worker_id", "reference", "workers", filled=True),
    ),
)
PREFERENCES = TableSchema(
    "preferences",
    (
        Column("worker_id", "reference", "workers", filled=True),
        Column("order_id", "reference", "orders"),
        Column("employer_id", "reference", "employers"),
        Column("rank", "integer", filled=True, least=1),
    ),
)
CORRIDORS = TableSchema(
    "corridors",
    (
        Column("origin_country", "label", "country", filled=True),
        Column("destination_country", "label", "country", filled=True),
        Column("travel_cost_to_worker", "number", default=0.0),
        Column("travel_days", "integer", default=0),
        Column("remittance_cost_share", "share", default=0.0),
        Column("lead_time_days", "integer", default=0),
    ),
)
COMMITMENTS = TableSchema(
    "commitments",
    (
        Column("worker_id", "reference", "workers", filled=True),
        Column("order_id", "reference", "orders", filled=True),
        Column("agreed_on", "date", default=NO_DATE, optional=True),
    ),
)
EXCLUSIONS = TableSchema(
    "exclusions",
    (
        Column("worker_id", "reference", "workers", filled=True),
        Column("order_id", "reference", "orders", filled=True),
        Column("reason", "text", optional=True),
    ),
)
SCORES = TableSchema(
    "scores",
    (
        Column("worker_id", "reference", "workers", filled=True),
        Column("order_id", "reference", "orders", filled=True),
        Column("score", "share", filled=True),
    ),
)

TABLES: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        EMPLOYERS,
        SITES,
        WORKERS,
        ORDERS,
        HISTORY,
        RECALLS,
        PREFERENCES,
        CORRIDORS,
        COMMITMENTS,
        EXCLUSIONS,
        SCORES,
    )
}
CEFR_LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
SEXES = ("F", "M", "X")
EXIT_REASONS = ("completed", "early_return", "overstay", "transferred")
