"""From a programme to a solver-neutral matching problem: parties, offers, limits, crews."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from, offsets_of, row_of_each
from engine.clauses.views import Bools, Ints
from engine.errors import CallError
from engine.problem.admitted_pairs import AdmittedPairs, list_pairs
from engine.problem.crews import strike_impossible_crews, without_impossible_crews
from engine.problem.dense import DenseOffers, Found, make_dense
from engine.problem.dense_classes import DenseClasses, dense_classes
from engine.problem.eligibility import Rectangle, admitted_rectangles
from engine.problem.itineraries import Itineraries, legal_itineraries, shared_itineraries
from engine.problem.limits import Limits, make_limits
from engine.problem.offers import Offers, extra_rows, with_singles
from engine.problem.register import Register
from engine.problem.register_columns import AT_HOME
from engine.problem.single_ledgers import strike_illegal
from engine.problem.values import Values, refuse_overflow
from engine.programme.programme import Programme
from engine.tuning import USUAL, Tuning
from engine.words import message

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MatchingProblem:
    """All that a mechanism needs, in arrays.

    A party is a worker (``lead``) or a travel group (its first member); ``offers`` are its columns, ``limits`` the rows
    that join parties. Where too many pairs are admitted to be listed, ``dense`` holds them, ``offers`` begins with the
    few that need columns of their own, and grows by `grown`. ``eligible_pairs`` counts all admitted pairs,
    ``admitted_by_order`` those of each order; ``tuning`` says how it is searched.
    """

    register: Register
    offers: Offers
    limits: Limits
    lead: Ints
    dense: DenseOffers | None
    admitted_by_order: Longs
    tuning: Tuning = USUAL

    @property
    def programme(self) -> Programme:
        """The programme that the problem was made from."""
        return self.register.programme

    @property
    def eligible_pairs(self) -> int:
        """How many pairs are admitted."""
        return int(self.admitted_by_order.sum())

    @cached_property
    def crew_orders(self) -> Longs:
        """Orders that take none or at least ``min_crew > 1``."""
        return np.flatnonzero(self.register.min_crew > 1)

    @cached_property
    def dense_classes(self) -> DenseClasses:
        """Equal workers as one, of a problem whose pairs are priced where they lie."""
        assert self.dense is not None
        return dense_classes(self.dense, len(self.offers.must))

    def grown(self, found: Found) -> tuple[MatchingProblem, Longs]:
        """The problem with columns for pairs found by pricing, and the new number of each old column."""
        offers, moved = with_singles(self.offers, self.limits, found.party, found.worker, found.order, found.value)
        return replace(self, offers=offers), moved

    def grown_above(self, table: Longs, threshold: Longs, most: int) -> tuple[MatchingProblem, Longs]:
        """The problem with columns for the best ``most`` dense pairs of each party that are worth more than its
        ``threshold`` at the costs in ``table`` (class by order), and the new number of each old column.
        """
        if self.dense is None:
            return self, np.arange(self.offers.count)
        return self.grown(self.dense.top(table, threshold, most))


def compile_problem(programme: Programme, tuning: Tuning = USUAL) -> MatchingProblem:
    """Compile a programme into a `MatchingProblem`, which is searched as ``tuning`` says.

    Raises `CallError` where several placements a worker are allowed and too many pairs are admitted to be listed.
    """
    register = Register(programme)
    refuse_overflow(register)
    values = Values(register)
    rectangles = admitted_rectangles(register)
    limits = make_limits(register)
    by_order = _admitted_by_order(register, rectangles)
    if _is_dense(register, int(by_order.sum()), tuning.dense_pairs):
        return replace(_compile_dense(register, values, rectangles, limits, by_order), tuning=tuning)
    admitted = without_impossible_crews(register, list_pairs(register, rectangles, values), limits)
    itineraries = legal_itineraries(register, admitted)
    offers, lead = _make_offers(register, admitted, itineraries, limits)
    return MatchingProblem(register, offers, limits, lead, None, by_order, tuning)


def _is_dense(register: Register, pairs: int, most: int) -> bool:
    """Whether more than ``most`` pairs are admitted: listing them would cost more than pricing them where they lie.

    Raises `CallError` where they are too many to be listed and a worker may have several placements.
    """
    several = register.programme.settings.max_placements_per_worker > 1
    several |= bool((register.agreement[register.origins] == AT_HOME).any())
    if several and pairs > most:
        raise CallError(
            message(
                "{pairs:,} pairs are admitted; so many can be matched only with one placement a worker.", pairs=pairs
            ),
            message("Set max_placements_per_worker = 1 and leave return placements to a run of their own."),
        )
    return not several and pairs > most


def _admitted_by_order(register: Register, rectangles: Sequence[Rectangle]) -> Longs:
    total = np.zeros(register.order_count, np.int64)
    for rectangle in rectangles:
        total[rectangle.orders] += rectangle.admitted.sum(0, dtype=np.int64)
    return total


def _compile_dense(
    register: Register, values: Values, rectangles: Sequence[Rectangle], limits: Limits, by_order: Longs
) -> MatchingProblem:
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        legal = list(pool.map(lambda r: strike_illegal(register, r), rectangles))
    legal = strike_impossible_crews(register, legal, limits)
    groups = register.programme.workers.labels("travel_group_id").codes
    listed = groups >= 0
    listed[register.programme["commitments"].values("worker_id")] = True
    admitted = list_pairs(register, _listed_part(register, legal, listed, values), values)
    offers, lead = _make_offers(register, admitted, legal_itineraries(register, admitted), limits)
    party = np.full(register.worker_count, -1, np.int64)
    lone = np.flatnonzero(groups < 0)
    party[lone] = np.arange(len(lone))
    party[listed] = -1
    dense = make_dense(register, legal, values, limits, party)
    return MatchingProblem(register, offers, limits, lead, dense, by_order)


def _listed_part(register: Register, rectangles: Sequence[Rectangle], listed: Bools, values: Values) -> list[Rectangle]:
    """The pairs that need columns of their own: all of listed workers, and those that somebody named."""
    named, _ = values.named
    worker, order = named // register.order_count, named % register.order_count
    found = []
    for rectangle in rectangles:
        begin = np.searchsorted(worker, rectangle.workers, "left")
        count = np.searchsorted(worker, rectangle.workers, "right") - begin
        row = np.repeat(np.arange(len(rectangle.workers)), count)
        entry = entries_from(begin, count)
        column = np.full(register.order_count, -1, np.int64)
        column[rectangle.orders] = np.arange(len(rectangle.orders))
        place = column[order[entry]]
        wanted = np.zeros((len(rectangle.workers), len(rectangle.orders)), bool)
        wanted[row[place >= 0], place[place >= 0]] = True
        wanted[listed[rectangle.workers]] = True
        found.append(replace(rectangle, bits=np.packbits(wanted, axis=1) & rectangle.bits))
    return found


def _make_offers(
    register: Register, admitted: AdmittedPairs, itineraries: Itineraries, limits: Limits
) -> tuple[Offers, Ints]:
    groups = register.programme.workers.labels("travel_group_id").codes
    lone = np.flatnonzero(groups < 0).astype(np.int32)
    counts, lengths, pairs = _lone_columns(itineraries, lone)
    lead = [lone]
    members = _members(groups)
    for group in members:
        shared = shared_itineraries(admitted, itineraries, group)
        counts = np.append(counts, len(shared))
        lengths = np.concatenate([lengths, [sum(map(len, own)) for _, own in shared]]).astype(np.int64)
        pairs = np.concatenate([pairs, *(p for _, own in shared for p in own)]).astype(np.int64)
        lead.append(group[:1])
    worker, order = admitted.workers()[pairs], admitted.order[pairs]
    cells = offsets_of(lengths)
    value = np.add.reduceat(np.append(admitted.value[pairs], 0), cells[:-1]) if len(lengths) else np.empty(0, np.int64)
    cell = limits.classes(worker, order) * register.order_count + order
    keep, must = _keeping_commitments(register, lone, members, counts, cells, worker, order)
    of_party = offsets_of(keep[1])
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
    owner = row_of_each(counts)
    keep = held >= owed[owner]
    return (keep, np.bincount(owner[keep], minlength=len(counts))), must
