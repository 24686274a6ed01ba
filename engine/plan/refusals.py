"""Why workers without any offer have none: the rule that refuses most, or the crew that can't be had."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.audit.calendars import calendar_breaches
from engine.audit.candidate_pairs import CandidatePairs
from engine.audit.counts import count_breaches
from engine.audit.facts import facts_against, first_refused, shows_facts
from engine.audit.lasting_rules import rule_name
from engine.audit.pairs import pair_breaches
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause
from engine.plan.reason import Reason, reason
from engine.programme.programme import Programme
from engine.ranks import rank_within

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
ORDERS_LOOKED_AT = 5


def refusals(programme: Programme, workers: Longs, impossible: Longs) -> dict[int, Reason]:
    """The reasons of ``workers`` (rows) who have no offer; ``impossible`` are orders left out for their crew."""
    worker, order = _candidates(programme, workers)
    reasons = dict.fromkeys(workers.tolist(), reason("not_admitted.occupation"))
    if not len(worker):
        return reasons
    pairs = PlacementTable(programme, worker, order)
    votes, shown = _votes(programme, pairs)
    looked_at = np.bincount(worker, minlength=programme.workers.size)
    names = list(votes)
    table = np.array([votes[name] for name in names])[:, workers]
    most = table.argmax(0)
    for position, number in enumerate(workers.tolist()):
        if looked_at[number]:
            count, seen = int(table[most[position], position]), int(looked_at[number])
            reasons[number] = reason("not_admitted.rule", rule=names[most[position]], count=count, looked_at=seen)
    for rule, first in shown:
        chosen = workers[(most == names.index(rule_name(rule))) & (first[workers] >= 0)]
        reasons |= _with_facts(pairs.subset(first[chosen].astype(np.int64)), rule, chosen, reasons)
    return reasons | _waiting_for_a_crew(programme, workers, impossible)


def _waiting_for_a_crew(programme: Programme, workers: Longs, impossible: Longs) -> dict[int, Reason]:
    """Those whom every rule admits to an order whose crew can't be had."""
    if not len(impossible):
        return {}
    found: dict[int, Reason] = {}
    names = programme.orders.id_text("order_id")
    for order in impossible.tolist():
        able = admitted_alone(programme, order)
        waiting = able[np.isin(able, workers)].tolist()
        found |= dict.fromkeys(waiting, reason("limit_full.min_crew", order=str(names[order])))
    return found


def admitted_alone(programme: Programme, order: int) -> Longs:
    """The workers (rows) whom every rule for pairs and for calendars admits to an order, if it were their only one;
    of travel groups those of whom it admits all.
    """
    pairs = _admitted(programme, order)
    refused = np.zeros(pairs.size, bool)
    for _, _, broken in calendar_breaches(pairs, pairs.agreement()):
        refused |= broken
    able = pairs.worker[~refused]
    groups = programme.workers.labels("travel_group_id").codes
    size = np.bincount(groups[groups >= 0], minlength=1)
    found = np.bincount(groups[able][groups[able] >= 0], minlength=len(size))
    return able[(groups[able] < 0) | (found == size)[groups[able]]]


def _admitted(programme: Programme, order: int) -> PlacementTable:
    """The workers whom every rule for pairs admits to an order, as placements on it."""
    occupations = programme.workers.lists("occupations")
    code = programme.orders.labels("isco08").codes[order]
    able = np.unique(occupations.rows()[occupations.codes == code]).astype(np.int64)
    pairs = PlacementTable(programme, able, np.full(len(able), order))
    refused = np.zeros(len(able), bool)
    for _, _, broken in pair_breaches(pairs):
        refused |= broken
    return pairs.subset(np.flatnonzero(~refused))


def why_no_crew(programme: Programme, order: int) -> Reason:
    """Why nobody could come to an order with a crew: too few are admitted by the rules for pairs, a limit lets fewer
    through, or no calendar holds it.
    """
    together = _admitted(programme, order)
    least = int(programme.orders.values("min_crew")[order])
    if together.size < least:
        return reason("limit_full.crew", least=least, admitted=together.size)
    broken = [rule for rule, _, found in count_breaches(together) if found]
    limits = [rule_name(rule) for rule in broken if rule not in ("headcount", "commitment", "travel group")]
    if not limits:
        return reason("not_admitted.calendar", pairs=together.size)
    return reason("limit_full.crew_never", least=least, admitted=together.size, limit=limits[0])


def _with_facts(
    refused: PlacementTable, rule: str | Clause, workers: Longs, reasons: Mapping[int, Reason]
) -> dict[int, Reason]:
    """The reasons of workers whom a rule refuses, with the fact beside the demand for one order of each."""
    orders = refused.text("orders", "order_id").tolist()
    told = zip(workers.tolist(), orders, facts_against(rule, refused), strict=True)
    return {
        worker: reason("not_admitted.fact", **reasons[worker].values, order=order, fact=fact)
        for worker, order, fact in told
    }


def _votes(
    programme: Programme, pairs: PlacementTable
) -> tuple[dict[str, npt.NDArray[np.float64]], list[tuple[str | Clause, npt.NDArray[np.int32]]]]:
    """How many of a worker's pairs each rule refuses, by worker row, and of rules that show facts the first of them."""
    votes: dict[str, npt.NDArray[np.float64]] = {}
    shown: list[tuple[str | Clause, npt.NDArray[np.int32]]] = []
    for rule, _, broken in pair_breaches(pairs):
        counted: npt.NDArray[np.float64] = np.bincount(pairs.worker, broken, programme.workers.size)  # type: ignore[assignment]  # weights make it float
        votes[rule_name(rule)] = counted
        if shows_facts(rule) and broken.any():
            shown.append((rule, first_refused(pairs, broken, programme.workers.size)))
    return votes | _calendar_votes(programme, pairs), shown


def _calendar_votes(programme: Programme, pairs: PlacementTable) -> dict[str, npt.NDArray[np.float64]]:
    """Ledgers' refusals: each round puts one order to each worker, so that no two share a calendar."""
    votes: dict[str, npt.NDArray[np.float64]] = {}
    turn = rank_within(pairs.worker)
    for number in range(ORDERS_LOOKED_AT):
        alone = pairs.subset(turn == number)
        if alone.size:
            for rule, _, broken in calendar_breaches(alone, alone.agreement()):
                tally = np.bincount(alone.worker, broken, programme.workers.size)
                votes[rule_name(rule)] = votes.get(rule_name(rule), np.zeros(programme.workers.size)) + tally
    return votes


def _candidates(programme: Programme, workers: Longs) -> tuple[Longs, Longs]:
    """Up to `ORDERS_LOOKED_AT` orders in the occupations of each worker, spread over them; sorted by worker."""
    pairs = CandidatePairs(programme)
    count = np.diff(pairs.first)[workers]
    looked = np.minimum(count, ORDERS_LOOKED_AT)
    numbers = [
        (pairs.first[workers] + turn * count // np.maximum(looked, 1))[looked > turn]
        for turn in range(ORDERS_LOOKED_AT)
    ]
    return pairs.at(np.sort(np.concatenate(numbers)))
