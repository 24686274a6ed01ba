"""The gates: each clause kind that asks whether one pair is allowed."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .income import corridor_number, net_weekly_income, weeks
from .matching import ended_within, past_stays, worker_class
from .programme_reader import Clause, Programme, Row, day, first_day, labelled, last_day, number

Gate = Callable[[Programme, Clause, Row, Row], bool]
LEVELS = ["", "A1", "A2", "B1", "B2", "C1", "C2"]


def speaks(worker: Row, language: str, level: str) -> bool:
    """Tell whether the worker has the language at that level or above."""
    held = labelled(worker["languages"])
    return language in held and LEVELS.index(held[language]) >= LEVELS.index(level)


def months_in(worker: Row, occupation: str) -> Fraction:
    """Return the worker's months of experience in an occupation, 0 where it isn't theirs."""
    return number(labelled(worker["occupations"]).get(occupation, ""))


def _within(found: Any, clause: Clause, low: str, high: str) -> bool:
    return (low not in clause or found >= clause[low]) and (high not in clause or found <= clause[high])


def _at_least(until: date | None, bound: date) -> bool:
    return until is not None and until >= bound


def _age(_programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    born, start = day(worker["birth_date"]), first_day(order)
    if born is None:
        return False
    # Born on 29 February: (2, 28) < (2, 29), so the birthday of a common year is 1 March.
    before_birthday = (start.month, start.day) < (born.month, born.day)
    return _within(start.year - born.year - before_birthday, clause, "min", "max")


def _experience(_programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    return months_in(worker, order["isco08"]) >= Fraction(clause["min_months"])


def _language(_programme: Programme, clause: Clause, worker: Row, _order: Row) -> bool:
    return speaks(worker, clause["language"], clause["level"])


def _contract(_programme: Programme, clause: Clause, _worker: Row, order: Row) -> bool:
    return _within((last_day(order) - first_day(order)).days + 1, clause, "min_days", "max_days")


def _in_year(year: int, month_and_day: str) -> date:
    if month_and_day == "02-29" and not calendar.isleap(year):
        month_and_day = "02-28"
    return date.fromisoformat(f"{year:04}-{month_and_day}")


def _season_window(_programme: Programme, clause: Clause, _worker: Row, order: Row) -> bool:
    opens, closes = clause.get("from", "01-01"), clause.get("to", "12-31")
    start, end = first_day(order), last_day(order)
    over_new_year = int(opens > closes)
    return any(
        _in_year(year, opens) <= start and end <= _in_year(year + over_new_year, closes)
        for year in (start.year - 1, start.year)
    )


def _wage_floor(programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    stays = past_stays(programme, worker, order["destination_country"])
    seasons = {first_day(stay).year for stay in stays if first_day(stay).year < first_day(order).year}
    binds = len(seasons) + 1 >= clause.get("from_season", 1)
    return not binds or number(order["hourly_wage"]) >= Fraction(clause["hourly"])


def _guarantee(_programme: Programme, clause: Clause, _worker: Row, order: Row) -> bool:
    hours = number(order["guaranteed_weekly_hours"])
    weekly, total = Fraction(clause.get("min_weekly_hours", 0)), Fraction(clause.get("min_total_hours", 0))
    of_worked = Fraction(clause.get("min_share", 0)) * number(order["weekly_hours"])
    in_window = Fraction(clause.get("min_hours", 0)) / clause.get("window_weeks", 1)
    return hours >= max(weekly, of_worked, in_window) and hours * weeks(order) >= total


def _worker_cost(_programme: Programme, clause: Clause, _worker: Row, order: Row) -> bool:
    return number(order["worker_cost"]) <= Fraction(clause["max"])


def _net_income(programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    return net_weekly_income(programme, worker, order) >= Fraction(clause["min_weekly"])


def _labour_market_test(_programme: Programme, _clause: Clause, _worker: Row, order: Row) -> bool:
    return _at_least(day(order["labour_market_test_until"]), first_day(order))


def _housing(programme: Programme, _clause: Clause, _worker: Row, order: Row) -> bool:
    return _at_least(day(programme.sites[order["site_id"]]["inspected_until"]), last_day(order))


def _accreditation(programme: Programme, _clause: Clause, _worker: Row, order: Row) -> bool:
    return _at_least(day(programme.employers[order["employer_id"]]["accredited_until"]), last_day(order))


def _deductions(_programme: Programme, clause: Clause, _worker: Row, order: Row) -> bool:
    pay = number(order["weekly_hours"]) * number(order["hourly_wage"])
    taken = number(order["weekly_deductions"])
    most = [Fraction(clause["max_weekly"])] if "max_weekly" in clause else []
    if "max_share" in clause:
        most.append(Fraction(clause["max_share"]) * pay)
    return taken <= min(most)


def _education(_programme: Programme, clause: Clause, worker: Row, _order: Row) -> bool:
    level = worker.get("isced", "")
    return level != "" and _within(int(level), clause, "min", "max")


def _documents(_programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    if "passport_days_beyond" in clause:
        needed_until = last_day(order) + timedelta(days=clause["passport_days_beyond"])
        if not _at_least(day(worker["passport_expires"]), needed_until):
            return False
    medical = bool(clause.get("medical", False))
    return not medical or _at_least(day(worker["medical_valid_until"]), first_day(order))


def _lead_time(programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    days = clause.get("days", int(corridor_number(programme, worker, order, "lead_time_days")))
    commitment = programme.commitments.get((worker["worker_id"], order["order_id"]), {})
    counted_from = day(commitment.get("agreed_on", "")) or programme.as_of
    return first_day(order) >= counted_from + timedelta(days=days)


def _prior_exit(programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    start, barred = first_day(order), clause.get("bar", ["overstay"])
    exits = past_stays(programme, worker, order["destination_country"])
    return not any(stay["exit_reason"] in barred and ended_within(stay, start, clause["years"]) for stay in exits)


def _worker_class(programme: Programme, clause: Clause, worker: Row, order: Row) -> bool:
    years = clause.get("returning_years", 3)
    allowed = clause["allow"] if isinstance(clause["allow"], list) else [clause["allow"]]
    return worker_class(programme, worker, order, years) in allowed


GATES: dict[str, Gate] = {
    "age": _age,
    "experience": _experience,
    "language": _language,
    "contract": _contract,
    "season_window": _season_window,
    "wage_floor": _wage_floor,
    "guarantee": _guarantee,
    "worker_cost": _worker_cost,
    "net_income": _net_income,
    "labour_market_test": _labour_market_test,
    "housing": _housing,
    "accreditation": _accreditation,
    "deductions": _deductions,
    "education": _education,
    "documents": _documents,
    "lead_time": _lead_time,
    "prior_exit": _prior_exit,
    "worker_class": _worker_class,
}
