"""A plan changed by hand on pages: placements held, workers kept from orders, two that change places; judged at once.

The page sends the changes along until the re-match is started, so that nothing of them is kept on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response
from pydantic import ValidationError

from api.answers.problems import content_fault, refused
from api.console.forms import Answered, Fields, FormFields, faults_by_field
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.identity.access import MINISTRIES
from api.requests.context import Context
from api.runs.beginning import begin_run
from api.runs.by_hand import HandChangesIn, PairIn, swapped, try_by_hand
from api.runs.earlier import require_earlier, require_plan
from api.runs.jobs.rematch_job import RematchIn
from api.runs.plan_shown import seen_agreements
from engine.errors import CallError, InputError
from engine.words import message

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}")
LONGEST = 100_000


@router.get("/changes")
def ask_changes(programme_id: str, run_id: str, context: Context = viewed("run.start")) -> Response:
    """An empty list of changes."""
    _require_own(context)
    return _form(context, run_id, HandChangesIn(), {})


@router.post("/changes")
def change_by_hand(
    programme_id: str, run_id: str, fields: FormFields, context: Context = viewed("run.start", heavy=True)
) -> Response:
    """Add a change, take one out, or start the re-match; whether the plan stays legal is said each time."""
    _require_own(context)
    asked, before = fields.get("do", ""), _sent(fields.get("changes", ""))
    try:
        changes = _changed(before, asked, fields)
        if asked == "start":
            return _started(context, programme_id, run_id, changes)
        return _form(context, run_id, changes, {})
    except (InputError, CallError) as error:
        raise Answered(_form(context, run_id, before, fields, error)) from error


def _require_own(context: Context) -> None:
    """Raise 404 where the run has no plan, 403 for whoever publishes none, 409 where what it read was deleted."""
    require_plan(context.objects["run_id"])
    if context.principal.role not in MINISTRIES:
        raise refused(message("Plans are repaired by the ministry that published them."))
    run = context.objects["run_id"]
    require_earlier(context.connection, context.principal, run.programme_id, run.id, True)


def _sent(text: str) -> HandChangesIn:
    try:
        return HandChangesIn.model_validate_json(text[:LONGEST] or "{}")
    except ValidationError:
        return HandChangesIn()


def _changed(before: HandChangesIn, asked: str, fields: Fields) -> HandChangesIn:
    """The changes with what a button asks: pairs that were ticked or typed held, ruled out or swapped."""
    if asked.startswith("remove-"):
        kind, _, number = asked.removeprefix("remove-").partition("-")
        left = {name: list(getattr(before, name)) for name in ("hold", "exclude")}
        if kind in left and number.isdigit():
            left[kind] = [one for place, one in enumerate(left[kind]) if str(place) != number]
        return HandChangesIn.model_validate(left)
    if asked not in ("hold", "exclude", "swap"):
        return before
    pairs = _pairs_of(fields)
    if asked == "swap" and len(pairs) != 2:
        problem = message("is not two placements")
        raise content_fault("ids", str(len(pairs)), problem, message("two placements that change places"))
    more = swapped(*pairs) if asked == "swap" else HandChangesIn.model_validate({asked: pairs})
    if fields.get("gone"):  # who has to go for whom is held
        worker, _, order = fields["gone"].partition("|")
        more = HandChangesIn(hold=more.hold, exclude=[PairIn(worker=worker[:130], order=order[:130])])
    return HandChangesIn(
        hold=_joined([one for one in before.hold if one not in more.exclude], more.hold),
        exclude=_joined([one for one in before.exclude if one not in more.hold], more.exclude),
    )


def _pairs_of(fields: Fields) -> list[PairIn]:
    """The pairs that were ticked, and the one that was typed."""
    told = [one.partition("|")[::2] for one in fields.every("ids")]
    if fields.get("worker") or fields.get("order"):
        told.append((fields.get("worker", ""), fields.get("order", "")))
    if not told or not all(worker and order for worker, order in told):
        problem = message("is no worker and order")
        raise content_fault("worker", fields.get("worker", ""), problem, message("a worker and an order"))
    return [PairIn(worker=worker[:130], order=order[:130]) for worker, order in told]


def _joined(before: Sequence[PairIn], more: Sequence[PairIn]) -> list[PairIn]:
    return [*before, *(one for one in more if one not in before)]


def _started(context: Context, programme_id: str, run_id: str, changes: HandChangesIn) -> Response:
    if not changes.hold and not changes.exclude:
        raise content_fault("worker", "", message("is nothing changed"), message("one change at least"))
    asked = RematchIn(kind="rematch", plan=run_id, hold=changes.hold, exclude=changes.exclude)
    identifier = begin_run(context.connection, context.principal, programme_id, asked)
    context.record("run.started", f"run/{identifier}", kind="rematch", by_hand=len(changes.hold) + len(changes.exclude))
    return gone_to(f"/programmes/{programme_id}/runs/{identifier}")


def _form(
    context: Context,
    run_id: str,
    changes: HandChangesIn,
    typed: Fields | dict[str, str],
    error: InputError | CallError | None = None,
) -> Response:
    """The changes with what they come to; what can't be judged is said and not raised, so that it can be taken out."""
    verdict = None
    if (changes.hold or changes.exclude) and error is None:
        try:
            known = seen_agreements(context.connection, context.principal, context.programme.id)
            verdict = try_by_hand(context.connection, context.objects["run_id"], changes, known)
        except CallError as problem:
            error = problem
    told = {"changes": changes, "sent": changes.model_dump_json(), "verdict": verdict, "error": error}
    status = 200 if error is None else 422
    faults = faults_by_field(error)
    return page(context, "runs/by_hand.html", status, run_id=run_id, typed=typed, faults=faults, **told)
