"""Re-matching after events: repair a plan with the least disruption, and keep a reserve for every order.

Each placement of the plan that is kept is worth a stated price more, so that nothing moves for less; the repair begins
from the plan and its prices.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.arrays import row_of_each
from engine.atomic import refuse_occupied, written_aside
from engine.plan.earlier_plan import read_warm
from engine.plan.plan_files import csv_bytes, read_placements
from engine.plan.read_plan import events_of_plan, require_plan_of
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.values import SCALE
from engine.programme.after_events import after_events
from engine.programme.events import Events, read_events
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.ranks import rank_within
from engine.run import Clock, Matched, Options, certified
from engine.solve.budget import Budget
from engine.solve.dual.bound import bound_at
from engine.solve.match import match
from engine.solve.primal.warm import Warm, listed_for
from engine.solve.result import Knowledge, Listener, Result, Stop
from engine.spreadsheet_text import neutral_table
from engine.words import message

Longs = npt.NDArray[np.int64]
RESERVES = 3
BEGUN_FROM, KEPT = "begun_from", ("placements.csv", "prices.csv")


@dataclass(frozen=True)
class Rematched:
    """The repaired plan, its changes and reserves as tables, and how much was disrupted.

    ``events`` are those of this repair alone. ``lost`` placements ended with them, ``altered`` others were moved or
    given up, ``added`` are new. ``begun_from`` is the folder of the plan that was repaired.
    """

    matched: Matched
    changes: pa.Table
    reserves: pa.Table
    events: int
    lost: int
    altered: int
    added: int
    begun_from: Path

    def write(self, out: Path) -> None:
        """Write the plan's folder, which appears whole or not at all.

        Beside the plan stand changes.csv, reserves.csv, the events since the first plan, and in ``begun_from/`` the
        placements and prices that the repair began from: `replay` needs nothing else.
        """
        with written_aside(out) as folder:
            self.matched.files.write_into(folder, self.matched.programme)
            for name, content in self.tables().items():
                (folder / name).write_bytes(content)
            (folder / BEGUN_FROM).mkdir()
            for name in KEPT:
                shutil.copyfile(self.begun_from / name, folder / BEGUN_FROM / name)

    def tables(self) -> dict[str, bytes]:
        """The files of a repair that other plans don't have."""
        found = {"changes.csv": self.changes, "reserves.csv": self.reserves}
        return {name: csv_bytes(neutral_table(table)) for name, table in found.items()}


def rematch(
    programme: Programme,
    plan: Path,
    events: Path,
    out: Path,
    charge: float,
    options: Options,
    listener: Listener | None = None,
) -> Rematched:
    """Repair ``plan`` after the events of a file and write it to ``out``; events of earlier repairs still hold.

    ``plan`` is a plan's folder, or a file of placements (CSV, or a workbook with a sheet of them), whoever made it;
    without prices the repair begins at none. ``charge`` is what each kept placement counts more, in value. Raises what
    reading and matching raise.
    """
    refuse_occupied(out)
    require_plan_of(programme, plan)
    earlier = events_of_plan(programme, plan)
    happened = earlier.then(read_events(programme, events, earlier))
    before = read_placements(programme, plan)
    with _begun_from(programme, plan, before) as begun:
        clock = Clock(None)
        found = repaired(programme, begun, before, happened, charge, options, clock, listener, earlier.size)
        found.write(out)
    return found


@contextmanager
def _begun_from(programme: Programme, plan: Path, placements: tuple[Longs, Longs]) -> Iterator[Path]:
    """A folder with the placements and prices that a repair begins from: the plan's own, or one made for the while."""
    if all((plan / name).is_file() for name in KEPT):
        yield plan
        return
    beside = (plan if plan.is_dir() else plan.parent) / "prices.csv"
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        worker, order = placements
        ids = {
            "worker_id": programme.workers.ids("worker_id").take(pa.array(worker)),
            "order_id": programme.orders.ids("order_id").take(pa.array(order)),
        }
        Path(place, "placements.csv").write_bytes(csv_bytes(pa.table(ids)))
        Path(place, "prices.csv").write_bytes(beside.read_bytes() if beside.is_file() else b"limit,price\n")
        yield Path(place)


def repaired(
    programme: Programme,
    plan: Path,
    before: tuple[Longs, Longs],
    events: Events,
    charge: float,
    options: Options,
    clock: Clock,
    listener: Listener | None = None,
    earlier: int = 0,
) -> Rematched:
    """The plan of ``before`` (rows of workers and orders) repaired after all events, the first ``earlier`` of which it
    was already made after.
    """
    programme.require_weights(message("Re-matching"))
    clock.begin("compile")
    changed = after_events(programme, events)
    drawn, workers, orders = drawn_order(changed, options.seed)
    problem = compile_problem(drawn)
    clock.begin("solve")
    warm = read_warm(problem, plan)
    problem, _ = listed_for(problem, warm)
    budget = Budget(options.time_limit, options.most_steps)
    dear = int(charge * SCALE)
    found = match(_with_charge(problem, warm, dear), "optimal", options.gap, budget, listener, warm)
    result = _at_own_value(found, warm, dear, options.gap)
    matched = certified(changed, drawn, (workers, orders), result, replace(options, warm=plan), budget.steps, clock)
    told = {"charge": charge, "events": events.size, "earlier_events": earlier}
    files = replace(matched.files, certificate={**matched.files.certificate, **told}).after(programme, events)
    matched = replace(matched, files=files)
    return _told(changed, before, matched, events.since(earlier), _reserves(changed, result, workers, orders), plan)


