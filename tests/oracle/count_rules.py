"""The rules for a whole plan: counts, crews, beds, travel groups and commitments, by plain counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from .calendar_rules import calendar_faults
from .matching import agreement_of, is_return, matches, value_of
from .pair_rules import refusals
from .programme_reader import Clause, Pair, Programme, first_day, last_day

Plan = list[Pair]
Period = tuple[date, date]


def faults(programme: Programme, plan: Plan) -> set[str]:
    """Return the names of all the rules and clauses that a plan breaks; none means that it is legal."""
    found = plan_faults(programme, plan)
    for worker_id, order_id in plan:
        found |= refusals(programme, worker_id, order_id)
    for worker_id in {worker_id for worker_id, _ in plan}:
        orders = [order_id for placed, order_id in plan if placed == worker_id]
        found |= calendar_faults(programme, worker_id, orders)
    return found


def plan_faults(programme: Programme, plan: Plan) -> set[str]:
    """Return the names of the rules on the plan as a whole that it breaks."""
    checks = {
        "duplicate": len(set(plan)) == len(plan),
        "headcount": _within_headcount(programme, plan),
        "min_crew": _with_whole_crews(programme, plan),
        "beds": _within_beds(programme, plan),
        "travel group": _with_whole_groups(programme, plan),
        "commitment": set(programme.commitments) <= set(plan),
    }
    return {name for name, holds in checks.items() if not holds} | _broken_counts(programme, plan)


def _on_orders(plan: Plan) -> Counter[str]:
    return Counter(order_id for _, order_id in plan)


def _within_headcount(programme: Programme, plan: Plan) -> bool:
    return all(used <= int(programme.orders[order]["headcount"]) for order, used in _on_orders(plan).items())


def _with_whole_crews(programme: Programme, plan: Plan) -> bool:
    crews = {order_id: int(row["min_crew"] or "1") for order_id, row in programme.orders.items()}
    return all(used >= crews[order_id] for order_id, used in _on_orders(plan).items())


def days_from(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _within_beds(programme: Programme, plan: Plan) -> bool:
    # A placement written twice counts twice, here as everywhere; the plan is at fault for it anyhow.
    housed: Counter[tuple[str, date]] = Counter()
    for _, order_id in plan:
        order = programme.orders[order_id]
        for day in days_from(first_day(order), last_day(order)):
            housed[order["site_id"], day] += 1
    beds = {site_id: row["beds"] for site_id, row in programme.sites.items()}
    return all(not beds[site] or workers <= int(beds[site]) for (site, _), workers in housed.items())


def travel_groups(programme: Programme) -> dict[str, list[str]]:
    """Return the members of each travel group."""
    groups: dict[str, list[str]] = {}
    for worker_id, worker in programme.workers.items():
        if worker["travel_group_id"]:
            groups.setdefault(worker["travel_group_id"], []).append(worker_id)
    return groups


def _with_whole_groups(programme: Programme, plan: Plan) -> bool:
    placed = {worker_id: sorted(o for w, o in plan if w == worker_id) for worker_id in programme.workers}
    groups = travel_groups(programme).values()
    return all(placed[member] == placed[members[0]] for members in groups for member in members)


def count_clauses(programme: Programme) -> list[tuple[str, list[Clause]]]:
    """Return each file's clauses beside its agreement's id, which is empty for the programme's own."""
    return [("", programme.clauses)] + [(made.id, made.clauses) for made in programme.agreements]


def counted(programme: Programme, agreement_id: str, clause: Clause, plan: Plan, key: str = "where") -> Plan:
    """Return the placements under the clause's agreement (or all abroad) that match its `where`."""
    return [
        (worker_id, order_id)
        for worker_id, order_id in plan
        if _under(programme, agreement_id, worker_id, order_id)
        and matches(programme, clause, programme.workers[worker_id], programme.orders[order_id], key)
    ]


def _under(programme: Programme, agreement_id: str, worker_id: str, order_id: str) -> bool:
    worker, order = programme.workers[worker_id], programme.orders[order_id]
    if not agreement_id:
        return not is_return(worker, order)
    agreement = agreement_of(programme, worker, order)
    return agreement is not None and agreement.id == agreement_id


def _broken_counts(programme: Programme, plan: Plan) -> set[str]:
    return {
        clause["id"]
        for agreement_id, clauses in count_clauses(programme)
        for clause in clauses
        if not _holds(programme, agreement_id, clauses, clause, plan)
    }


