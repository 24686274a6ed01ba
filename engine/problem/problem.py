"""From a programme to a solver-neutral matching problem: parties, offers, limits, crews."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.problem.admitted_pairs import AdmittedPairs, list_pairs
from engine.problem.crews import without_impossible_crews
from engine.problem.eligibility import admitted_rectangles
from engine.problem.itineraries import Itineraries, legal_itineraries, shared_itineraries
from engine.problem.limits import Limits, make_limits
from engine.problem.offers import Offers, extra_rows
from engine.problem.register import Register
from engine.problem.values import Values
from engine.programme.programme import Programme
from engine.rule import Bools, Ints

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MatchingProblem:
    """All that a mechanism needs, in arrays.

    A party is a worker (``lead``) or a travel group (its first member); ``offers`` are its columns, ``limits`` the rows
    that join parties. ``eligible_pairs`` counts all admitted pairs.
    """

    register: Register
    admitted: AdmittedPairs
    offers: Offers
    limits: Limits
    lead: Ints
    eligible_pairs: int

    @property
    def programme(self) -> Programme:
        """The programme that the problem was made from."""
        return self.register.programme

    @cached_property
    def crew_orders(self) -> Longs:
        """Orders that take none or at least ``min_crew > 1``."""
        return np.flatnonzero(self.register.min_crew > 1)


def compile_problem(programme: Programme) -> MatchingProblem:
    """Compile a programme into a `MatchingProblem`."""
    register = Register(programme)
    values = Values(register)
    rectangles = admitted_rectangles(register)
    every = list_pairs(register, rectangles, values)
    limits = make_limits(register)
    admitted = without_impossible_crews(register, every, limits)
    itineraries = legal_itineraries(register, admitted)
    offers, lead = _make_offers(register, admitted, itineraries, limits)
    return MatchingProblem(register, admitted, offers, limits, lead, len(every.order))


def _make_offers(
    register: Register, admitted: AdmittedPairs, itineraries: Itineraries, limits: Limits
) -> tuple[Offers, Ints]:
    groups = register.programme.workers.labels("travel_group_id").codes
    lone = np.flatnonzero(groups < 0).astype(np.int32)
    counts, lengths, pairs = _lone_columns(itineraries, lone)
    lead = [lone]
    members = _members(groups)
    for group in members:
        shared = shared_itineraries(register, admitted, itineraries, group)
        counts = np.append(counts, len(shared))
        lengths = np.concatenate([lengths, [sum(map(len, own)) for _, own in shared]]).astype(np.int64)
        pairs = np.concatenate([pairs, *(p for _, own in shared for p in own)]).astype(np.int64)
        lead.append(group[:1])
    worker, order = admitted.workers()[pairs], admitted.order[pairs]
    cells = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    value = np.add.reduceat(np.append(admitted.value[pairs], 0), cells[:-1]) if len(lengths) else np.empty(0, np.int64)
    cell = limits.classes(worker, order) * register.order_count + order
    keep, must = _keeping_commitments(register, lone, members, counts, cells, worker, order)
    of_party = np.concatenate([[0], np.cumsum(keep[1])]).astype(np.int64)
    in_column = np.repeat(keep[0], lengths)
    cells = np.concatenate([[0], np.cumsum(lengths[keep[0]])]).astype(np.int64)
    worker, cell = worker[in_column], cell[in_column].astype(np.int32)
    extras = extra_rows(limits, cells, cell, worker)
    offers = Offers(of_party, value[keep[0]], cells, cell, worker, *extras, must, register.order_count)
    return offers, np.concatenate(lead).astype(np.int32)


def _lone_columns(itineraries: Itineraries, lone: Ints) -> tuple[Longs, Longs, Longs]:
    """Columns by worker, placements by column and their pairs, for workers without a travel group."""
    of_worker = np.diff(itineraries.of_worker)
    wanted = np.zeros(len(of_worker), bool)
    wanted[lone] = True
    columns = np.repeat(wanted, of_worker)
    lengths = np.diff(itineraries.offsets)
    return of_worker[lone], lengths[columns], itineraries.pairs[np.repeat(columns, lengths)]


def _members(groups: Ints) -> list[Ints]:
    """The members of each travel group, by worker."""
    grouped = np.flatnonzero(groups >= 0)
    by_group = grouped[np.argsort(groups[grouped], kind="stable")].astype(np.int32)
    if not len(by_group):
        return []
    return np.split(by_group, np.flatnonzero(np.diff(groups[by_group])) + 1)


def _keeping_commitments(
    register: Register,
    lone: Ints,
    members: list[Ints],
    counts: Longs,
    cells: Longs,
    worker: Ints,
    order: Ints,
) -> tuple[tuple[Bools, Longs], Bools]:
    """((columns that hold all commitments of their party, such columns by party), parties that must take one)."""
    table = register.programme["commitments"]
    party = np.empty(register.worker_count, np.int64)
    party[lone] = np.arange(len(lone))
    for number, group in enumerate(members):
        party[group] = len(lone) + number
    must = np.zeros(len(counts), bool)
    committed_worker = table.values("worker_id")
    must[party[committed_worker]] = True
    owed = np.bincount(party[committed_worker], minlength=len(counts))
    promised = register.pair_key(committed_worker, table.values("order_id"))
    kept = np.isin(register.pair_key(worker, order), promised)
    held = np.add.reduceat(np.append(kept, 0), cells[:-1]) if len(cells) > 1 else np.empty(0, np.int64)
    owner = np.repeat(np.arange(len(counts)), counts)
    keep = held >= owed[owner]
    return (keep, np.bincount(owner[keep], minlength=len(counts))), must
