"""Chains of moves in a pure network, with prices that follow: the compiled loops of `engine.solve.exact.network`."""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Array, Ints
from engine.kernel import inner_kernel, kernel
from engine.problem.offers import NOTHING

Longs = npt.NDArray[np.int64]
FAR = 2**62


class Places(NamedTuple):
    """Who is where, for kernels.

    Party p may take columns ``of_party[p]:of_party[p + 1]``; column j is worth ``value[j]`` on order ``order[j]``. An
    order o has ``headcount[o]`` places at ``price[o]`` and holds ``held[o]`` parties: ``first[o]``, and ``following``
    from there. Party p has column ``choice[p]`` or `NOTHING`.
    """

    of_party: Longs
    value: Longs
    order: Ints
    headcount: Longs
    price: Longs
    choice: Longs
    held: Longs
    first: Longs
    following: Longs


class Candidates(NamedTuple):
    """Pairs by order: order o has ``column[offsets[o]:offsets[o + 1]]``, each of a ``party``."""

    offsets: Longs
    column: Longs
    party: Longs


class Labels(NamedTuple):
    """By order, of one search: the ``distance`` of the cheapest chain (`FAR` where none is known), the party that
    moves ``before`` it, by which column (``via``), and which orders have a label (``reached``, the first so many).
    """

    distance: Longs
    before: Longs
    via: Longs
    reached: Longs


@kernel
def best_of_each(places: Places, choice: Array, worth: Array) -> None:
    """Write each party's best column at the prices, `NOTHING` where none is worth its price, and what it gains."""
    for p in range(len(places.of_party) - 1):
        worth[p], choice[p] = 0, NOTHING
        for j in range(places.of_party[p], places.of_party[p + 1]):
            gain = places.value[j] - places.price[places.order[j]]
            if gain > worth[p]:
                worth[p], choice[p] = gain, j


@kernel
def best_bids(places: Places, worth: Array, bids: Array) -> None:
    """Raise ``bids`` to what the party that would give most for each order gives: its value less what it gains."""
    for p in range(len(places.of_party) - 1):
        for j in range(places.of_party[p], places.of_party[p + 1]):
            bids[places.order[j]] = max(bids[places.order[j]], places.value[j] - worth[p])


@kernel
def better_of_each(places: Places, better: Array) -> int:
    """Write what each party would rather have at the prices, its own column where nothing is better; how many would."""
    count = 0
    for p in range(len(places.of_party) - 1):
        own = _gain(places, p)
        most, better[p] = own, places.choice[p]
        if own < 0:
            most, better[p] = 0, NOTHING
        for j in range(places.of_party[p], places.of_party[p + 1]):
            gain = places.value[j] - places.price[places.order[j]]
            if gain > most:
                most, better[p] = gain, j
        count += most > own
    return count


@kernel
def seat(places: Places) -> None:
    """List the parties of every order anew, by what they have chosen."""
    places.held[:] = 0
    places.first[:] = NOTHING
    for p in range(len(places.choice)):
        if places.choice[p] >= 0:
            _enter(places, p, places.choice[p])


@kernel
def list_candidates(places: Places, worth: Array, slack: int, found: Candidates) -> None:
    """List the pairs within ``slack`` of what their party gains, by order.

    Where ``found`` has no room they are counted, at ``offsets[o + 1]``; else offsets are those that the counts make.
    """
    counting = len(found.column) == 0
    at = found.offsets.copy()
    for p in range(len(places.of_party) - 1):
        for j in range(places.of_party[p], places.of_party[p + 1]):
            o = places.order[j]
            if places.value[j] - places.price[o] < worth[p] - slack:
                continue
            if counting:
                found.offsets[o + 1] += 1
            else:
                found.column[at[o]], found.party[at[o]] = j, p
                at[o] += 1


@kernel
def free_places(places: Places, labels: Labels, most: int) -> bool:
    """Free places of orders that hold too many, at most so many; whether none holds too many any more."""
    for o in range(len(places.headcount)):
        while places.held[o] > places.headcount[o]:
            if most == 0:
                return False
            most -= 1
            _free_place(places, o, labels)
    return True


