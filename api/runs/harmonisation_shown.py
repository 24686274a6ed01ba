"""What a search for relaxations says on its page: what is proposed, what else would bring something, what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.runs.plain_words import plainly
from api.runs.plan_words import Agreements
from engine.words import msgid

PROTECTIONS = {
    "same": msgid("as now"),
    "more": msgid("more"),
    "less": msgid("less"),
    "unclear": msgid("can't be said: perhaps less"),
}


def harmonisation_shown(told: Mapping[str, Any], known: Agreements) -> dict[str, Any]:
    """What was found; of those not proposed ``others`` bring something, ``idle`` counts the rest, and ``failed`` are
    those with which there is no plan.
    """
    proposed = {(one["agreement"], one["clause"]) for one in told["proposed"]}
    rest = [one for one in told["yields"] if (one["agreement"], one["clause"]) not in proposed]
    return {
        "base": told["base"],
        "together": told["together"],
        "proposed": _shown(told["proposed"], known),
        "others": _shown([one for one in rest if one.get("objective", 0.0) > 0], known),
        "idle": sum("objective" in one and one["objective"] <= 0 for one in rest),
        "lowering": _shown([one for one in told["lowering"] if not one["failure"]], known),
        "failed": _shown([one for one in (*rest, *told["lowering"]) if one["failure"]], known),
        "protections": PROTECTIONS,
    }


def _shown(rows: Sequence[Mapping[str, Any]], known: Agreements) -> list[dict[str, Any]]:
    told = [{**one, "failure": plainly(one["failure"], known)} for one in rows]
    return sorted(told, key=lambda one: -one.get("placements", 0.0))
