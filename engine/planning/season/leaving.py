"""Employers left during a season: by those of an employer who is debarred, and by who asks to leave.

Who hasn't begun waits again. Who has begun is moved to another order where the agreement lets a transfer continue the
stay, where a place is free, and where the audit finds no rule broken; what was worked becomes a past stay. Whose
employer is debarred and who can't be moved goes home, with what the guaranteed hours of the rest of the contract come
to; who only asked stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.audit.audit import audit_of
from engine.audit.placement_table import PlacementTable
from engine.audit.stays import stay_table
from engine.days import NO_DATE, day_date, day_number
from engine.planning.season.drawn_season import ALWAYS, WEEK, Longs
from engine.problem.problem import MatchingProblem
from engine.programme.programme import Programme
from engine.programme.table import Labels, Table

Bools = npt.NDArray[np.bool_]
MOVED, HOME, STAYS = "moved", "home", "stays"
REASON = "transferred"


@dataclass(frozen=True)
class Leaving:
    """Who left an order, or asked to, in a week: the rows of ``worker`` and ``order``, and ``to`` which order he or she
    was moved (-1 for none); ``what`` became of it is one of `MOVED`, `HOME`, `STAYS`.
    """

    week: int
    worker: int
    order: int
    what: str
    to: int = -1


def first_day(programme: Programme, week: int) -> int:
    """The first day (as a day number) of a week of the season."""
    return day_number(programme.settings.as_of) + WEEK * week


def barred_from(problem: MatchingProblem, debarred: Longs) -> Longs:
    """The week from which each column can't stand because the employer of one of its orders is debarred before that
    order ends; `ALWAYS` for never.
    """
    offers, programme = problem.offers, problem.programme
    if not offers.count:
        return np.empty(0, np.int64)
    ends = programme.orders.values("end_date").astype(np.int64)
    begins = first_day(programme, 0) + WEEK * debarred
    week = np.where(ends >= begins, debarred, ALWAYS)
    return np.minimum.reduceat(week[offers.cell % offers.order_count], offers.cells[:-1])


def after_leaving(programme: Programme, left: Sequence[Leaving], debarred: Longs, week: int) -> Programme:
    """The programme in a week: employers who are debarred by then, and what those who left had worked as past stays."""
    employers = programme["employers"]
    begin, end = employers.values("debarred_from").copy(), employers.values("debarred_until").copy()
    for order in np.flatnonzero(debarred <= week).tolist():
        one = programme.orders.values("employer_id")[order]
        begin[one], end[one] = first_day(programme, int(debarred[order])), NO_DATE
    gone = [one for one in left if one.what != STAYS]
    tables = dict(programme.tables)
    columns = {**employers.columns, "debarred_from": begin, "debarred_until": end}
    tables["employers"] = replace(employers, columns=columns)
    tables["history"] = _with_stays(programme, gone)
    return replace(programme, tables=tables)


def _with_stays(programme: Programme, left: Sequence[Leaving]) -> Table:
    past, orders = programme["history"], programme.orders
    order = np.array([one.order for one in left], np.int64)
    employers = programme["employers"].id_text("employer_id")[orders.values("employer_id")[order]]
    ends = [first_day(programme, one.week) - 1 for one in left]
    texts = {
        "employer_id": employers,
        "isco08": orders.labels("isco08").text()[order],
        "destination_country": orders.labels("destination_country").text()[order],
        "exit_reason": np.full(len(left), REASON, object),
    }
    days = {"start_date": orders.values("start_date")[order], "end_date": np.array(ends, np.int64)}
    columns = dict(past.columns)
    worker = np.array([one.worker for one in left], np.int64)
    columns["worker_id"] = np.append(past.values("worker_id"), worker).astype(np.int32)
    columns |= {name: _longer(past.labels(name), more) for name, more in texts.items()}
    columns |= {name: np.append(past.values(name), more).astype(np.int32) for name, more in days.items()}
    return Table(past.name, past.size + len(left), columns)


def _longer(column: Labels, more: npt.NDArray[np.object_]) -> Labels:
    """A column with further cells; names that are new come last."""
    names = [*column.names, *dict.fromkeys(name for name in map(str, more) if name not in column.names)]
    added = np.array([names.index(str(name)) for name in more], np.int32)
    return Labels(np.append(column.codes, added).astype(np.int32), tuple(names))


def may_continue(programme: Programme, standing: tuple[Longs, Longs], worker: int, order: int) -> bool:
    """Whether a worker may go on on an order with the stay that he or she just left, in a programme that tells that
    stay, beside the placements that stand: no rule is broken that isn't broken without him or her.
    """
    alone = PlacementTable(programme, np.full(1, worker), np.full(1, order))
    stays = stay_table(alone, alone.agreement())
    stay = int(stays.stay_of_placement[0])
    if stay < 0 or stays.first[stay] >= programme.orders.values("start_date")[order]:
        return False
    more = PlacementTable(programme, np.append(standing[0], worker), np.append(standing[1], order))
    return len(audit_of(more).breaches) <= len(audit_of(PlacementTable(programme, *standing)).breaches)


def owed(programme: Programme, one: Leaving) -> float:
    """What is owed to somebody who is sent home: the guaranteed hours of the weeks that are left, at the order's wage
    (0 where nothing is guaranteed).
    """
    orders = programme.orders
    left = int(orders.values("end_date")[one.order]) - first_day(programme, one.week) + 1
    hours = float(orders.values("guaranteed_weekly_hours")[one.order])
    wage = float(orders.values("hourly_wage")[one.order])
    return round(max(left, 0) / WEEK * np.nan_to_num(hours) * np.nan_to_num(wage), 2) if one.what == HOME else 0.0


def leaving_table(programme: Programme, left: Sequence[Leaving]) -> pd.DataFrame:
    """A row for each who left: day, worker_id, order_id, what, to_order_id, owed (in the programme's currency)."""
    workers, orders = programme.workers.id_text("worker_id"), np.append(programme.orders.id_text("order_id"), "")
    columns = ["day", "worker_id", "order_id", "what", "to_order_id", "owed"]
    rows = [
        (
            day_date(first_day(programme, one.week)).isoformat(),
            str(workers[one.worker]),
            str(orders[one.order]),
            one.what,
            str(orders[one.to]),
            owed(programme, one),
        )
        for one in left
    ]
    return pd.DataFrame(rows, columns=columns)
