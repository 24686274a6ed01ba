"""Why: explanations for a worker, an order, a placement, a clause, and for promises that can't be kept."""

from __future__ import annotations

from pathlib import Path

from engine.errors import CallError
from engine.plan.read_plan import read_plan
from engine.planning.explain.clash_set import ClashExplanation, explain_commitments
from engine.planning.explain.clause import ClauseExplanation, explain_clause
from engine.planning.explain.demand import DemandExplanation, explain_demand
from engine.planning.explain.event import EventExplanation, explained_by_event
from engine.planning.explain.order import OrderExplanation, explain_order
from engine.planning.explain.placement import PlacementExplanation, explain_placement
from engine.planning.explain.ranked import (
    AlternativesExplanation,
    CandidatesExplanation,
    explain_alternatives,
    explain_candidates,
)
from engine.planning.explain.reading import read_reading
from engine.planning.explain.worker import WorkerExplanation, explain_worker
from engine.programme import Programme, read_programme
from engine.words import message

Explanation = (
    AlternativesExplanation
    | CandidatesExplanation
    | ClashExplanation
    | ClauseExplanation
    | DemandExplanation
    | EventExplanation
    | OrderExplanation
    | PlacementExplanation
    | WorkerExplanation
)


def explanation(
    programme: Path,
    plan: Path | None,
    worker: str | None,
    order: str | None,
    clause: str | None,
    commitments: bool,
    ranked: bool = False,
) -> Explanation:
    """Explain what is named, of a programme's folder. Raises what reading it and `explained` raise."""
    return explained(read_programme(programme), plan, worker, order, clause, commitments, ranked)


def explained(
    read: Programme,
    plan: Path | None,
    worker: str | None,
    order: str | None,
    clause: str | None,
    commitments: bool,
    ranked: bool = False,
) -> Explanation:
    """Explain what is named, or with ``ranked`` who else fits the order, what else the worker could do.

    Raises `CallError` where nothing, or too much, is named.
    """
    if ranked and (worker is None) == (order is None):
        raise CallError(
            message("Only a worker's other orders and an order's other workers are ranked."),
            message("Use --ranked with one of --worker, --order."),
        )
    if (clause is not None) + (worker is not None or order is not None) + commitments != 1:
        raise CallError(
            message("Name what to explain."),
            message("Use one of --worker, --order, both of them, --clause, --commitments."),
        )
    if commitments:
        return explain_commitments(read if plan is None else read_plan(read, plan).programme)
    if plan is None and order is not None and worker is None and not ranked:
        return explain_demand(read, order)
    if plan is None:
        raise CallError(message("There is no plan to explain."), message("Name its folder after the programme's."))
    reading = read_reading(read, plan)
    if clause is not None:
        return explain_clause(reading, clause)
    of_event = explained_by_event(reading, worker, order)
    if of_event is not None:
        return of_event
    if ranked:
        return explain_candidates(reading, order) if order is not None else explain_alternatives(reading, worker or "")
    if worker is not None and order is not None:
        return explain_placement(reading, worker, order)
    if order is not None:
        return explain_order(reading, order)
    assert worker is not None
    return explain_worker(reading, worker)
