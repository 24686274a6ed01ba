"""From a fractional plan to a whole one: fix what is whole, branch on the residue, insert what still fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import row_of_each
from engine.problem.column_rows import entries_of, use_of
from engine.problem.problem import MatchingProblem
from engine.problem.values import SCALE
from engine.solve.budget import Budget, Uncounted
from engine.solve.exact.linear_program import LinearAnswer, solve
from engine.solve.exact.restricted_master import Crews, restricted_program

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
WHOLE = 1e-6


@dataclass(frozen=True)
class Choice:
    """The chosen columns, sorted, and their value in billionths."""

    columns: Longs
    objective: int


def choice_of(problem: MatchingProblem, columns: Longs) -> Choice:
    """A choice with its exact value."""
    return Choice(np.sort(columns), int(problem.offers.value[columns].sum()))


def is_feasible(problem: MatchingProblem, columns: Longs) -> bool:
    """Whether the columns keep every limit, every crew, one column a party and every bound party."""
    offers, limits = problem.offers, problem.limits
    party = offers.party_of(columns)
    taken = np.bincount(party, minlength=len(offers.must))
    once = (taken <= 1).all() and (taken[offers.must] == 1).all()
    return bool(once) and _fits(problem, use_of(offers, limits, columns))


def _fits(problem: MatchingProblem, use: Floats) -> bool:
    """Whether a use of every row keeps its limit, and crews are empty or whole."""
    crew = use[problem.crew_orders]
    whole = (crew == 0) | (crew >= problem.register.min_crew[problem.crew_orders])
    return bool((use <= problem.limits.capacity + 1e-9).all() and whole.all())


def crews_for(problem: MatchingProblem, fixed_use: Floats, columns: Longs) -> Crews:
    """The crews that columns may open or must still fill, beside what is fixed."""
    orders = problem.crew_orders
    least = problem.register.min_crew[orders].astype(np.float64)
    fixed = fixed_use[orders]
    reached = np.zeros(problem.offers.order_count, bool)
    reached[problem.offers.placements(columns)[1]] = True
    wanted = (fixed < least) & (reached[orders] | (fixed > 0))
    most = problem.register.headcount[orders].astype(np.float64)
    return Crews(orders[wanted], (least - fixed)[wanted], (most - fixed)[wanted], (fixed > 0)[wanted])


def branch(
    problem: MatchingProblem,
    held: Floats,
    free: Longs,
    budget: Budget | Uncounted,
    nodes: int = 0,
    within: float = 0.0,
    enough: float = float("nan"),
) -> tuple[Longs | None, LinearAnswer | None]:
    """The best whole choice among ``free`` columns beside what is ``held`` of every row, or one worth ``enough``; and
    the solver's answer.
    """
    crews = crews_for(problem, held, free)
    restricted = restricted_program(problem, free, problem.limits.capacity - held, crews, integral=True)
    answer = solve(restricted.program, budget, nodes, within, enough)
    if answer is None or not len(answer.point):
        return None, answer
    chosen = free[answer.point[: len(free)] > 0.5]
    return (chosen if _fits(problem, held + use_of(problem.offers, problem.limits, chosen)) else None), answer


def place_exactly(
    problem: MatchingProblem,
    held: Floats,
    columns: Longs,
    budget: Budget | Uncounted,
    nodes: int,
    within: float,
    enough: float = float("nan"),
) -> Longs | None:
    """A near-best whole choice among ``columns`` beside what is ``held``: their linear program, then its rounding,
    which looks no further than a choice worth ``enough``.
    """
    crews = crews_for(problem, held, columns)
    restricted = restricted_program(problem, columns, problem.limits.capacity - held, crews)
    answer = solve(restricted.program, budget)
    if answer is None or not len(answer.point):
        return None
    return round_point(problem, held, columns, answer.point[: len(columns)], budget, nodes, within, enough)


def round_point(
    problem: MatchingProblem,
    held: Floats,
    core: Longs,
    point: Floats,
    budget: Budget | Uncounted,
    nodes: int,
    within: float,
    enough: float = float("nan"),
) -> Longs | None:
    """Fix the whole part of a fractional plan and branch on the rest, beside what is ``held`` of every row.

    What crews in doubt hold is not fixed; where no whole plan completes the rest, neither is what shares and crews
    hold.
    """
    whole = core[point > 1 - WHOLE]
    unsure = _touches(problem, whole, _doubtful_orders(problem, held, core, point))
    tight = _in_tight_share_or_crew(problem, whole, held + _use(problem, core, point))
    for fixed in (whole[~unsure], whole[~tight]):
        beside = held + use_of(problem.offers, problem.limits, fixed)
        free = _columns_of_others(problem, core, fixed)
        if not len(free):
            return fixed if _fits(problem, beside) else None
        rest = enough - float(problem.offers.value[fixed].sum()) / SCALE
        found, answer = branch(problem, beside, free, budget, nodes, within, rest)
        if found is not None:
            return np.concatenate([fixed, found])
        if answer is None:
            return None
    return None


def _doubtful_orders(problem: MatchingProblem, held: Floats, core: Longs, point: Floats) -> Bools:
    """Crew orders that a fractional plan neither leaves empty nor fills to ``min_crew``."""
    offers, orders = problem.offers, problem.crew_orders
    placed = held[: offers.order_count].copy()
    np.add.at(placed, offers.placements(core)[1], np.repeat(point, offers.lengths(core)))
    doubtful = np.zeros(offers.order_count, bool)
    doubtful[orders[placed[orders] < problem.register.min_crew[orders] - WHOLE]] = True
    return doubtful


def _use(problem: MatchingProblem, columns: Longs, point: Floats) -> Floats:
    """What a fractional plan uses of every limit."""
    entries = entries_of(problem.offers, problem.limits, columns)
    return np.bincount(  # type: ignore[return-value]  # the stubs forget that weights make it float
        entries.row, entries.coefficient * np.repeat(point, np.diff(entries.offsets)), problem.limits.row_count
    )


def _in_tight_share_or_crew(problem: MatchingProblem, columns: Longs, use: Floats) -> Bools:
    """Which columns hold a placement that a share without slack counts, or one on a crew's order."""
    crew = np.zeros(problem.offers.order_count, bool)
    crew[problem.crew_orders] = True
    entries = entries_of(problem.offers, problem.limits, columns)
    owner = row_of_each(np.diff(entries.offsets))
    ratio = problem.limits.ratio_rows & (use > problem.limits.capacity - 1)
    hits = _touches(problem, columns, crew)
    hits[owner[ratio[entries.row]]] = True
    return hits


def _columns_of_others(problem: MatchingProblem, core: Longs, fixed: Longs) -> Longs:
    """The columns of the core whose party has nothing fixed."""
    offers = problem.offers
    settled = np.zeros(len(offers.must), bool)
    settled[offers.party_of(fixed)] = True
    return core[~settled[offers.party_of(core)]]


def _touches(problem: MatchingProblem, columns: Longs, orders: Bools) -> Bools:
    """Which columns hold a placement on one of the marked orders."""
    lengths = problem.offers.lengths(columns)
    owner = np.repeat(np.arange(len(columns)), lengths)
    hits = np.zeros(len(columns), bool)
    hits[owner[orders[problem.offers.placements(columns)[1]]]] = True
    return hits
