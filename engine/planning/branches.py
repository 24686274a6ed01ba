"""Branches of a programme: its edits made, compiled where they touch it, matched from the base's plan, audited."""

from __future__ import annotations

import hashlib
import json
import pickle
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from engine.audit.again import still_legal
from engine.audit.audit import audit_of
from engine.audit.placement_table import PlacementTable
from engine.audit.valuation import placement_values
from engine.errors import AuditError, VaivenError
from engine.kernel import software_version
from engine.plan.earlier_plan import named_prices, read_warm, warm_from
from engine.planning.measures import Measures, measure_of
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.recompile import recompiled
from engine.problem.values import SCALE
from engine.programme.edits import Edits, edited
from engine.programme.programme import Programme
from engine.programme.reorder import Drawn, drawn_alike, drawn_order
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at
from engine.solve.match import match
from engine.solve.primal.warm import Warm
from engine.solve.result import Listener, Result
from engine.words import message
from engine.words.kept import kept, sentences_of

Longs = npt.NDArray[np.int64]
TIE = 1e-6


@dataclass(frozen=True)
class Outcome:
    """What a branch came to; ``failure`` says why it has no plan (``failure_code`` is the error's), and the rest is
    then empty.

    ``bound`` and ``gap`` are those of its certificate, ``seconds`` what it took, ``notices`` what its edits touch.
    """

    id: str
    title: str
    totals: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, tuple[int, float]]] = field(default_factory=dict, repr=False)
    bound: float = 0.0
    gap: float = 0.0
    status: str = "failed"
    seconds: float = 0.0
    failure: str = ""
    failure_code: str = ""
    notices: tuple[str, ...] = ()

    def as_json(self) -> str:
        """The outcome as text, for a file."""
        return json.dumps(kept(asdict(self)), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> Outcome:
        """Read what `as_json` wrote."""
        content = sentences_of(json.loads(text))
        content["groups"] = {g: {n: (v[0], v[1]) for n, v in rows.items()} for g, rows in content["groups"].items()}
        return Outcome(**{**content, "notices": tuple(content.get("notices", ()))})


@dataclass(frozen=True)
class Base:
    """A programme with its plan, from which branches begin; ``problem`` has the rows in the order that ``seed`` draws.

    ``warm`` is the base's plan in that order, and ``rows`` are the rows of workers and of orders in it. With an
    ``origin``, measures are of its workers and agreements alone.
    """

    programme: Programme
    problem: MatchingProblem
    warm: Warm
    outcome: Outcome
    rows: tuple[Longs, Longs]
    gap: float
    time_limit: float
    seed: int
    origin: str = ""

    @property
    def drawn(self) -> Drawn:
        """The programme beside the one that was matched."""
        return Drawn(self.programme, self.problem.programme, *self.rows)

    def key(self, edits: Edits) -> str:
        """What a branch's outcome depends on, as a short text."""
        own = (self.origin,) if self.origin else ()
        asked = (self.programme.sha256, edits.sha256(), self.gap, self.time_limit, self.seed, software_version(), *own)
        return hashlib.sha256(repr(asked).encode()).hexdigest()[:24]


def make_base(
    programme: Programme,
    gap: float,
    time_limit: float,
    seed: int,
    listener: Listener | None = None,
    origin: str = "",
    begun: Path | None = None,
) -> Base:
    """Match a programme for branches to begin from: cold, or from the plan or checkpoint in the folder ``begun``.

    Raises what matching raises, and `CallError` for tiers.
    """
    programme.require_weights(message("A what-if"))
    begin = time.monotonic()
    drawn, workers, orders = drawn_order(programme, seed)
    problem = compile_problem(drawn)
    start = None if begun is None else read_warm(problem, begun)
    result = match(problem, "optimal", gap, Budget(time_limit), listener, start)
    measures = _audited(PlacementTable(programme, workers[result.worker], orders[result.order]), origin)
    proved = bound_at(result.problem, result.prices, result.crew)
    warm = Warm(result.prices, result.crew, result.worker, result.order, result.columns, proved)
    outcome = _outcome("base", programme.settings.title, measures, result, time.monotonic() - begin)
    return Base(programme, result.problem, warm, outcome, (workers, orders), gap, time_limit, seed, origin)


def run_branch(base: Base, edits: Edits) -> Outcome:
    """Match the base with its edits made; whatever a user can mend is told in the outcome and not raised."""
    begin = time.monotonic()
    try:
        programme = edited(base.programme, edits)
        programme.require_weights(message("A what-if"))
        drawn = drawn_alike(base.drawn, programme, base.seed)
        workers, orders = drawn.workers, drawn.orders
        problem = recompiled(base.problem, drawn.drawn)
        warm = _warm(base, problem)
        result = match(problem, "optimal", base.gap, Budget(base.time_limit), None, warm)
        found = PlacementTable(programme, workers[result.worker], orders[result.order])
        kept = PlacementTable(programme, workers[warm.worker], orders[warm.order])
        whole = len(warm.worker) == len(base.warm.worker)
        measures = (_kept(base, kept, found, result) if whole else None) or _audited(found, base.origin)
    except VaivenError as error:
        seconds = time.monotonic() - begin
        return Outcome(edits.id, edits.title, failure=error.in_words, failure_code=error.code, seconds=seconds)
    notices = tuple(str(notice) for notice in programme.notices[len(base.programme.notices) :])
    return replace(_outcome(edits.id, edits.title, measures, result, time.monotonic() - begin), notices=notices)


def _kept(base: Base, kept: PlacementTable, found: PlacementTable, result: Result) -> Measures | None:
    """The measures of the base's plan in a branch if it is legal there and worth what was found: a tie is held to the
    base.
    """
    if not _same_placements(kept, found) and placement_values(kept).sum() < result.objective / SCALE - TIE:
        return None
    legal, objective = still_legal(base.programme, kept), base.outcome.totals["objective"]
    if legal is None:
        verdict = audit_of(kept)
        legal, objective = verdict.legal, verdict.objective
    return measure_of(kept, objective, base.origin) if legal else None


def _same_placements(one: PlacementTable, other: PlacementTable) -> bool:
    keys = [np.sort(table.worker * table.programme.orders.size + table.order) for table in (one, other)]
    return np.array_equal(keys[0], keys[1])


def _outcome(identifier: str, title: str, measures: Measures, result: Result, seconds: float) -> Outcome:
    bound = max(result.bound / SCALE, measures.totals["objective"])
    return Outcome(
        identifier,
        title,
        measures.totals,
        measures.groups,
        bound,
        (bound - measures.totals["objective"]) / max(1.0, abs(bound)),
        result.knowledge.value,
        round(seconds, 3),
    )


def _audited(placements: PlacementTable, origin: str) -> Measures:
    verdict = audit_of(placements)
    if not verdict.legal:
        raise AuditError(
            message("The plan found is not legal: {breaches}", breaches=verdict.breaches[0].in_words),
            message("Please report this."),
        )
    return measure_of(placements, verdict.objective, origin)


def _warm(base: Base, problem: MatchingProblem) -> Warm:
    """The base's plan in the numbering of a branch."""
    if problem.offers is base.problem.offers:
        return base.warm
    known = named_prices(base.problem, base.warm.prices, base.warm.crew)
    worker = _moved(base.problem.programme, problem.programme, "workers", "worker_id")[base.warm.worker]
    order = _moved(base.problem.programme, problem.programme, "orders", "order_id")[base.warm.order]
    both = (worker >= 0) & (order >= 0)
    return warm_from(problem, known, worker[both], order[both])


def _moved(one: Programme, other: Programme, table: str, column: str) -> Longs:
    """Where each row of a table is in another programme, -1 where it is gone."""
    ids, wanted = one[table].ids(column), other[table].ids(column)
    if ids.equals(wanted):
        return np.arange(len(ids))
    return np.asarray(pc.fill_null(pc.index_in(ids, value_set=wanted), -1)).astype(np.int64)


def save_base(base: Base, path: Path) -> None:
    """Write a base where processes of this machine can read it."""
    path.write_bytes(pickle.dumps(base, protocol=5))


def run_saved_branch(path: str, edits: Edits) -> dict[str, Any]:
    """`run_branch` in another process: the base is read there once, and the outcome comes back as plain values."""
    return asdict(run_branch(saved_base(path), edits))


@lru_cache(maxsize=1)
def saved_base(path: str) -> Base:
    """Read what `save_base` wrote, once in each process."""
    base: Base = pickle.loads(Path(path).read_bytes())  # written by `save_base` a moment ago
    return base
