"""The checks that look at one placement at a time: rules 1 to 4, the agreement and every gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from engine.audit.placement_table import UNCOVERED, PlacementTable, under
from engine.clauses.base import Clause, Gate

Bools = npt.NDArray[np.bool_]
_ROUNDING = 1e-9


def _occupation(placements: PlacementTable) -> Bools:
    months = placements.months_in_occupation()
    return (months < 0) | (months < placements.number("orders", "min_experience_months"))


def _skills(placements: PlacementTable) -> Bools:
    return placements.lacks_any("skills", "required_skills")


def _language(placements: PlacementTable) -> Bools:
    return placements.lacks_any("languages", "languages")


def _availability(placements: PlacementTable) -> Bools:
    too_early = placements.date("orders", "start_date") < placements.date("workers", "available_from")
    return too_early | (placements.date("orders", "end_date") > placements.date("workers", "available_to"))


def _horizon(placements: PlacementTable) -> Bools:
    settings = placements.programme.settings
    before = placements.date("orders", "start_date") < np.datetime64(settings.horizon_start, "D")
    return before | (placements.date("orders", "end_date") > np.datetime64(settings.horizon_end, "D"))


def _excluded(placements: PlacementTable) -> Bools:
    return placements.row_of_pair("exclusions") >= 0


def _refused(placements: PlacementTable) -> Bools:
    refuses = placements.programme.workers.lists("refuses").take(placements.worker)
    owner = refuses.rows()
    names = np.array([*refuses.names, ""], dtype=object)[refuses.codes]
    country = placements.text("orders", "destination_country")[owner]
    employer = placements.programme["employers"].id_text("employer_id")[placements.rows("employers")][owner]
    marked = np.zeros(placements.size, bool)
    marked[owner[(names == country) | (names == employer)]] = True
    return marked


def _reservation(placements: PlacementTable) -> Bools:
    least = placements.number("workers", "reservation_weekly_income")
    return placements.net_weekly_income() < least - _ROUNDING


def _debarred(placements: PlacementTable) -> Bools:
    begin = placements.date("employers", "debarred_from")
    end = placements.date("employers", "debarred_until")
    any_bar = ~np.isnat(begin) | ~np.isnat(end)
    ends_before = placements.date("orders", "end_date") < begin
    starts_after = placements.date("orders", "start_date") > end
    return any_bar & ~ends_before & ~starts_after


def _no_agreement(placements: PlacementTable) -> Bools:
    return placements.agreement() == UNCOVERED


LASTING: dict[str, Callable[[PlacementTable], Bools]] = {
    "occupation": _occupation,
    "skills": _skills,
    "language": _language,
    "availability": _availability,
    "horizon": _horizon,
    "excluded": _excluded,
    "refused": _refused,
    "reservation": _reservation,
    "debarred": _debarred,
    "no agreement": _no_agreement,
}


def pair_breaches(placements: PlacementTable) -> Iterator[tuple[str | Clause, int, Bools]]:
    """For each rule or gate: itself, how many placements it looked at, and which of all placements break it."""
    for name, check in LASTING.items():
        yield name, placements.size, check(placements)
    for clause, looked_at, broken in gate_breaches(placements):
        yield clause, len(looked_at), broken


def gate_breaches(placements: PlacementTable) -> Iterator[tuple[Clause, npt.NDArray[np.int64], Bools]]:
    """For each gate: its clause, the numbers of the placements that it looks at, and which of all break it."""
    for clause, gate, position in placements.programme.in_force(Gate):
        rows, own = placements.under_agreement(position)
        matching = own.matches(clause.where)
        looked_at = rows[matching]
        broken = np.zeros(placements.size, bool)
        if len(looked_at):
            broken[looked_at] = gate.breaches(own if matching.all() else own.subset(matching))
        yield clause, looked_at, broken


def admitted(placements: PlacementTable) -> npt.NDArray[np.int64]:
    """The numbers of the placements that no rule or gate refuses, each rule asked only of those that are left."""
    left = np.arange(placements.size)
    for check in LASTING.values():
        left = left[~check(placements.subset(left))]
    agreement = placements.subset(left).agreement()
    for clause, gate, position in placements.programme.in_force(Gate):
        looked_at = np.flatnonzero(under(agreement, position))
        looked_at = looked_at[placements.subset(left[looked_at]).matches(clause.where)]
        if len(looked_at):
            keep = np.ones(len(left), bool)
            keep[looked_at] = ~gate.breaches(placements.subset(left[looked_at]))
            left, agreement = left[keep], agreement[keep]
    return left
