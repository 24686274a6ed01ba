"""What explains a worker or an order by itself: who dropped out, or that the order was cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.planning.explain.reading import Reading
from engine.words import Message, message


@dataclass(frozen=True)
class EventExplanation:
    """``event`` is dropped_out of a ``worker`` or cancelled of an ``order``, with the ``reason`` given; the other name
    is empty.
    """

    worker: str
    order: str
    event: str
    reason: str
    lines: tuple[str, ...] = field(repr=False, default=())


def explained_by_event(reading: Reading, worker_id: str | None, order_id: str | None) -> EventExplanation | None:
    """The event of a repaired plan that leaves nothing else to say, if there is one.

    Raises `CallError` for an unknown id.
    """
    gone = reading.events.last_of("drop_out", "worker")
    if worker_id is not None and (row := reading.worker_row(worker_id)) in gone:
        return EventExplanation(worker_id, "", "dropped_out", gone[row], (_dropped_out(worker_id, gone[row]),))
    cancelled = reading.events.last_of("cancel", "order")
    if order_id is not None and (row := reading.order_row(order_id)) in cancelled:
        return EventExplanation("", order_id, "cancelled", cancelled[row], (_cancelled(order_id, cancelled[row]),))
    return None


def _dropped_out(worker: str, reason: str) -> Message:
    if reason:
        return message("Worker {worker} dropped out: {reason}.", worker=worker, reason=reason)
    return message("Worker {worker} dropped out.", worker=worker)


def _cancelled(order: str, reason: str) -> Message:
    if reason:
        return message("Order {order} was cancelled: {reason}.", order=order, reason=reason)
    return message("Order {order} was cancelled.", order=order)
