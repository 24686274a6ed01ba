"""A season replayed: week by week a policy says whom to place, and what happens then happens.

Each week: who gives up leaves, who loses or leaves an employer is moved where that is allowed, emergencies are served,
the policy chooses, orders that close with too small a crew give it up, each closing order draws its reserve list, and
orders that start replace who isn't there from that list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.planning.assumptions import Assumptions
from engine.planning.season.drawn_season import (
    DrawnSeason,
    Weeks,
    for_season,
    forecast_of,
    odds_of_giving_up,
    over_cells,
)
from engine.planning.season.employers_left import leave_employers, standing_programme
from engine.planning.season.leaving import Leaving, barred_from
from engine.planning.season.releases import released
from engine.planning.season.standing import lawful, on_orders, with_added
from engine.problem.column_rows import use_of
from engine.problem.problem import MatchingProblem
from engine.programme.programme import Programme

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Desk:
    """What an office knows before a season: the ``problem`` with its forecast, its calendar, and ``others``,
    seasons that were drawn by the same odds with other seeds.
    """

    problem: MatchingProblem
    weeks: Weeks
    assumptions: Assumptions
    others: tuple[DrawnSeason, ...]

    @property
    def forecast(self) -> Longs:
        """The places that every order is expected to ask for."""
        return forecast_of(self.problem)


@dataclass(frozen=True)
class Week:
    """What an office sees in week ``number``: the ``problem`` with the places of the orders filed (the others as
    forecast), the columns ``held``, who is ``waiting`` (by party) and until when, which columns are ``open`` now, and
    which orders are ``filed`` (in the week ``filed_at``); ``seen`` are the parties that have registered so far, each in
    the week ``arrived``; who is held was ``placed`` in that week.
    """

    number: int
    problem: MatchingProblem
    held: Longs
    waiting: Bools
    seen: Bools
    until: Longs
    arrived: Longs
    placed: Longs
    open: Bools
    filed: Bools
    filed_at: Longs


Policy = Callable[[Week], Longs]


class PolicyFile(Protocol):
    """A policy is a file: its ``NAME``, its ``TITLE``, and ``policy_for`` an office, which says each week which columns
    to take, best first.
    """

    NAME: str
    TITLE: str

    def policy_for(self, desk: Desk) -> Policy:
        """The policy of an office that knows what ``desk`` says."""


@dataclass
class Replay:
    """A season on its way; ``held`` are the columns that stand."""

    desk: Desk
    season: DrawnSeason
    problem: MatchingProblem
    held: Longs
    waiting: Bools
    placed_in: Longs
    gone: Bools
    listed: Bools
    moved: Bools
    left: list[Leaving] = field(default_factory=list)
    reserves: dict[int, list[int]] = field(default_factory=dict)
    called: int = 0
    lost: int = 0

    def __post_init__(self) -> None:
        offers = self.problem.offers
        self.closes = over_cells(self.problem, self.desk.weeks.closes, most=False)
        self.first_order = offers.cell[offers.cells[:-1]] % max(offers.order_count, 1)
        self.single = np.diff(offers.cells) == 1
        self.vacated = np.zeros(offers.order_count, np.int64)
        self.wanted = reserve_sizes(self.desk, self.season.places)
        self.until = self.season.waits.copy()
        self.barred = barred_from(self.problem, self.season.debarred)


def reserve_sizes(desk: Desk, places: Longs) -> Longs:
    """How many people each order keeps in reserve: enough for those who may give up or be missing in as many seasons
    as ``reserve_certainty`` says, by the binomial distribution at the mean odds of who may take it.
    """
    from scipy.stats import binom  # half a second that most commands can do without

    offers, assumptions = desk.problem.offers, desk.assumptions
    order = offers.cell[offers.cells[:-1]] % max(offers.order_count, 1)
    odds = odds_of_giving_up(desk.problem, assumptions)
    count = np.maximum(np.bincount(order, minlength=offers.order_count), 1)
    risk = np.bincount(order, odds, offers.order_count) / count + assumptions.number("season.no_show")
    return binom.ppf(assumptions.number("season.reserve_certainty"), places, np.minimum(risk, 1.0)).astype(np.int64)


Watch = Callable[[Replay, int], None]


@dataclass(frozen=True)
class Replayed:
    """What came of a season: the ``columns`` that stand in the end, a legal plan of the ``programme`` that it has
    become; how many people gave up or were missing (``lost``), how many were called from reserve lists, and who
    ``left`` an employer or asked to.
    """

    columns: Longs
    programme: Programme
    value: int
    lost: int
    called: int
    left: tuple[Leaving, ...]


def replay(desk: Desk, season: DrawnSeason, policy: Policy, watch: Watch | None = None) -> Replayed:
    """Replay a season by a policy; ``watch`` is shown how it stands at the end of each week."""
    parties = len(desk.problem.offers.must)
    problem = for_season(desk.problem, season.places)
    never = np.full(parties, -1, np.int64)
    nobody = np.zeros(parties, bool)
    nothing = np.empty(0, np.int64)
    run = Replay(desk, season, problem, nothing, nobody, never, nobody.copy(), nobody.copy(), nobody.copy())
    filed_at = over_cells(problem, season.filed, most=True)
    for number in range(desk.weeks.last + 1):
        run.problem = released(problem, number)
        _let_go(run, number)
        leave_employers(run, number)
        run.waiting |= season.comes & (season.arrives == number)
        run.waiting &= (run.until >= number) & ~run.gone
        open_now = (filed_at <= number) & (run.closes >= number) & (run.barred > number)
        if number == 0:
            _take(run, _promised(problem), number)
        _take(run, _emergencies(run, open_now), number)
        _take(run, policy(_seen_in(run, number, open_now)), number)
        closing = np.flatnonzero(desk.weeks.closes == number)
        _give_up_crews(run, closing)
        starting = np.flatnonzero(desk.weeks.starts == number)
        _list_reserves(run, number, open_now)
        _take_out_missing(run, starting)
        _call_reserves(run, np.union1d(closing, starting), number)
        if watch is not None:
            watch(run, number)
    columns = lawful(run.problem, run.held)
    value = int(problem.offers.value[columns].sum())
    programme = standing_programme(run, desk.weeks.last)
    return Replayed(columns, programme, value, run.lost, run.called, tuple(run.left))


def _seen_in(run: Replay, number: int, open_now: Bools) -> Week:
    """What the policy is shown: of orders that aren't filed the forecast, of people who haven't come nothing."""
    season, filed = run.season, run.season.filed <= number
    asked = np.where(filed, season.places, run.desk.forecast)
    shown = released(for_season(run.desk.problem, np.where(season.debarred <= number, 0, asked)), number)
    seen = season.comes & (season.arrives <= number)
    own = open_now & run.waiting[run.problem.offers.party_of_each()]
    return Week(
        number,
        shown,
        run.held,
        run.waiting.copy(),
        seen,
        np.where(seen, run.until, -1),
        np.where(seen, season.arrives, -1),
        run.placed_in.copy(),
        own,
        filed,
        np.where(filed, season.filed, -1),
    )


def _take(run: Replay, ranking: Longs, number: int) -> None:
    """Place the columns that are of somebody who waits, in their order, where every limit allows it."""
    if not len(ranking):
        return
    problem = run.problem
    ranking = ranking[run.waiting[problem.offers.party_of(ranking)]]
    before = len(run.held)
    run.held = with_added(problem, run.held, ranking)
    party = problem.offers.party_of(run.held[before:])
    run.waiting[party], run.placed_in[party] = False, number


def _promised(problem: MatchingProblem) -> Longs:
    """The columns of parties that hold a commitment, best first; each keeps what is promised."""
    columns = np.flatnonzero(problem.offers.must[problem.offers.party_of_each()])
    return columns[np.argsort(-problem.offers.value[columns], kind="stable")]


def _emergencies(run: Replay, open_now: Bools) -> Longs:
    """Open columns on orders of an emergency, best first."""
    problem = run.problem
    urgent = problem.programme.orders.values("priority") >= run.desk.assumptions.number("season.emergency_priority")
    if not urgent.any():
        return np.empty(0, np.int64)
    columns = np.flatnonzero(open_now & (over_cells(problem, urgent.astype(np.int64), most=True) > 0))
    return columns[np.argsort(-problem.offers.value[columns], kind="stable")]


def _let_go(run: Replay, number: int) -> None:
    """Take out who gives up this week: told some weeks after the placement, if that is before the order closes."""
    offers = run.problem.offers
    party = offers.party_of(run.held)
    closes = run.closes[run.held]
    told = run.placed_in[party] + run.season.told[party]
    leaves = run.season.drops[run.held] & (told == number) & (told <= closes)
    _lose(run, leaves)


def _lose(run: Replay, leaves: Bools) -> None:
    party = run.problem.offers.party_of(run.held[leaves])
    run.gone[party], run.waiting[party] = True, False
    run.lost += int(leaves.sum())
    np.add.at(run.vacated, run.first_order[run.held[leaves]], 1)
    run.held = run.held[~leaves]


def _give_up_crews(run: Replay, closing: Longs) -> None:
    """Orders that close with fewer than their crew take nobody; who was placed there waits again."""
    problem = run.problem
    crews = np.intersect1d(closing, problem.crew_orders)
    if not len(crews):
        return
    use = use_of(problem.offers, problem.limits, run.held)[crews]
    small = crews[(use > 0) & (use < problem.register.min_crew[crews])]
    leaves = on_orders(problem, run.held, small)
    party = problem.offers.party_of(run.held[leaves])
    run.waiting[party] = True
    run.held = run.held[~leaves]


def _list_reserves(run: Replay, number: int, open_now: Bools) -> None:
    """Ask those who still wait, and whose order closes or who would leave this week, to be called if they are needed:
    on each open order the most valuable first, as many as are expected to be missing there at most.
    """
    problem = run.problem
    party = problem.offers.party_of_each()
    leaving = (run.until[party] == number) | (run.closes == number)
    asked = np.flatnonzero(open_now & run.single & run.waiting[party] & leaving & ~run.listed[party])
    for column in asked[np.argsort(-problem.offers.value[asked], kind="stable")].tolist():
        order, own = int(run.first_order[column]), int(party[column])
        listed = run.reserves.setdefault(order, [])
        if len(listed) < run.wanted[order] and not run.listed[own]:
            listed.append(column)
            run.listed[own] = True


def _call_reserves(run: Replay, orders: Longs, number: int) -> None:
    """Fill the places that people left on some orders from their lists; who gave up or isn't there is passed over."""
    problem, season = run.problem, run.season
    for order in orders.tolist():
        listed = np.array(run.reserves.get(order, []), np.int64)
        party = problem.offers.party_of(listed)
        free = ~run.gone[party] & (run.placed_in[party] < 0) & ~season.drops[listed] & ~season.missing[listed]
        free &= run.barred[listed] > number
        before = len(run.held)
        run.held = with_added(problem, run.held, listed[free], int(run.vacated[order]))
        called = problem.offers.party_of(run.held[before:])
        run.vacated[order] -= len(called)
        run.waiting[called], run.placed_in[called] = False, number
        run.called += len(called)


def _take_out_missing(run: Replay, starting: Longs) -> None:
    """Take out who isn't there on the first day, or gave up too late to be replaced before."""
    season = run.season
    _lose(run, (season.drops | season.missing)[run.held] & on_orders(run.problem, run.held, starting))
