"""What a sweep's page says: a row for each number that was tried, what people ask first in front."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.runs.result_files import table_of
from engine.planning.measures import IN_WORDS, MEASURES
from engine.words import Message, message, msgid

AXES = {"factor": msgid("Times as many"), "value": msgid("New number"), "days": msgid("Days later")}
SHOWN = ("workers", "placements", "paid_weeks", "net_income", "recalls_kept", "quota_used", "objective")


def sweep_shown(connection: sa.Connection, run_id: str) -> dict[str, Any]:
    """The table of a sweep: ``titles``, and ``rows`` of the same length; a point that failed has no figures."""
    found = table_of(connection, run_id, "sweep.csv")
    names = [name for name in (found[0] if found else {}) if name not in MEASURES]
    axes = names[: names.index("objective_difference")] if "objective_difference" in names else []
    titles = [Message(AXES[name], {}) if name in AXES else name for name in axes]
    rows = [[*(row[name] for name in axes), *(_figure(row[name]) for name in SHOWN)] for row in found]
    return {"titles": [*titles, *(IN_WORDS[name] for name in SHOWN)], "rows": rows}


def _figure(cell: str) -> str:
    return message("{n:,.0f}", n=float(cell)) if cell else "–"
