"""Why commitments can't all be kept: the rules that clash, from the audit of the promises and a deletion filter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.audit.audit import Breach, audit
from engine.errors import ClashError, SolverError, VaivenError
from engine.problem.problem import MatchingProblem
from engine.programme.programme import Programme
from engine.words import Message, joined, message, plural

Longs = npt.NDArray[np.int64]
LINES = 50


class NoLegalPlan(SolverError):
    """A search came to no legal plan though nothing is promised: its own fault, unless more was asked of plans."""


def clash_error(problem: MatchingProblem) -> VaivenError:
    """The error that names the rules which the commitments alone already break, with the people concerned.

    Without commitments some plan is always legal, if only the empty one: then the search itself was wrong.
    """
    table = problem.programme["commitments"]
    if not table.size:
        return NoLegalPlan(
            message("The search ended without a legal plan; nothing was written."), message("Please report this.")
        )
    worker, order = table.values("worker_id").astype(np.int64), table.values("order_id").astype(np.int64)
    breaches = _breaches(problem.programme, worker, order)
    rules: Sequence[str] = tuple(dict.fromkeys(breach.rule for breach in breaches))
    if not breaches:
        # What is promised to one of a travel group is to all of it.
        breaches = _breaches(problem.programme, *_with_companions(problem.programme, worker, order))
        rules = tuple(dict.fromkeys(["travel group", *(breach.rule for breach in breaches)]))
    if not breaches:
        rules = tuple(np.unique([row[1] for row in problem.limits.names])[:20].tolist())
        return ClashError(
            message("The commitments can't all be kept: together with the other limits no plan is legal."),
            rules,
            message("Release a commitment, or raise one of: {names}.", names=tuple(rules)),
        )
    if rules == ("headcount",):
        return _too_few_places(problem.programme, order)
    lines = joined(*(message("  {breach}", breach=breach.in_words) for breach in breaches[:LINES]), by="\n")
    return ClashError(
        message(
            "The commitments can't all be kept; on their own they break {names}:\n{lines}",
            names=", ".join(rules),
            lines=lines,
        ),
        rules,
        message("Release one of these commitments, or change the rule."),
    )


def _too_few_places(programme: Programme, order: Longs) -> ClashError:
    """The error for orders that ask for fewer people than are promised a place, order by order."""
    promised = np.bincount(order, minlength=programme.orders.size)
    places = programme.orders.values("headcount").astype(np.int64)
    short = np.flatnonzero(promised > places)
    lines = [_short(programme, row, int(promised[row]), int(places[row])) for row in short[:LINES].tolist()]
    if len(short) > LINES:
        lines.append(plural("  and {n:,} more order", "  and {n:,} more orders", n=len(short) - LINES))
    head = plural(
        "Fewer places would be left than are promised: {n:,} person is promised one that is gone.",
        "Fewer places would be left than are promised: {n:,} people are promised one that is gone.",
        n=int((promised - places)[short].sum()),
    )
    hint = message(
        "Keep as many places as are promised, or withdraw promises first: of placements, those that are only proposed "
        "or offered can be withdrawn."
    )
    return ClashError(joined(head, *lines, by="\n"), ("headcount",), hint)


def _short(programme: Programme, row: int, promised: int, places: int) -> Message:
    """An order with its employer, how many people are promised a place, and how many places it asks for."""
    employer = int(programme.orders.values("employer_id")[row])
    named, ids = (programme["employers"].id_text(column)[employer] for column in ("name", "employer_id"))
    told = {"employer": str(named or ids), "order": str(programme.orders.id_text("order_id")[row])}
    return plural(
        "  {employer}, order {order}: {n:,} person is promised a place, {places:,} are asked for",
        "  {employer}, order {order}: {n:,} people are promised a place, {places:,} are asked for",
        n=promised,
        places=places,
        **told,
    )


def _breaches(programme: Programme, worker: Longs, order: Longs) -> list[Breach]:
    """What promises break by themselves; the companions of who is promised something may still come."""
    verdict = audit(programme, worker, order)
    return [breach for breach in verdict.breaches if breach.rule not in ("commitment", "travel group")]


def _with_companions(programme: Programme, worker: Longs, order: Longs) -> tuple[Longs, Longs]:
    """The promises with the same ones for all of each travel group, each once."""
    group, size = programme.workers.labels("travel_group_id").codes, programme.orders.size
    keys = [worker * size + order]
    for one, there in zip(worker.tolist(), order.tolist(), strict=True):
        if group[one] >= 0:
            keys.append(np.flatnonzero(group == group[one]) * size + there)
    every = np.unique(np.concatenate(keys))
    return every // size, every % size
