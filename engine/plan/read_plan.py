"""A plan read back beside its programme: as the events of a repaired plan left it, and refused with another one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.audit.audit import Audit, Breach, audit
from engine.errors import CallError
from engine.plan.plan_files import CERTIFICATE, EVENTS, read_certificate, read_placements
from engine.programme.after_events import after_events
from engine.programme.events import NO_EVENTS, Events, events_sha256, read_events
from engine.programme.programme import Programme
from engine.words import Message, message

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ReadPlan:
    """A plan with what it is about: placement i puts worker row ``worker[i]`` on order row ``order[i]`` (int64).

    ``programme`` is the one asked about as the plan's ``events`` left it; without events it is the programme itself.
    """

    programme: Programme
    events: Events
    worker: Longs
    order: Longs


def read_plan(programme: Programme, folder: Path) -> ReadPlan:
    """Read a plan of a programme: a folder, or a file of placements.

    Raises `CallError` where there is none, where its certificate is about another programme or its events aren't those
    of its certificate; `InputError` for unknown ids and missing columns.
    """
    require_plan_of(programme, folder)
    events = events_of_plan(programme, folder)
    worker, order = read_placements(programme, folder)
    return ReadPlan(after_events(programme, events) if events.size else programme, events, worker, order)


def require_plan_of(programme: Programme, folder: Path) -> None:
    """Raise `CallError` where the certificate of a plan names the fingerprint of another programme.

    A plan without a certificate, as others make them, is about whatever programme it is held against.
    """
    known = fingerprint_of_plan(folder)
    if known and programme.sha256 and known != programme.sha256:
        raise CallError(
            message(
                "{folder} is the plan of another programme: its certificate is about {known}, and this programme "
                "({programme}) is {sha256}.",
                folder=folder,
                known=known,
                programme=programme.settings.id,
                sha256=programme.sha256,
            ),
            message(
                "Name the programme that it was made for, match this one anew, or take certificate.json out of the "
                "plan's folder to hold its placements against this programme."
            ),
        )


def fingerprint_of_plan(folder: Path) -> str:
    """The fingerprint of the programme that a plan's certificate is about; empty where it has none."""
    if not (_place(folder) / CERTIFICATE).is_file():
        return ""
    return str(read_certificate(_place(folder)).get("programme_sha256", ""))


def events_of_plan(programme: Programme, folder: Path) -> Events:
    """All events since the first plan that a repaired plan carries; none for any other plan.

    Raises `CallError` where they are missing or aren't those that its certificate is about, `InputError` for faults.
    """
    place, path = _place(folder), _place(folder) / EVENTS
    known = read_certificate(place).get("events_sha256") if (place / CERTIFICATE).is_file() else None
    if not path.is_file():
        if known:
            raise CallError(
                message("{folder} was repaired after events, and there is no {path}.", folder=folder, path=path),
                message("Put it back."),
            )
        return NO_EVENTS
    events = read_events(programme, path)
    if known and events_sha256(programme, events) != known:
        raise CallError(
            message("{path} doesn't hold the events that the plan was repaired after.", path=path),
            message("Put it back, and name new events in a file of their own for vaiven rematch."),
        )
    return events


def _place(folder: Path) -> Path:
    return folder if folder.is_dir() else folder.parent


def audited(plan: ReadPlan) -> Audit:
    """The audit of a plan against its programme as the events left it.

    A placement of who dropped out or on a cancelled order is told as such, and not as a matter of availability or
    places.
    """
    verdict = audit(plan.programme, plan.worker, plan.order)
    workers = plan.programme.workers.id_text("worker_id")
    orders = plan.programme.orders.id_text("order_id")
    gone = {str(workers[row]): why for row, why in plan.events.last_of("drop_out", "worker").items()}
    cancelled = {str(orders[row]): why for row, why in plan.events.last_of("cancel", "order").items()}
    breaches = tuple(_of_event(breach, gone, cancelled) for breach in verdict.breaches)
    return replace(verdict, breaches=breaches)


def _of_event(breach: Breach, gone: dict[str, str], cancelled: dict[str, str]) -> Breach:
    """The same breach under the name of the event that it is owed to, if any."""
    if breach.rule == "availability" and breach.workers[0] in gone:
        return _told(breach, "dropped_out", _dropped_out(gone[breach.workers[0]]))
    if breach.rule == "headcount" and breach.orders[0] in cancelled:
        return _told(breach, "cancelled", _cancelled(cancelled[breach.orders[0]]))
    return breach


def _told(breach: Breach, rule: str, sentence: Message) -> Breach:
    return replace(breach, rule=rule, clause_id=rule, sentence=sentence)


def _dropped_out(reason: str) -> Message:
    if reason:
        return message("The worker dropped out: {reason}.", reason=reason)
    return message("The worker dropped out.")


def _cancelled(reason: str) -> Message:
    if reason:
        return message("The order was cancelled: {reason}.", reason=reason)
    return message("The order was cancelled.")
