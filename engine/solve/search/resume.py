"""Begin from an earlier plan: keep what still holds of it, and fill what it leaves."""

from __future__ import annotations

from engine.solve.primal.warm import kept_columns, listed_for
from engine.solve.search.stages import Search


def applies(search: Search) -> bool:
    """Whether there is an earlier plan."""
    return search.warm is not None


def run(search: Search) -> None:
    """List what the earlier plan holds, keep what is still legal, and insert whoever fits."""
    assert search.warm is not None
    search.take(*listed_for(search.problem, search.warm))
    search.offer(kept_columns(search.problem, search.warm, search.plan.columns, search.reduced))
    search.kept = search.plan.columns
    search.fill()
    search.budget.step()
    search.tell("plan")
