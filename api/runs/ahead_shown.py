"""What replays of seasons and outlooks say on their pages: policies by their shares, years by their bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.charts.seasons.words import MEASURES, PLANS, SHARES
from engine.planning.season.season_files import policy_in_words
from engine.words import Message, message

BAND = ("p10", "p50", "p90")


def season_shown(told: Mapping[str, Any]) -> dict[str, Any]:
    """The policies of a replay, the best first, each with what it is called."""
    policies = [{**one, "title": policy_in_words(one["policy"])} for one in told["policies"]]
    return {"policies": policies, "demand": told["demand"]}


def outlook_shown(told: Mapping[str, Any]) -> dict[str, Any]:
    """A table for each measure, with a row for each plan and year; and what looking ahead gains, where it was asked."""
    bands = sorted(told["bands"], key=lambda one: (one["year"], list(PLANS).index(one["plan"])))
    by_measure = {name: [one for one in bands if one["measure"] == name] for name in MEASURES}
    tables = [
        (MEASURES[name], [(PLANS[one["plan"]], one["year"], _band(name, one)) for one in rows])
        for name, rows in by_measure.items()
    ]
    gain = [
        {**one, "title": MEASURES[one["measure"]]}
        for one in told["gain"]
        if one["measure"] in MEASURES and one["measure"] not in SHARES
    ]
    return {"tables": tables, "plans": PLANS, "gain": gain, "currency": told["currency"]}


def _band(measure: str, one: Mapping[str, Any]) -> list[Message]:
    if measure in SHARES:
        return [message("{n:.1%}", n=one[part]) for part in BAND]
    return [message("{n:,.0f}", n=one[part]) for part in BAND]
