"""What every step of a frontier begins from: the problem, its best plan, and the groups that equity is between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Bools
from engine.errors import CallError
from engine.problem import MatchingProblem, compile_problem
from engine.problem.eligibility import admitted_workers
from engine.problem.values import SCALE
from engine.programme.programme import Programme
from engine.programme.reorder import drawn_order
from engine.run import Options
from engine.solve.budget import Budget
from engine.solve.equity import Members, make_copies, match_most, members_of
from engine.solve.match import match
from engine.solve.result import Result
from engine.words import message

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Groups:
    """Groups of workers: ``names``, each worker's group (-1: none), how many of each are ``admitted`` to an order, how
    many have a legal calendar (``placeable``), and who is in which column.
    """

    names: tuple[str, ...]
    of_worker: Longs
    admitted: Longs
    placeable: Longs
    members: Members

    def placed(self, worker: Longs) -> Longs:
        """How many workers of each group a plan places."""
        own = self.of_worker[np.unique(worker)]
        return np.bincount(own[own >= 0], minlength=len(self.names))

    def rates(self, worker: Longs) -> Floats:
        """Placed of admitted, by group."""
        found: Floats = self.placed(worker) / self.admitted
        return found

    def least_rate(self, worker: Longs) -> Fraction:
        """The least of the rates, exactly."""
        pairs = zip(self.placed(worker).tolist(), self.admitted.tolist(), strict=True)
        return min(Fraction(placed, admitted) for placed, admitted in pairs)


@dataclass(frozen=True)
class Start:
    """A programme matched: ``rows`` are the programme's workers and orders in the order of the ``problem``.

    Regions with fewer than ``smallest`` workers admitted have no rate to speak of, and are left out.
    """

    programme: Programme
    rows: tuple[Longs, Longs]
    problem: MatchingProblem
    best: Result
    options: Options
    smallest: int

    @property
    def budget(self) -> Budget:
        """The budget of one step."""
        return Budget(self.options.time_limit)

    @cached_property
    def admitted(self) -> Bools:
        """Which workers, in the order of the problem, are admitted to an order."""
        return admitted_workers(self.problem.register)

    @cached_property
    def regions(self) -> Groups:
        """The regions of origin that equity is between: those of which some plan places somebody."""
        every = self.groups("origin_region", self.smallest)
        empty = np.flatnonzero(every.placed(self.best.worker) == 0)
        never = [every.names[group] for group in empty if self._never_placed(every, int(group))]
        return self.groups("origin_region", self.smallest, never)

    @cached_property
    def households(self) -> Groups:
        """The households with somebody who has a legal calendar."""
        return self.groups("household_id")

    def workers_in(self, columns: Longs) -> Longs:
        """The workers whom columns place."""
        return self.problem.offers.placements(columns)[0]

    def _never_placed(self, groups: Groups, group: int) -> bool:
        """Whether no plan places anybody of a group, by the bound on how many of it a plan can place."""
        own = groups.members.group == group
        alone = Members(groups.members.column[own], groups.members.group[own], groups.members.amount[own])
        copies = make_copies(self.problem, alone, np.ones(len(groups.names), np.int64))
        return match_most(copies, self.best.columns, self.budget).bound < SCALE

    def groups(self, column: str, smallest: int = 1, without: Sequence[str] = ()) -> Groups:
        """The groups of a column of the register with at least so many workers admitted, less some."""
        labels = self.problem.programme.workers.labels(column)
        codes = labels.codes.astype(np.int64)
        could = np.zeros(len(codes), bool)
        could[self.problem.offers.cell_worker] = True
        size = np.bincount(codes[self.admitted & (codes >= 0)], minlength=len(labels.names))
        used = np.unique(codes[could & (codes >= 0)])
        asked = np.array([labels.names[code] not in without for code in used], bool)
        used = used[(size[used] >= smallest) & asked]
        known = np.isin(codes, used)
        group = np.full(len(codes), -1)
        group[known] = np.searchsorted(used, codes[known])
        return Groups(
            tuple(labels.names[code] for code in used),
            group,
            np.bincount(group[known & self.admitted], minlength=len(used)),
            np.bincount(group[known & could], minlength=len(used)),
            members_of(self.problem.offers, group),
        )


@dataclass(frozen=True)
class Step:
    """One step of a frontier: what of the measure was ``asked``, the best plan that has it, and ``limit``, beyond which
    no plan can go (as far as is proved).
    """

    asked: float
    result: Result
    limit: float


Steps = Iterator[Step]


def make_start(programme: Programme, options: Options, smallest: int) -> Start:
    """Match a programme. Raises `CallError` for tiers and for dense programmes, and what matching raises."""
    programme.require_weights(message("A frontier"))
    drawn, workers, orders = drawn_order(programme, options.seed)
    problem = compile_problem(drawn, options.tuning)
    if problem.dense is not None:
        raise CallError(
            message("A frontier needs programmes whose pairs can be listed (up to 50 million)."),
            message("Take part of the register, one corridor say."),
        )
    best = match(problem, "optimal", options.gap, Budget(options.time_limit))
    return Start(programme, (workers, orders), problem, best, options, smallest)
