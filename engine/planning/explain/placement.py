"""What a placement displaces: who would move if it were given up, as chains of moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np

from engine.audit.bound import surplus
from engine.audit.crews import hopeless_crews
from engine.audit.pairs import admitted
from engine.audit.valuation import placement_values
from engine.errors import CallError
from engine.plan.plan_files import read_certificate
from engine.planning.explain.price_trial import members_of, price_trial
from engine.planning.explain.reading import Reading
from engine.planning.explain.room import Room
from engine.planning.explain.trial import Trial, TrialsTooLong, excluding, make_trial
from engine.problem.values import SCALE
from engine.solve.result import Result
from engine.words import Message, message

CANDIDATES = 8


@dataclass(frozen=True)
class PlacementExplanation:
    """``loss`` is what the best plan loses without the placement, None where the programme is too large for solving, or
    solving takes too long: then no plan without it loses less than ``loss_at_least`` over this plan, and one was found
    that loses ``loss_at_most`` (None: none was found). ``chains`` are orders along which others move.

    A chain begins at the place given up: each following order is where the person comes from who takes the place
    before; the empty name is somebody without a placement, or a place that stays open. No other person is named.
    """

    worker: str
    order: str
    loss: float | None
    loss_at_least: float
    loss_at_most: float | None
    chains: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_placement(reading: Reading, worker_id: str, order_id: str) -> PlacementExplanation:
    """Explain one placement of the plan by exact solutions with and without it, or by bounds of a large programme.

    Raises `CallError` where it isn't in the plan.
    """
    worker, order = reading.worker_row(worker_id), reading.order_row(order_id)
    if not ((reading.worker == worker) & (reading.order == order)).any():
        raise CallError(
            message("{worker_id} is not placed on {order_id} in this plan.", worker_id=worker_id, order_id=order_id),
            message("Ask with --worker alone."),
        )
    reading.programme.require_weights(message("An exact trial"))
    trial = make_trial(reading.programme)
    try:
        tried = None if trial is None else _with_and_without(trial, worker, order)
    except TrialsTooLong:
        tried = None
    if tried is None:
        return _by_bounds(reading, worker_id, order_id)
    return _exactly(*tried, worker_id, order_id)


def _with_and_without(trial: Trial, worker: int, order: int) -> tuple[Trial, Result, Result]:
    return trial, trial.best(), trial.excluding(worker, order).best()


def _exactly(trial: Trial, before: Result, after: Result, worker_id: str, order_id: str) -> PlacementExplanation:
    """What the best plan loses, and who would move."""
    loss = (before.objective - after.objective) / SCALE
    chains = _chains(_places(trial, before), _places(trial, after), order_id)
    lines = [
        message(
            "Without {worker_id} on {order_id} the best plan is worth {loss:.6f} less.",
            worker_id=worker_id,
            order_id=order_id,
            loss=loss,
        )
    ]
    lines += [_chain_text(chain) for chain in chains]
    if not chains:
        lines.append(message("  Nobody else would move."))
    return PlacementExplanation(worker_id, order_id, loss, loss, loss, tuple(chains), tuple(lines))


def _by_bounds(reading: Reading, worker_id: str, order_id: str) -> PlacementExplanation:
    """What is lost without a placement: by prices at least, and by plans that were found at most."""
    order = reading.order_row(order_id)
    least, most = _least_loss(reading, worker_id, order), _loss_found(reading, worker_id, order)
    line = message(
        "Every plan without {worker_id} on {order_id} is worth at least {least:.6f} less than this one.",
        worker_id=worker_id,
        order_id=order_id,
        least=least,
    )
    if least < 0:
        line = message(
            "A plan without {worker_id} on {order_id} could be worth at most {least:.6f} more than this one.",
            worker_id=worker_id,
            order_id=order_id,
            least=-least,
        )
    found = [] if most is None else [message("  One was found that is worth {most:.6f} less.", most=most)]
    return PlacementExplanation(worker_id, order_id, None, least, most, (), (line, *found))


def _least_loss(reading: Reading, worker_id: str, order: int) -> float:
    """By weak duality: the price bound less what the worker gains at the prices with the order more than without it."""
    certificate, prices = read_certificate(reading.folder), reading.limit_prices
    closed = hopeless_crews(reading.programme, prices)
    alone = price_trial(reading, worker_id).programme
    row = int(np.flatnonzero(alone.workers.id_text("worker_id") == worker_id)[0])
    gain = (surplus(alone, prices, closed) - surplus(excluding(alone, row, order), prices, closed)) / SCALE
    return float(certificate["objective"]) - float(certificate["price_bound"]) + gain


def _loss_found(reading: Reading, worker_id: str, order: int) -> float | None:
    """The least loss found without the placement: the place stays empty, or somebody without one takes it."""
    gone = np.flatnonzero((reading.order == order) & np.isin(reading.worker, members_of(reading, worker_id)))
    groups = reading.programme.workers.labels("travel_group_id").codes
    free = np.flatnonzero(~np.isin(np.arange(reading.programme.workers.size), reading.worker) & (groups < 0))
    pairs = reading.pairs(free, np.full(len(free), order))
    able = pairs.subset(admitted(pairs))
    best = able.worker[np.argsort(-placement_values(able), kind="stable")][:CANDIDATES]
    comers = [np.empty(0, np.int64), *best.reshape(-1, 1)]
    gains = [Room(reading, members).in_place_of(gone, order) for members in comers]
    return min((-gain for gain in gains if gain is not None), default=None)


def _places(trial: Trial, result: Result) -> dict[str, frozenset[str]]:
    programme = trial.problem.programme
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    found: dict[str, set[str]] = {}
    for w, o in zip(result.worker.tolist(), result.order.tolist(), strict=True):
        found.setdefault(str(workers[w]), set()).add(str(orders[o]))
    return {worker: frozenset(own) for worker, own in found.items()}


def _chains(before: dict[str, frozenset[str]], after: dict[str, frozenset[str]], order: str) -> list[tuple[str, ...]]:
    """Moves as paths from the place given up: an edge from the order that somebody takes to the one left."""
    graph: Any = nx.MultiDiGraph()
    for person in sorted(set(before) | set(after)):
        own, new = before.get(person, frozenset()), after.get(person, frozenset())
        taken, left = sorted(new - own), sorted(own - new)
        for number in range(max(len(taken), len(left))):
            to, source = taken[number] if number < len(taken) else "", left[number] if number < len(left) else ""
            if to:
                graph.add_edge(to, source)
    chains = []
    start = order
    while graph.has_node(start) and graph.out_degree(start):
        chain = [start]
        while chain[-1] and graph.has_node(chain[-1]) and graph.out_degree(chain[-1]):
            nearest = sorted(graph.successors(chain[-1]))[0]
            graph.remove_edge(chain[-1], nearest)
            chain.append(nearest)
        chains.append(tuple(chain))
    return chains


def _chain_text(chain: tuple[str, ...]) -> Message:
    steps = []
    for to, source in pairwise(chain):
        who = message("somebody from {source}", source=source) if source else message("somebody without a placement")
        steps.append(message("the place on {to} goes to {who}", to=to, who=who))
    return message("  {steps:each}.", steps=tuple(steps))
