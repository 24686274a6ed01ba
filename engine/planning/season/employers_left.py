"""What a week of a season does to those who lose their employer, or ask to leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.planning.season.drawn_season import ALWAYS, Longs, with_places
from engine.planning.season.leaving import HOME, MOVED, STAYS, Leaving, after_leaving, first_day, may_continue
from engine.planning.season.releases import without_released
from engine.planning.season.standing import with_added
from engine.programme.programme import Programme

if TYPE_CHECKING:
    from engine.planning.season.replay import Replay


def leave_employers(run: Replay, number: int) -> None:
    """Take people off the orders of employers who are debarred this week, and ask for those who want to leave theirs
    whether they may be moved.
    """
    for column in run.held[run.barred[run.held] == number].tolist():
        if _begun(run, column, number):
            _leave(run, column, number, HOME)
        else:
            _wait_again(run, column, number)
    party = run.problem.offers.party_of(run.held)
    asking = (run.season.asks < ALWAYS)[party] & run.single[run.held]
    for column in run.held[asking].tolist():
        order, own = int(run.first_order[column]), int(run.problem.offers.party_of(np.array([column]))[0])
        if run.desk.weeks.starts[order] + run.season.asks[own] == number and not run.moved[own]:
            _leave(run, column, number, STAYS)


def standing_programme(run: Replay, number: int) -> Programme:
    """The programme of a week, by which what is held then is audited."""
    whole = with_places(run.desk.problem.programme, run.season.places)
    return after_leaving(without_released(whole, number), run.left, run.season.debarred, number)


def _begun(run: Replay, column: int, number: int) -> bool:
    _, orders = run.problem.offers.placements(np.array([column]))
    return bool((run.desk.weeks.starts[orders] <= number).any())


def _wait_again(run: Replay, column: int, number: int) -> None:
    """Who lost a place before it began waits as long again as after registering."""
    own = run.problem.offers.party_of(np.array([column]))
    run.held = run.held[run.held != column]
    run.waiting[own], run.placed_in[own] = True, -1
    again = number + run.season.waits[own] - run.season.arrives[own]
    run.until[own] = np.maximum(run.until[own], np.minimum(again, ALWAYS))


def _leave(run: Replay, column: int, number: int, otherwise: str) -> None:
    """Move who holds a column to the best order on which the stay may go on; ``otherwise`` says what becomes of those
    who can't be moved. Travel groups, and who has several placements, aren't moved.
    """
    workers, orders = run.problem.offers.placements(np.array([column]))
    to = _moved_to(run, column, number) if len(workers) == 1 else -1
    if to < 0 and otherwise == STAYS:
        run.left.append(Leaving(number, int(workers[0]), int(orders[0]), STAYS))
        run.moved[run.problem.offers.party_of(np.array([column]))] = True
        return
    own = run.problem.offers.party_of(np.array([column]))
    run.held = run.held[run.held != column]
    run.moved[own] = True
    if to >= 0:
        run.left.append(Leaving(number, int(workers[0]), int(orders[0]), MOVED, int(run.first_order[to])))
        run.held = np.append(run.held, to)
        return
    begun = run.desk.weeks.starts[orders] <= number
    run.left += [Leaving(number, int(w), int(o), HOME) for w, o in zip(workers[begun], orders[begun], strict=True)]
    run.gone[own] = True


def _moved_to(run: Replay, column: int, number: int) -> int:
    """The column to which who holds one is moved: a single placement with a free place; -1 where there is none."""
    problem, programme = run.problem, run.desk.problem.programme
    offers = problem.offers
    own = int(offers.party_of(np.array([column]))[0])
    mine = np.arange(offers.of_party[own], offers.of_party[own + 1])
    order, starts = run.first_order[mine], programme.orders.values("start_date").astype(np.int64)
    fit = run.single[mine] & (run.season.filed[order] <= number) & (run.barred[mine] > number) & (mine != column)
    fit &= starts[order] >= first_day(programme, number)
    employer = programme.orders.values("employer_id")
    fit &= employer[order] != employer[run.first_order[column]]
    others = run.held[run.held != column]
    ranking = mine[fit][np.argsort(-offers.value[mine[fit]], kind="stable")]
    for one in ranking.tolist():
        if len(with_added(problem, others, np.array([one]))) == len(others) or not _continues(run, column, one, number):
            continue
        return int(one)
    return -1


def _continues(run: Replay, column: int, to: int, number: int) -> bool:
    """Whether the stay may go on on another order, by the audit of the programme that tells what was worked before."""
    workers, orders = run.problem.offers.placements(np.array([column]))
    trial = Leaving(number, int(workers[0]), int(orders[0]), MOVED)
    run.left.append(trial)
    programme = standing_programme(run, number)
    run.left.pop()
    standing: tuple[Longs, Longs] = run.problem.offers.placements(run.held[run.held != column])
    return may_continue(programme, standing, trial.worker, int(run.first_order[to]))
