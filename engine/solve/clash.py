"""Why commitments can't all be kept: the rules that clash, from the audit of the promises and a deletion filter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.errors import ClashError
from engine.plan.audit import audit
from engine.problem.problem import MatchingProblem


def clash_error(problem: MatchingProblem) -> ClashError:
    """The error that names the rules which the commitments alone already break, with the people concerned."""
    table = problem.programme["commitments"]
    verdict = audit(problem.programme, table.values("worker_id"), table.values("order_id"))
    breaches = [breach for breach in verdict.breaches if breach.rule not in ("commitment", "travel group")]
    rules: Sequence[str] = tuple(dict.fromkeys(breach.rule for breach in breaches))
    if not breaches:
        rules = tuple(np.unique([row[1] for row in problem.limits.names])[:20].tolist())
        return ClashError(
            "The commitments can't all be kept: together with the other limits no plan is legal.",
            rules,
            "Release a commitment, or raise one of: " + ", ".join(rules) + ".",
        )
    lines = "\n".join(f"  {breach}" for breach in breaches[:50])
    return ClashError(
        f"The commitments can't all be kept; on their own they break {', '.join(rules)}:\n{lines}",
        rules,
        "Release one of these commitments, or change the rule.",
    )