def _with_charge(problem: MatchingProblem, warm: Warm, charge: int) -> MatchingProblem:
    """The problem in which each placement of the earlier plan counts ``charge`` more."""
    offers = problem.offers
    orders = offers.order_count
    kept = np.isin(
        offers.cell_worker.astype(np.int64) * orders + offers.cell % orders, warm.worker * orders + warm.order
    )
    owner = row_of_each(np.diff(offers.cells))
    more = np.bincount(owner[kept], minlength=offers.count).astype(np.int64) * charge
    return replace(problem, offers=replace(offers, value=offers.value + more))


def _at_own_value(result: Result, warm: Warm, charge: int, gap: float) -> Result:
    """The result in terms of the problem without the charge; its bound is what its prices prove there, or those of the
    earlier plan, which no charge bent.
    """
    problem = _with_charge(result.problem, warm, -charge)
    objective = int(problem.offers.value[result.columns].sum())
    best = bound_at(problem, result.prices, result.crew)
    if not np.array_equal(result.prices, warm.prices):
        best = min(best, warm.first_bound(problem), key=lambda bound: bound.value)
    proved = max(best.value, objective)
    stop, knowledge = result.stop, result.knowledge
    if proved - objective > gap * max(SCALE, proved) and stop in (Stop.GAP, Stop.PROVED):
        stop, knowledge = Stop.EXHAUSTED, Knowledge.BOUNDED
    elif proved > objective and stop is Stop.PROVED:
        stop, knowledge = Stop.GAP, Knowledge.WITHIN_GAP
    return replace(
        result,
        problem=problem,
        stop=stop,
        knowledge=knowledge,
        objective=objective,
        bound=proved,
        price_bound=proved,
        prices=best.prices,
        crew=best.crew,
    )


def _told(
    programme: Programme,
    before: tuple[Longs, Longs],
    matched: Matched,
    events: Events,
    reserves: pa.Table,
    plan: Path,
) -> Rematched:
    size = programme.orders.size
    old, new = before[0] * size + before[1], matched.worker * size + matched.order
    ended = np.setdiff1d(old, new)
    lost = _ended_by_events(programme, ended // size, ended % size, events)
    added = np.setdiff1d(new, old)
    rows = [(key, "lost" if by else "altered") for key, by in zip(ended.tolist(), lost.tolist(), strict=True)]
    rows += [(key, "added") for key in added.tolist()]
    workers, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    listed = [
        {"worker_id": str(workers[key // size]), "order_id": str(orders[key % size]), "change": word}
        for key, word in rows
    ]
    schema = pa.schema([(name, pa.string()) for name in ("worker_id", "order_id", "change")])
    changes = pa.Table.from_pylist(listed, schema=schema)
    count = int(lost.sum())
    return Rematched(matched, changes, reserves, events.size, count, len(ended) - count, len(added), plan)


def _ended_by_events(programme: Programme, worker: Longs, order: Longs, events: Events) -> npt.NDArray[np.bool_]:
    """Which placements an event ended itself."""
    size = programme.orders.size
    barred = events.barred
    ended = np.isin(worker, events.worker[events.of("drop_out")])
    ended |= np.isin(order, events.order[np.concatenate([events.of("cancel"), events.of("late")])])
    ended |= np.isin(worker * size + order, events.worker[barred] * size + events.order[barred])
    employer = programme.orders.values("employer_id")[order]
    return np.asarray(ended | np.isin(employer, events.employer[events.of("debar")]))


def _reserves(programme: Programme, result: Result, workers: Longs, orders: Longs) -> pa.Table:
    """For every order the free workers who are worth most there, the first to ask when somebody drops out."""
    offers = result.problem.offers
    free = np.ones(len(offers.must), bool)
    free[offers.party_of(result.columns)] = False
    single = np.flatnonzero(np.repeat(free, np.diff(offers.of_party)) & (np.diff(offers.cells) == 1))
    worker, order = offers.placements(single)
    best = np.lexsort((worker, -offers.value[single], order))
    rank = rank_within(order[best])
    kept = best[rank < RESERVES]
    return pa.table(
        {
            "order_id": programme.orders.id_text("order_id")[orders[order[kept]]].astype(str),
            "rank": rank[rank < RESERVES] + 1,
            "worker_id": programme.workers.id_text("worker_id")[workers[worker[kept]]].astype(str),
            "value": np.round(offers.value[single[kept]] / SCALE, 6),
        }
    )
