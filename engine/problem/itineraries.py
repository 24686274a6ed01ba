"""Legal itineraries: every calendar of placements that a worker may have, enumerated and put to the ledgers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import offsets_of
from engine.clauses.views import Array, Bools, Ints
from engine.errors import CallError
from engine.kernel import kernel
from engine.problem.admitted_pairs import AdmittedPairs
from engine.problem.ledgers import PairLedger
from engine.problem.register import Register
from engine.problem.register_columns import AT_HOME
from engine.words import message

Longs = npt.NDArray[np.int64]
MOST_ITINERARIES = 40_000_000
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Itineraries:
    """Itinerary i holds ``pairs[offsets[i]:offsets[i + 1]]`` (indices of admitted pairs, by start).

    Worker w has itineraries ``of_worker[w]:of_worker[w + 1]``.
    """

    of_worker: Longs
    offsets: Longs
    pairs: Longs


def legal_itineraries(register: Register, admitted: AdmittedPairs) -> Itineraries:
    """Every legal itinerary of every worker. Raises `CallError` where there are more than can be listed."""
    ledger = PairLedger(register, admitted)
    if not _may_chain(register, admitted):
        legal = ledger.singles_legal()
        begins = admitted.offsets[:-1]
        counts = np.add.reduceat(np.append(legal, 0), begins) if len(legal) else begins * 0
        counts[np.diff(admitted.offsets) == 0] = 0
        pairs = np.flatnonzero(legal)
        return Itineraries(_offsets(counts), np.arange(len(pairs) + 1), pairs)
    found = _enumerate(register, admitted, ledger)
    return _kept(found, ledger.legal(found.pairs, found.offsets))


def _may_chain(register: Register, admitted: AdmittedPairs) -> bool:
    if not len(admitted.order) or np.diff(admitted.offsets).max(initial=0) < 2:
        return False
    if register.programme.settings.max_placements_per_worker > 1:
        return True
    return bool((register.agreement[register.origin[admitted.workers()], admitted.order] == AT_HOME).any())


def _offsets(counts: Array) -> Longs:
    return offsets_of(counts)


def _enumerate(register: Register, admitted: AdmittedPairs, ledger: PairLedger) -> Itineraries:
    """All calendars without overlap whose neighbours leave time for travel or may be one stay."""
    most = register.programme.settings.max_placements_per_worker
    arguments = (
        admitted.offsets,
        register.starts[admitted.order],
        register.ends[admitted.order],
        ledger.trip,
        ledger.home,
        register.destination[admitted.order],
        ledger.gap,
        most,
    )
    counts, entries = np.zeros(register.worker_count, np.int64), np.zeros(register.worker_count, np.int64)
    nothing = np.zeros(0, np.int64)
    _walk(*arguments, counts, entries, False, nothing, nothing, nothing, nothing, MOST_ITINERARIES)
    if counts.sum() > MOST_ITINERARIES:
        raise CallError(
            message("There are more than {most:,} possible calendars of several placements.", most=MOST_ITINERARIES),
            message("Lower max_placements_per_worker, or split the programme."),
        )
    of_worker, first_entry = _offsets(counts), _offsets(entries)
    offsets, pairs = np.zeros(of_worker[-1] + 1, np.int64), np.zeros(first_entry[-1], np.int64)
    _walk(*arguments, counts, entries, True, of_worker, first_entry, offsets, pairs, MOST_ITINERARIES)
    offsets[-1] = first_entry[-1]
    return Itineraries(of_worker, offsets, pairs)


@kernel
def _walk(
    worker_offsets: Array,
    starts: Array,
    ends: Array,
    trip: Array,
    home: Array,
    destination: Array,
    gap: Array,
    most_abroad: int,
    counts: Array,
    entries: Array,
    fill: bool,
    of_worker: Array,
    first_entry: Array,
    offsets: Array,
    pairs: Array,
    most: int,
) -> None:
    """Count, or with ``fill`` write, the itineraries of each worker, depth first in the order of starts."""
    stack = np.empty(LONGEST, np.int64)
    total = 0
    for w in range(len(worker_offsets) - 1):
        first, last = worker_offsets[w], worker_offsets[w + 1]
        count, entry, depth, abroad, candidate = 0, 0, 0, 0, first
        while True:
            if candidate < last and depth < LONGEST:
                p = candidate
                fits = home[p] or abroad < most_abroad
                if fits and depth > 0:
                    q = stack[depth - 1]
                    between = starts[p] - ends[q] - 1
                    joinable = not home[p] and not home[q] and destination[p] == destination[q] and between <= gap[p]
                    fits = between >= 0 and (between >= trip[p] + trip[q] or joinable)
                if fits:
                    stack[depth] = p
                    depth += 1
                    if not home[p]:
                        abroad += 1
                    if fill:
                        at = first_entry[w] + entry
                        offsets[of_worker[w] + count] = at
                        for k in range(depth):
                            pairs[at + k] = stack[k]
                    count += 1
                    entry += depth
                candidate = p + 1
                continue
            if depth == 0:
                break
            depth -= 1
            if not home[stack[depth]]:
                abroad -= 1
            candidate = stack[depth] + 1
        if not fill:
            counts[w], entries[w] = count, entry
            total += count
            if total > most:
                return


def _kept(found: Itineraries, legal: Bools) -> Itineraries:
    lengths = np.diff(found.offsets)[legal]
    counts = np.diff(offsets_of(legal)[found.of_worker])
    return Itineraries(_offsets(counts), _offsets(lengths), found.pairs[np.repeat(legal, np.diff(found.offsets))])


def shared_itineraries(
    admitted: AdmittedPairs, itineraries: Itineraries, members: Ints
) -> list[tuple[tuple[int, ...], list[Longs]]]:
    """For a travel group: the orders of each itinerary that all members may have, and each member's pairs on them."""
    common: dict[tuple[int, ...], list[Longs]] = {}
    for position, member in enumerate(members):
        for i in range(itineraries.of_worker[member], itineraries.of_worker[member + 1]):
            pairs = itineraries.pairs[itineraries.offsets[i] : itineraries.offsets[i + 1]]
            orders = tuple(int(o) for o in admitted.order[pairs])
            if position == 0:
                common[orders] = [pairs]
            elif len(common.get(orders, ())) == position:
                common[orders].append(pairs)
    return [(orders, pairs) for orders, pairs in sorted(common.items()) if len(pairs) == len(members)]
