"""One season as it might come: who registers when, who waits how long, who gives up, what employers ask and when."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.days import day_number
from engine.planning.assumptions import Assumptions
from engine.problem.column_rows import use_of
from engine.problem.problem import MatchingProblem, compile_problem
from engine.problem.register import Register
from engine.programme.programme import Programme
from engine.tuning import USUAL

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
WEEK = 7
ALWAYS = 10**6
MOST = 4
MOST_PAIRS = 10**9


@dataclass(frozen=True)
class Weeks:
    """The calendar of a programme: in which week after ``as_of`` each order ``closes`` (the last in which it takes
    anybody but from its reserve) and ``starts``, and in how many weeks the ``last`` one is done. Shapes: (orders,).
    """

    closes: Longs
    starts: Longs

    @property
    def last(self) -> int:
        """The week in which the last order starts."""
        return int(self.starts.max(initial=0))


@dataclass(frozen=True)
class DrawnSeason:
    """What happens in a season. By party: whether it ``comes``, in which week it ``arrives`` and until which it
    ``waits``, how many weeks after its placement it would give up (``told``), how many weeks after its first day of
    work it asks to leave its employer (``asks``). By order: the week in which it is ``filed``, its ``places``, the
    week in which its employer is ``debarred``. By column: whether the party would give up (``drops``) or not be there
    (``missing``). `ALWAYS` stands for what never happens.
    """

    comes: Bools
    arrives: Longs
    waits: Longs
    told: Longs
    filed: Longs
    places: Longs
    drops: Bools
    missing: Bools
    asks: Longs
    debarred: Longs


def season_problem(programme: Programme) -> MatchingProblem:
    """A programme compiled so that its orders may have up to `MOST` times their places: every limit that could
    then bind is among its rows.
    """
    forecast = programme.orders.values("headcount").astype(np.int64)
    tuning = replace(USUAL, dense_pairs=MOST_PAIRS)
    return for_season(compile_problem(with_places(programme, MOST * forecast), tuning), forecast)


def forecast_of(problem: MatchingProblem) -> Longs:
    """The places that the orders of a `season_problem` are expected to ask for."""
    return problem.register.headcount


def weeks_of(problem: MatchingProblem, assumptions: Assumptions) -> Weeks:
    """When the orders of a programme close and start."""
    programme = problem.programme
    starts = programme.orders.values("start_date").astype(np.int64) - day_number(programme.settings.as_of)
    starts = np.maximum(starts // WEEK, 0)
    return Weeks(np.maximum(starts - int(assumptions.number("season.lead_weeks")), 0), starts)


def over_cells(problem: MatchingProblem, by_order: Longs, *, most: bool) -> Longs:
    """The greatest (or least) of a number by order over the orders of each column."""
    offers = problem.offers
    if not offers.count:
        return np.empty(0, np.int64)
    reduce = np.maximum if most else np.minimum
    return reduce.reduceat(by_order[offers.cell % offers.order_count], offers.cells[:-1])


def latest_weeks(problem: MatchingProblem, weeks: Weeks) -> Longs:
    """The week in which the last order closes that may take each party; 0 where none may."""
    latest = np.zeros(len(problem.offers.must), np.int64)
    np.maximum.at(latest, problem.offers.party_of_each(), over_cells(problem, weeks.closes, most=True))
    return latest


def draw_season(
    problem: MatchingProblem, weeks: Weeks, assumptions: Assumptions, seed: int, demand: float = 1.0
) -> DrawnSeason:
    """Draw a season by ``seed``; every order asks ``demand`` times its forecast on average.

    Parties register evenly over the weeks until the last order that may take them closes. Who holds a commitment is
    there from the first week and comes.
    """
    offers, rng = problem.offers, np.random.default_rng([seed, 2026])
    parties, party = len(offers.must), offers.party_of_each()
    latest = latest_weeks(problem, weeks)
    low, high = assumptions.span("season.patience_weeks")
    arrives = np.floor(rng.random(parties) * (latest + 1)).astype(np.int64)
    waits = arrives + rng.integers(low, high + 1, parties)
    comes = rng.random(parties) < assumptions.number("season.come")
    told = rng.integers(*_through(assumptions.span("season.drop_out_told_weeks")), parties)
    filed, places = _drawn_orders(problem, weeks, assumptions, rng, demand)
    gives_up, absent = rng.random(parties)[party], rng.random(parties)[party]
    odds = odds_of_giving_up(problem, assumptions)
    free = ~offers.must[party]
    asks, debarred = _drawn_leaving(problem, weeks, assumptions, rng)
    return DrawnSeason(
        comes | offers.must,
        np.where(offers.must, 0, arrives),
        np.where(offers.must, ALWAYS, waits),
        told,
        filed,
        places,
        (gives_up < odds) & free,
        (absent < assumptions.number("season.no_show")) & free,
        asks,
        debarred,
    )


def _through(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], span[1] + 1


def _drawn_orders(
    problem: MatchingProblem, weeks: Weeks, assumptions: Assumptions, rng: np.random.Generator, demand: float
) -> tuple[Longs, Longs]:
    """(the week in which each order is filed, its places); promised places are there from the first week."""
    programme, orders = problem.programme, problem.offers.order_count
    notice = rng.integers(*_through(assumptions.span("season.notice_weeks")), orders)
    late = rng.random(orders) < assumptions.number("season.late_share")
    filed = np.maximum(weeks.closes - np.where(late, 0, notice), 0)
    forecast = forecast_of(problem)
    spread = 1 + assumptions.number("season.demand_spread") * rng.standard_normal(orders)
    places = np.rint(forecast * np.clip(demand * spread, 0, MOST)).astype(np.int64)
    promised = np.bincount(programme["commitments"].values("order_id"), minlength=orders)
    return np.where(promised > 0, 0, filed), np.maximum(places, promised)


def _drawn_leaving(
    problem: MatchingProblem, weeks: Weeks, assumptions: Assumptions, rng: np.random.Generator
) -> tuple[Longs, Longs]:
    """(weeks after the first day of work in which each party asks to leave, the week in which the employer of each
    order is debarred); `ALWAYS` for never.
    """
    parties, employers = len(problem.offers.must), problem.programme["employers"].size
    after = rng.integers(*_through(assumptions.span("season.ask_to_leave_weeks")), parties)
    asks = np.where(rng.random(parties) < assumptions.number("season.ask_to_leave"), after, ALWAYS)
    when = rng.integers(0, weeks.last + 1, employers)
    barred = np.where(rng.random(employers) < assumptions.number("season.debarment"), when, ALWAYS)
    return asks, barred[problem.programme.orders.values("employer_id")]


def odds_of_filing(weeks: Weeks, assumptions: Assumptions) -> tuple[Longs, Floats]:
    """(weeks in which each order may be filed, the odds of each); shape (orders, kinds of notice)."""
    low, high = assumptions.span("season.notice_weeks")
    notice = np.arange(low, high + 1)
    late = assumptions.number("season.late_share")
    odds = np.append(late, np.full(len(notice), (1 - late) / len(notice)))
    when = np.maximum(weeks.closes[:, None] - np.append(0, notice), 0)
    return when, np.tile(odds, (len(when), 1))


def odds_of_giving_up(problem: MatchingProblem, assumptions: Assumptions) -> Floats:
    """The odds that who takes a column gives up before departure, by the corridor of its first placement."""
    offers, programme = problem.offers, problem.programme
    named = assumptions.odds("season.drop_out_by_corridor")
    usual = assumptions.number("season.drop_out")
    if not named:
        return np.full(offers.count, usual)
    first = offers.cells[:-1]
    origin = programme.workers.labels("origin_country").text()[offers.cell_worker[first]]
    destination = programme.orders.labels("destination_country").text()[offers.cell[first] % offers.order_count]
    return np.array([named.get(f"{o}-{d}", usual) for o, d in zip(origin, destination, strict=True)])


def with_places(programme: Programme, places: Longs, crew: Longs | None = None) -> Programme:
    """The programme whose orders have other places, what it is audited by; an order may have none. ``crew`` is how many
    each must have at least, where that is another number too.
    """
    orders = programme.orders
    columns = {**orders.columns, "headcount": places.astype(orders.values("headcount").dtype)}
    if crew is not None:
        columns["min_crew"] = crew.astype(orders.values("min_crew").dtype)
    return replace(programme, tables={**programme.tables, "orders": replace(orders, columns=columns)})


def for_season(problem: MatchingProblem, places: Longs, held: Longs | None = None) -> MatchingProblem:
    """The problem whose orders have other places; pairs, calendars and rows are not compiled again.

    With columns that are ``held`` already, what they leave: of every row, and of the crews that they begin.
    """
    capacity, crew = problem.limits.capacity.copy(), None
    capacity[: len(places)] = places
    if held is not None:
        use = use_of(problem.offers, problem.limits, held)
        capacity = np.maximum(capacity - use, 0)
        here = use[: len(places)].astype(np.int64)
        places, crew = np.maximum(places - here, 0), np.maximum(problem.register.min_crew - here, 1)
    register = Register(with_places(problem.programme, places, crew))
    return replace(problem, register=register, limits=replace(problem.limits, capacity=capacity))


def crews_possible(problem: MatchingProblem) -> Bools:
    """Which columns are on orders alone whose places are enough for their crew."""
    enough = problem.limits.capacity[: problem.offers.order_count] >= problem.register.min_crew
    return over_cells(problem, enough.astype(np.int64), most=False) > 0


def narrowed(problem: MatchingProblem, kept: Bools, must: Bools | None = None) -> tuple[MatchingProblem, Longs]:
    """The problem with some of its columns alone, of crews that can be had, and their numbers in the whole one."""
    kept = kept & crews_possible(problem)
    offers = problem.offers.without(np.flatnonzero(~kept))
    held = offers.must & False if must is None else must
    return replace(problem, offers=replace(offers, must=held)), np.flatnonzero(kept)
