"""The letters of a plan, on the wire."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from api.placements.letters import Letter, letters_of
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import Limit, Page, example
from engine.words.wording import speaking, worded

router = Router(prefix="/v1/programmes/{programme_id}/runs/{run_id}/letters", tags=["runs"])
TOLD = ("employer", "region", "hourly_wage", "weekly_hours", "guaranteed_weekly_hours", "weekly_deductions")
COSTS = ("worker_cost", "travel_cost")


class LetterOut(BaseModel):
    """What one worker is told, and the language in which he or she reads it; amounts are in `currency`."""

    model_config = example(
        {
            "operation_id": "0198",
            "worker_id": "W7K3M9P2QX",
            "order_id": "E12~O1",
            "language": "es",
            "start_date": "2026-05-04",
            "end_date": "2026-10-30",
            "conditions": {"employer": "Farm 1", "hourly_wage": "15", "currency": "US Dollar"},
        }
    )
    operation_id: str
    worker_id: str
    order_id: str
    language: str
    start_date: str
    end_date: str
    conditions: dict[str, str]


@router.get("")
def list_letters(
    programme_id: str,
    run_id: str,
    limit: Limit = 100,
    after: Annotated[str | None, Query(pattern="^[0-9]{1,7}$", description="`next` of the page before.")] = None,
    context: Context = allowed("run.read"),
) -> Page[LetterOut]:
    """What each worker of a published plan is told, by worker, in a language that he or she knows."""
    first = int(after or 0)
    letters, count = letters_of(context.connection, context.principal, context.objects["run_id"], first, limit)
    return Page(items=[_out(one) for one in letters], next=str(first + limit) if first + limit < count else None)


def _out(letter: Letter) -> LetterOut:
    row, told = letter.operation, letter.conditions
    with speaking(letter.language):
        conditions = {name: str(told[name]) for name in (*TOLD, *COSTS)}
        conditions["currency"] = worded(str(told["currency"]), letter.language)
    return LetterOut(
        operation_id=row.id,
        worker_id=row.worker_id,
        order_id=row.order_id,
        language=letter.language,
        start_date=row.start_date,
        end_date=row.end_date,
        conditions=conditions,
    )
