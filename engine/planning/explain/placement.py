"""What a placement displaces: who would move if it were given up, as chains of moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import networkx as nx

from engine.errors import CallError
from engine.planning.explain.reading import Reading
from engine.planning.explain.trial import Trial, needed_trial
from engine.planning.explain.words import Words
from engine.problem.values import SCALE
from engine.solve.result import Result


@dataclass(frozen=True)
class PlacementExplanation:
    """``loss`` is what the best plan loses without the placement; ``chains`` are orders along which others move.

    A chain begins at the place given up: each following order is where the person comes from who takes the place
    before; the empty name is somebody without a placement, or a place that stays open. No other person is named.
    """

    worker: str
    order: str
    loss: float
    chains: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...] = field(repr=False, default=())


def explain_placement(reading: Reading, worker_id: str, order_id: str, words: Words) -> PlacementExplanation:
    """Explain one placement of the plan by exact solutions with and without it.

    Raises `CallError` where it isn't in the plan or the programme is too large for exact solutions.
    """
    worker, order = reading.worker_row(worker_id), reading.order_row(order_id)
    if not ((reading.worker == worker) & (reading.order == order)).any():
        raise CallError(f"{worker_id} is not placed on {order_id} in this plan.", "Ask with --worker alone.")
    trial = needed_trial(reading.programme)
    before = trial.best()
    after = trial.excluding(worker, order).best()
    loss = (before.objective - after.objective) / SCALE
    chains = _chains(_places(trial, before), _places(trial, after), order_id)
    lines = [
        words.say(
            f"Without {worker_id} on {order_id} the best plan is worth {loss:.6f} less.",
            f"Sin {worker_id} en {order_id} el mejor plan vale {loss:.6f} menos.",
        )
    ]
    lines += [_chain_text(chain, words) for chain in chains]
    if not chains:
        lines.append(words.say("  Nobody else would move.", "  Nadie más se movería."))
    return PlacementExplanation(worker_id, order_id, loss, tuple(chains), tuple(lines))


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


def _chain_text(chain: tuple[str, ...], words: Words) -> str:
    steps = []
    for to, source in pairwise(chain):
        who = (
            words.say(f"somebody from {source}", f"alguien de {source}")
            if source
            else words.say("somebody without a placement", "alguien sin colocación")
        )
        steps.append(words.say(f"{to} goes to {who}", f"{to} pasa a {who}"))
    return "  " + "; ".join(steps) + "."