@kernel
def _free_place(places: Places, source: int, labels: Labels) -> None:
    """Move somebody off order ``source`` along the cheapest chain: it ends where there is room, or with somebody who
    takes nothing. Orders nearer than the end become dearer by the difference.
    """
    labels.distance[source] = 0
    labels.reached[0] = source
    reached, end, ending, leaving = 1, FAR, source, NOTHING
    heap: list[Any] = [(np.int64(0), np.int64(source))]
    while len(heap) > 0:
        far, o = heapq.heappop(heap)
        if far > labels.distance[o]:
            continue
        if far >= end:
            break
        if o != source and places.held[o] < places.headcount[o]:
            end, ending, leaving = far, o, NOTHING
            break
        p = places.first[o]
        while p >= 0:
            own = _gain(places, p)
            if far + own < end:
                end, ending, leaving = far + own, o, p
            for j in range(places.of_party[p], places.of_party[p + 1]):
                q = places.order[j]
                there = far + own - (places.value[j] - places.price[q])
                if q != o and there < labels.distance[q] and there < end:
                    if labels.distance[q] == FAR:
                        labels.reached[reached] = q
                        reached += 1
                    labels.distance[q], labels.before[q], labels.via[q] = there, p, j
                    heapq.heappush(heap, (there, np.int64(q)))
            p = places.following[p]
    for i in range(reached):
        o = labels.reached[i]
        places.price[o] += max(end - labels.distance[o], 0)
        labels.distance[o] = FAR
    if leaving >= 0:
        _leave(places, leaving)
    while ending != source:
        p = labels.before[ending]
        came_from = places.order[places.choice[p]]
        _leave(places, p)
        _enter(places, p, labels.via[ending])
        ending = came_from


@kernel
def fill_places(places: Places, candidates: Candidates, labels: Labels, slack: int, most: int) -> bool:
    """Fill free places that have a price, or let the price fall, at most so many; whether nothing is left to do."""
    for o in range(len(places.headcount)):
        while places.held[o] < places.headcount[o] and places.price[o] > 0:
            if most == 0:
                return False
            most -= 1
            if not _fill_place(places, o, candidates, labels, slack):
                break
    return True


@kernel
def _fill_place(places: Places, source: int, candidates: Candidates, labels: Labels, slack: int) -> bool:
    """Bring somebody to order ``source`` along the cheapest chain: it begins with somebody who has nothing, or at an
    order that loses less. Nothing moves where the price falls first, to 0 or by ``slack``; whether something moved.
    Orders nearer than the end become cheaper by the difference.
    """
    labels.distance[source] = 0
    labels.reached[0] = source
    reached, ending, joining, by = 1, source, NOTHING, NOTHING
    end = min(places.price[source], np.int64(slack))
    heap: list[Any] = [(np.int64(0), np.int64(source))]
    while len(heap) > 0:
        far, o = heapq.heappop(heap)
        if far > labels.distance[o]:
            continue
        if far >= end:
            break
        for i in range(candidates.offsets[o], candidates.offsets[o + 1]):
            p, j = candidates.party[i], candidates.column[i]
            if places.choice[p] == j:
                continue
            there = far + _gain(places, p) - (places.value[j] - places.price[o])
            if there >= end:
                continue
            if places.choice[p] < 0:
                end, ending, joining, by = there, o, p, j
                continue
            q = places.order[places.choice[p]]
            if there < labels.distance[q]:
                if labels.distance[q] == FAR:
                    labels.reached[reached] = q
                    reached += 1
                labels.distance[q], labels.before[q], labels.via[q] = there, p, j
                heapq.heappush(heap, (there, np.int64(q)))
                if there + places.price[q] < end:
                    end, ending, joining = there + places.price[q], q, NOTHING
    for i in range(reached):
        o = labels.reached[i]
        places.price[o] = max(places.price[o] - max(end - labels.distance[o], 0), 0)
        labels.distance[o] = FAR
    moved = joining >= 0 or ending != source
    if joining >= 0:
        _enter(places, joining, by)
    while ending != source:
        p = labels.before[ending]
        goes_to = places.order[labels.via[ending]]
        _leave(places, p)
        _enter(places, p, labels.via[ending])
        ending = goes_to
    return moved


@inner_kernel
def _gain(places: Places, p: int) -> int:
    """What a party gains from what it has."""
    j = places.choice[p]
    return places.value[j] - places.price[places.order[j]] if j >= 0 else 0


@inner_kernel
def _enter(places: Places, p: int, j: int) -> None:
    o = places.order[j]
    places.choice[p], places.following[p], places.first[o] = j, places.first[o], p
    places.held[o] += 1


@inner_kernel
def _leave(places: Places, p: int) -> None:
    o = places.order[places.choice[p]]
    if places.first[o] == p:
        places.first[o] = places.following[p]
    else:
        q = places.first[o]
        while places.following[q] != p:
            q = places.following[q]
        places.following[q] = places.following[p]
    places.choice[p] = NOTHING
    places.held[o] -= 1
