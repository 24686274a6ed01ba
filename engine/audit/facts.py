"""What stands against a rule: the fact beside the demand, for placements that the rule refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Gate
from engine.clauses.vocabulary import level_beside
from engine.words import Message, message, plural
from engine.words.names import country, sector

Facts = Sequence[Message]


def _occupation(placements: PlacementTable) -> Facts:
    months = placements.months_in_occupation().astype(int).tolist()
    needed = placements.number("orders", "min_experience_months").astype(int).tolist()
    codes = placements.text("orders", "isco08").tolist()
    return [_experience(*row) for row in zip(months, needed, codes, strict=True)]


def _experience(months: int, needed: int, code: str) -> Message:
    if months < 0:
        return message("not among the worker's occupations: {code}, which the order asks for", code=code)
    return plural(
        "{n} month of experience, {needed} needed", "{n} months of experience, {needed} needed", n=months, needed=needed
    )


def _skills(placements: PlacementTable) -> Facts:
    names = placements.programme.orders.lists("required_skills").names
    found: list[list[str]] = [[] for _ in range(placements.size)]
    for number, code, _, _ in placements.lacking("skills", "required_skills"):
        found[number].append(names[code])
    return [message("without {skills}, which the order asks for", skills=tuple(lacking)) for lacking in found]


def _language(placements: PlacementTable) -> Facts:
    names = placements.programme.orders.lists("languages").names
    found: list[list[Message]] = [[] for _ in range(placements.size)]
    for number, code, held, asked in placements.lacking("languages", "languages"):
        found[number].append(level_beside(names[code], max(held, 0), asked))
    return [message("{levels:each}", levels=tuple(lacking)) for lacking in found]


def _horizon(placements: PlacementTable) -> Facts:
    settings = placements.programme.settings
    return [
        message(
            "work from {start} to {end}, the programme runs from {first} to {last}",
            start=start,
            end=end,
            first=settings.horizon_start,
            last=settings.horizon_end,
        )
        for start, end in zip(*_days(placements), strict=True)
    ]


def _excluded(placements: PlacementTable) -> Facts:
    return [message("this worker and this order stand among the exclusions")] * placements.size


def _refused(placements: PlacementTable) -> Facts:
    refuses = placements.programme.workers.lists("refuses").take(placements.worker)
    country = placements.text("orders", "destination_country").tolist()
    employer = placements.programme["employers"].id_text("employer_id")[placements.rows("employers")].tolist()
    named = [set[str]() for _ in country]
    for owner, code in zip(refuses.rows().tolist(), refuses.codes.tolist(), strict=True):
        named[owner].add(refuses.names[code])
    return [
        message("the worker refuses {what}, where the order is", what=tuple(sorted(said & {there, whose})))
        for said, there, whose in zip(named, country, employer, strict=True)
    ]


def _debarred(placements: PlacementTable) -> Facts:
    begin = placements.date("employers", "debarred_from").tolist()
    end = placements.date("employers", "debarred_until").tolist()
    return [_bar(*row) for row in zip(begin, end, *_days(placements), strict=True)]


def _bar(begin: date | None, end: date | None, start: date, last: date) -> Message:
    work = message("work from {start} to {end}", start=start, end=last)
    if begin is None:
        return message("{work}, the employer is debarred until {until}", work=work, until=end)
    if end is None:
        return message("{work}, the employer is debarred from {begin}", work=work, begin=begin)
    return message("{work}, the employer is debarred from {begin} to {until}", work=work, begin=begin, until=end)


def _no_agreement(placements: PlacementTable) -> Facts:
    columns = (("workers", "origin_country"), ("orders", "destination_country"), ("orders", "sector"))
    origin, destination, sectors = (placements.text(*column).tolist() for column in columns)
    return [
        message(
            "no agreement from {origin} to {destination} is in force for sector {sector} on {start}",
            origin=country(left),
            destination=country(there),
            sector=sector(work) if work else "-",
            start=start,
        )
        for left, there, work, start in zip(origin, destination, sectors, _days(placements)[0], strict=True)
    ]


def _days(placements: PlacementTable) -> tuple[list[date], list[date]]:
    """The first and the last day of each."""
    return placements.date("orders", "start_date").tolist(), placements.date("orders", "end_date").tolist()


def _availability(placements: PlacementTable) -> Facts:
    columns = (("workers", "available_from"), ("workers", "available_to"), ("orders", "start_date"))
    dates = (placements.date(*column).tolist() for column in (*columns, ("orders", "end_date")))
    return [_available(*row) for row in zip(*dates, strict=True)]


def _available(first: Any, last: Any, start: Any, end: Any) -> Message:
    if first is not None and first > start:
        return message("available from {first}, needed from {start}", first=first, start=start)
    return message("available until {last}, needed until {end}", last=last, end=end)


def _reservation(placements: PlacementTable) -> Facts:
    asked = placements.number("workers", "reservation_weekly_income").tolist()
    incomes = placements.net_weekly_income().tolist()
    return [
        message("a net weekly income of {income:,.2f}, {asked:,.2f} asked for", income=income, asked=least)
        for income, least in zip(incomes, asked, strict=True)
    ]


_OF_LASTING_RULES: Mapping[str, Callable[[PlacementTable], Facts]] = {
    "occupation": _occupation,
    "skills": _skills,
    "language": _language,
    "horizon": _horizon,
    "excluded": _excluded,
    "refused": _refused,
    "debarred": _debarred,
    "no agreement": _no_agreement,
    "availability": _availability,
    "reservation": _reservation,
}


def shows_facts(rule: str | Clause) -> bool:
    """Whether a rule can show what stands against it."""
    if isinstance(rule, str):
        return rule in _OF_LASTING_RULES
    return isinstance(rule.rule, Gate) and type(rule.rule).facts is not Gate.facts


def facts_against(rule: str | Clause, placements: PlacementTable) -> Facts:
    """What stands against a rule that `shows_facts`, in each of the placements, all of which it refuses."""
    if isinstance(rule, str):
        return _OF_LASTING_RULES[rule](placements)
    assert isinstance(rule.rule, Gate)
    return rule.rule.facts(placements)


def first_refused(placements: PlacementTable, refused: Any, worker_count: int) -> Any:
    """The number of each worker's first placement that is refused, -1 where none is (int32)."""
    first = np.full(worker_count, -1, np.int32)
    hits = np.flatnonzero(refused)[::-1]
    first[placements.worker[hits]] = hits
    return first
