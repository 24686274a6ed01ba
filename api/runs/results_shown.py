"""What came of a run that has no plan, as a page: its template and what that is told, as its kind says."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.access import Principal
from api.runs.kind import Finished, kinds
from api.runs.plan_shown import seen_agreements
from api.runs.result_files import names_of


def result_shown(connection: sa.Connection, principal: Principal, run: sa.Row[Any]) -> tuple[str, dict[str, Any]]:
    """The template of a finished run's page, and what it is told beside the run: always its ``files``."""
    kind, known = kinds()[run.kind], seen_agreements(connection, principal, run.programme_id)
    shown = kind.shown(Finished(connection, principal, run, known))
    return kind.template, {"files": list(names_of(connection, run.id)), **shown}
