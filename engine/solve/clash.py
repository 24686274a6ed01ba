"""Why commitments can't all be kept: the rules that clash, from the audit of the promises and a deletion filter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.audit.audit import audit
from engine.errors import ClashError, SolverError, VaivenError
from engine.problem.problem import MatchingProblem
from engine.words import joined, message


def clash_error(problem: MatchingProblem) -> VaivenError:
    """The error that names the rules which the commitments alone already break, with the people concerned.

    Without commitments some plan is always legal, if only the empty one: then the search itself was wrong.
    """
    table = problem.programme["commitments"]
    if not table.size:
        return SolverError(
            message("The search ended without a legal plan; nothing was written."), message("Please report this.")
        )
    verdict = audit(problem.programme, table.values("worker_id"), table.values("order_id"))
    breaches = [breach for breach in verdict.breaches if breach.rule not in ("commitment", "travel group")]
    rules: Sequence[str] = tuple(dict.fromkeys(breach.rule for breach in breaches))
    if not breaches:
        rules = tuple(np.unique([row[1] for row in problem.limits.names])[:20].tolist())
        return ClashError(
            message("The commitments can't all be kept: together with the other limits no plan is legal."),
            rules,
            message("Release a commitment, or raise one of: {names}.", names=tuple(rules)),
        )
    lines = joined(*(message("  {breach}", breach=breach.in_words) for breach in breaches[:50]), by="\n")
    return ClashError(
        message(
            "The commitments can't all be kept; on their own they break {names}:\n{lines}",
            names=", ".join(rules),
            lines=lines,
        ),
        rules,
        message("Release one of these commitments, or change the rule."),
    )
