"""What a comparison of what-ifs says: differences in people and placements, who gains and loses, what is certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.runs.plain_words import plainly
from api.runs.plan_words import Agreements
from engine.clauses.vocabulary import value_in_words
from engine.errors import ClashError
from engine.planning.measures import IN_WORDS
from engine.words import Message, message, msgid
from engine.words.wording import say

ROUNDING = 1e-6
SHOWN = ("workers", "placements", "paid_weeks", "net_income", "remittances", "recalls_kept", "quota_used", "objective")
GROUPINGS = {
    "destination_country": msgid("By country of destination"),
    "sector": msgid("By sector"),
    "origin_country": msgid("By country of origin"),
    "origin_region": msgid("By region of origin"),
}


@dataclass(frozen=True)
class Gain:
    """What a group has more, or less: its placements, how many more, and the difference of net income."""

    name: str
    placements: int
    more: int
    income: float


@dataclass(frozen=True)
class Branch:
    """A branch beside the base. ``verdict`` says what of it is certain, ``gaps`` how far the plans of both may be from
    the best; ``failure`` why it has no plan, in lines, and ``promises`` whether promises are in the way of one.
    """

    title: str
    failure: Sequence[str]
    promises: bool
    touched: Sequence[str]
    verdict: str
    gaps: str
    is_certain: bool
    measures: Sequence[tuple[str, float, float, float]]
    groups: Sequence[tuple[str, Sequence[Gain]]]


def compared(comparison: Mapping[str, Any], known: Agreements) -> dict[str, Any]:
    """The base and its branches as a page shows them."""
    base = comparison["base"]
    worded = ("failure", "notices")
    told = [one | {name: plainly(one.get(name, ()), known) for name in worded} for one in comparison["branches"]]
    return {"base": base, "branches": [branch_shown(base, one) for one in told]}


def branch_shown(base: Mapping[str, Any], one: Mapping[str, Any]) -> Branch:
    """A branch, or another plan, beside the base as a page shows it."""
    title, touched = str(one["title"] or one["id"]), tuple(one.get("notices", ()))
    if one["failure"]:
        clashes = one.get("failure_code") == ClashError.code
        return Branch(title, failure_in_lines(one["failure"]), clashes, touched, "", "", False, (), ())
    before, after = base["totals"], one["totals"]
    verdict, is_certain = _verdict(base, one)
    measures = [(IN_WORDS[name], before[name], after[name], after[name] - before[name]) for name in SHOWN]
    groups = [(title, _gains(base["groups"], one["groups"], name)) for name, title in GROUPINGS.items()]
    told = [pair for pair in groups if pair[1]]
    return Branch(title, (), False, touched, verdict, _gaps(base, one), is_certain, measures, told)


def failure_in_lines(failure: str) -> list[str]:
    """Why a branch has no plan, in the language that is spoken, line by line."""
    return [line.strip() for line in say(failure).split("\n")]


def _gaps(base: Mapping[str, Any], one: Mapping[str, Any]) -> Message:
    """How far both plans may be from the best, as certificates say it."""
    was, now = ((side["bound"] - side["totals"]["objective"]) / max(1.0, abs(side["bound"])) for side in (base, one))
    return message(
        "The first plan is worth at most {base:.2%} less than the best one, the second at most {branch:.2%}: a "
        "difference of less than that says nothing.",
        base=was,
        branch=now,
    )


def _verdict(base: Mapping[str, Any], one: Mapping[str, Any]) -> tuple[str, bool]:
    """What is proven of the best plans of both: each is worth its plan at least and its bound at most."""
    least = one["totals"]["objective"] - base["bound"]
    most = one["bound"] - base["totals"]["objective"]
    if least > ROUNDING:
        return message("It is proven that the best plan is worth {least:,.1f} more at least.", least=least), True
    if most < -ROUNDING:
        return message("It is proven that the best plan is worth {most:,.1f} less at least.", most=-most), True
    if most - least <= 2 * ROUNDING:
        return message("It is proven that the best plan is worth the same."), True
    text = message(
        "The difference lies within the gap and says nothing: the best plan may be worth {most:,.1f} more or "
        "{least:,.1f} less.",
        most=max(0.0, most),
        least=max(0.0, -least),
    )
    return text, False


def _gains(before: Mapping[str, Any], after: Mapping[str, Any], grouping: str) -> list[Gain]:
    """The groups whose placements or income differ, those that gain most first."""
    theirs, own = before.get(grouping, {}), after.get(grouping, {})
    found = []
    for name in sorted(set(theirs) | set(own)):
        (placed, income), (was, earned) = own.get(name, (0, 0.0)), theirs.get(name, (0, 0.0))
        if placed != was or abs(income - earned) > 1:
            named = Message("{name}", {"name": value_in_words(grouping, name)}) if name else message("(none)")
            found.append(Gain(named, int(placed), int(placed - was), float(income - earned)))
    return sorted(found, key=lambda one: (-one.more, -one.income))