def _holds(programme: Programme, agreement_id: str, clauses: list[Clause], clause: Clause, plan: Plan) -> bool:
    if clause["kind"] == "cap":
        return _cap_holds(programme, clause, counted(programme, agreement_id, clause, plan))
    if clause["kind"] == "set_aside":
        cap = next(other for other in clauses if other["id"] == clause["within"])
        return _set_aside_holds(programme, clause, cap, counted(programme, agreement_id, cap, plan))
    if clause["kind"] == "share":
        return _share_holds(programme, clause, counted(programme, agreement_id, clause, plan, "of"))
    return True


def periods(programme: Programme, clause: Clause) -> list[Period]:
    """Return the periods of a cap, the whole horizon where it names none."""
    whole = (programme.horizon_start, programme.horizon_end)
    return [(first, last) for first, last in clause.get("periods", [whole])]


def counts(programme: Programme, clause: Clause, value: str) -> list[int]:
    """Return the count of each period of a cap for one value of its `per`."""
    length = len(periods(programme, clause))
    if "counts" in clause:
        return list(clause["counts"])
    if "share_of_registered" not in clause:
        return [clause["count"]] * length
    registered = sum(worker[clause["per"]] == value for worker in programme.workers.values())
    return [floor(Fraction(clause["share_of_registered"]) * registered)] * length


def by_value(programme: Programme, clause: Clause, placements: Plan) -> dict[str, Plan]:
    """Group the placements by the cap's `per`, an empty value left out; all are one group without it."""
    if "per" not in clause:
        return {"": placements}
    groups: dict[str, Plan] = {}
    for worker_id, order_id in placements:
        worker, order = programme.workers[worker_id], programme.orders[order_id]
        value = value_of(programme, clause["per"], worker, order)
        if value:
            groups.setdefault(value, []).append((worker_id, order_id))
    return groups


def starts_in(programme: Programme, placements: Plan, period: Period) -> Plan:
    """Return the placements that start in a period."""
    return [pair for pair in placements if period[0] <= first_day(programme.orders[pair[1]]) <= period[1]]


def present_on(programme: Programme, placements: Plan, day: date) -> Plan:
    """Return the placements that are under way on a day."""
    orders = programme.orders
    return [pair for pair in placements if first_day(orders[pair[1]]) <= day <= last_day(orders[pair[1]])]


def _starts(programme: Programme, placements: Plan, period: Period) -> int:
    return len(starts_in(programme, placements, period))


def _workers(programme: Programme, placements: Plan, period: Period) -> int:
    return len({worker_id for worker_id, _ in starts_in(programme, placements, period)})


def _present(programme: Programme, placements: Plan, period: Period) -> int:
    return max(len(present_on(programme, placements, day)) for day in days_from(*period))


USED: dict[str, Callable[[Programme, Plan, Period], int]] = {
    "starts": _starts,
    "workers": _workers,
    "present": _present,
}


def _cap_holds(programme: Programme, clause: Clause, placements: Plan) -> bool:
    used_in = USED[clause.get("basis", "starts")]
    for value, group in by_value(programme, clause, placements).items():
        left_over = 0
        for period, count in zip(periods(programme, clause), counts(programme, clause, value), strict=True):
            left = count + left_over - used_in(programme, group, period)
            if left < 0:
                return False
            left_over = left if clause.get("rollover", False) else 0
    return True


def _set_aside_holds(programme: Programme, clause: Clause, cap: Clause, placements: Plan) -> bool:
    if "release_on" in clause and programme.as_of >= clause["release_on"]:
        return True
    starting = starts_in(programme, placements, (programme.horizon_start, programme.horizon_end))
    others = [pair for pair in starting if not _matches_pair(programme, clause, pair)]
    return len(others) <= int(cap["count"]) - int(clause["count"])


def _matches_pair(programme: Programme, clause: Clause, pair: Pair) -> bool:
    return matches(programme, clause, programme.workers[pair[0]], programme.orders[pair[1]])


def _share_holds(programme: Programme, clause: Clause, placements: Plan) -> bool:
    if not placements:
        return True
    both = sum(_matches_pair(programme, clause, pair) for pair in placements)
    share = Fraction(both, len(placements))
    low, high = Fraction(clause.get("min_share", 0)), Fraction(clause.get("max_share", 1))
    return low <= share <= high
