"""The programme of the next year, from this year's placements: histories, recalls, experience, who leaves, who is new.

Each year is told in the calendar of the programme's own year: orders, agreements and horizon stay, and what is past
moves back by a year (stays, births), so that the engine's own clauses judge the next year. Papers are taken
to be renewed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.days import NO_DATE, OPEN_START, day_number, years_before
from engine.planning.assumptions import Assumptions
from engine.programme.programme import Programme
from engine.programme.reorder import taken_rows
from engine.programme.schema import EXIT_REASONS
from engine.programme.table import Labels, Lists, Table

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
DAYS_A_MONTH = 30.4
OF_NEWCOMERS = ("preferences", "scores", "exclusions")


@dataclass(frozen=True)
class Chances:
    """What a year draws, whoever is placed: by worker four numbers from 0 to 1 and a ``recruit`` (row of the base's
    newcomers that stands for a new person in this row), by destination a factor of demand.
    """

    leaves: Floats
    ends: Floats
    named: Floats
    recruit: Longs
    demand: Floats


def chances(base: Programme, assumptions: Assumptions, seed: int, future: int, year: int) -> Chances:
    """Draw a year of a future; the same numbers for every way of planning, so that plans are compared on equal terms.

    A new person has the origin country of who left, where the base has newcomers from there.
    """
    rng = np.random.default_rng([seed, future, year])
    size = base.workers.size
    leaves, ends, named = rng.random(size), rng.random(size), rng.random(size)
    countries = len(base.orders.labels("destination_country").names)
    shock = np.exp(assumptions.number("outlook.demand_shock") * rng.standard_normal(countries))
    growth = assumptions.number("outlook.demand_growth") ** year
    return Chances(leaves, ends, named, _recruits(base, rng.random(size)), growth * shock)


def _recruits(base: Programme, drawn: Floats) -> Longs:
    origin = base.workers.labels("origin_country").codes
    new = np.ones(base.workers.size, bool)
    new[base["history"].values("worker_id")] = False
    found = np.arange(base.workers.size)
    for country in np.unique(origin):
        here = np.flatnonzero(origin == country)
        pool = np.flatnonzero(new & (origin == country))
        pool = pool if len(pool) else here
        found[here] = pool[(drawn[here] * len(pool)).astype(np.int64)]
    return found


def next_year(
    base: Programme,
    programme: Programme,
    worker: Longs,
    order: Longs,
    drawn: Chances,
    assumptions: Assumptions,
    year: int,
) -> tuple[Programme, Bools]:
    """The programme of ``year`` (1 is the one after the first) from the placements of the year before, and which rows
    are new people. ``base`` is the first year's: orders ask what they asked then, times the demand drawn.
    """
    gone = _who_leaves(programme, worker, drawn, assumptions)
    reason = _how_stays_end(order, drawn.ends[worker], assumptions)
    tables = dict(programme.tables)
    history = _history(programme, worker, order, reason)
    tables["workers"] = _workers(base, programme, worker, order, gone, drawn.recruit, assumptions, year)
    tables["history"] = taken_rows(history, np.flatnonzero(~gone[history.values("worker_id")]))
    asked = (reason == EXIT_REASONS.index("completed")) & ~gone[worker]
    asked &= drawn.named[worker] < assumptions.number("outlook.asked_back")
    tables["recalls"] = _recalls(programme["recalls"], worker[asked], order[asked])
    tables["orders"] = _orders(base, drawn)
    for name in OF_NEWCOMERS:
        tables[name] = taken_rows(programme[name], np.flatnonzero(~gone[programme[name].values("worker_id")]))
    tables["commitments"] = taken_rows(programme["commitments"], np.empty(0, np.int64))
    digest = hashlib.sha256(f"{programme.sha256} {year}".encode() + worker.tobytes() + order.tobytes()).hexdigest()
    return replace(programme, tables=tables, sha256=digest), gone


def _who_leaves(programme: Programme, worker: Longs, drawn: Chances, assumptions: Assumptions) -> Bools:
    """Who doesn't register again: by the odds, and at the age at which people stop."""
    placed = np.zeros(programme.workers.size, bool)
    placed[worker] = True
    odds = np.where(placed, assumptions.number("outlook.wants_again"), assumptions.number("outlook.still_wants"))
    born = programme.workers.values("birth_date")
    oldest = day_number(programme.settings.as_of) - int(365.25 * (assumptions.number("outlook.oldest") - 1))
    return np.asarray((drawn.leaves >= odds) | ((born != NO_DATE) & (born < oldest)))


def _how_stays_end(order: Longs, drawn: Floats, assumptions: Assumptions) -> Longs:
    """The way in which each placement ends, a place in `EXIT_REASONS`."""
    early, over = assumptions.number("outlook.early_return"), assumptions.number("outlook.overstay")
    found = np.full(len(order), EXIT_REASONS.index("completed"), np.int64)
    found[drawn < early + over] = EXIT_REASONS.index("overstay")
    found[drawn < early] = EXIT_REASONS.index("early_return")
    return found


def _moved_back(days: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Days a year earlier; days that aren't known or are open stay."""
    known = (days > OPEN_START) & (days != NO_DATE) & (days < -OPEN_START)
    return np.where(known, years_before(np.where(known, days, 0), 1), days).astype(np.int32)


def _history(programme: Programme, worker: Longs, order: Longs, reason: Longs) -> Table:
    """Past stays and this year's placements, a year further back. Placements at home are no stays abroad."""
    past, orders = programme["history"], programme.orders
    country = orders.labels("destination_country")
    away = country.codes[order] != programme.workers.labels("origin_country").codes[worker]
    worker, order, reason = worker[away], order[away], reason[away]
    start, end = orders.values("start_date")[order], orders.values("end_date")[order]
    half = reason == EXIT_REASONS.index("early_return")
    end = np.where(half, start + (end - start) // 2, end)
    employers = programme["employers"].id_text("employer_id")[orders.values("employer_id")[order]]
    reasons = np.array(EXIT_REASONS, object)[reason]
    columns: dict[str, Any] = {
        "worker_id": np.concatenate([past.values("worker_id"), worker]).astype(np.int32),
        "employer_id": _labels_with(past.labels("employer_id"), employers),
        "isco08": _labels_with(past.labels("isco08"), orders.labels("isco08").text()[order]),
        "destination_country": _labels_with(past.labels("destination_country"), country.text()[order]),
        "start_date": _moved_back(np.concatenate([past.values("start_date"), start])),
        "end_date": _moved_back(np.concatenate([past.values("end_date"), end])),
        "exit_reason": _labels_with(past.labels("exit_reason"), reasons),
    }
    return Table("history", past.size + len(worker), columns)


def _labels_with(column: Labels, more: npt.NDArray[Any]) -> Labels:
    """A column with further cells. Names keep their codes where all are known, since other tables share them."""
    names = column.names
    if not set(more) <= set(names):
        names = tuple(sorted({*names, *(str(name) for name in more)}))
    place = {name: code for code, name in enumerate(names)}
    moved = np.array([*(place[name] for name in column.names), -1], np.int32)
    added = np.array([place[str(name)] for name in more], np.int32)
    return Labels(np.concatenate([moved[column.codes], added]).astype(np.int32), names)


def _recalls(recalls: Table, worker: Longs, order: Longs) -> Table:
    keys = np.unique(order * (worker.max(initial=0) + 1) + worker)
    order, worker = keys // (worker.max(initial=0) + 1), keys % (worker.max(initial=0) + 1)
    columns = {"order_id": order.astype(np.int32), "worker_id": worker.astype(np.int32)}
    return Table(recalls.name, len(keys), columns)


def _orders(base: Programme, drawn: Chances) -> Table:
    orders = base.orders
    factor = drawn.demand[orders.labels("destination_country").codes]
    places = np.maximum(np.rint(orders.values("headcount") * factor), orders.values("min_crew"))
    return replace(orders, columns={**orders.columns, "headcount": places.astype(orders.values("headcount").dtype)})


def _workers(
    base: Programme,
    programme: Programme,
    worker: Longs,
    order: Longs,
    gone: Bools,
    recruit: Longs,
    assumptions: Assumptions,
    year: int,
) -> Table:
    """The register a year on: a year older, with what stays taught; new people in the rows of those who left."""
    workers = programme.workers
    old, new = _a_year_on(programme, worker, order, assumptions), base.workers
    columns = {name: _chosen(old.columns[name], new.columns[name], gone, recruit) for name in workers.columns}
    ids = workers.id_text("worker_id").copy()
    ids[gone] = [f"{str(name).split('~')[0]}~{year}" for name in ids[gone]]
    columns["worker_id"] = pa.array(ids, pa.string())
    for name in ("travel_group_id", "household_id"):
        group = columns[name]
        columns[name] = Labels(np.where(gone, -1, group.codes).astype(np.int32), group.names)
    return Table("workers", workers.size, columns)


def _chosen(old: Any, new: Any, gone: Bools, recruit: Longs) -> Any:
    """The old cells, and those of a recruit where somebody is gone."""
    if isinstance(old, Labels):
        return Labels(np.where(gone, new.codes[recruit], old.codes).astype(np.int32), old.names)
    if isinstance(old, Lists):
        both = Lists(
            np.concatenate([old.offsets, old.offsets[-1] + new.offsets[1:]]),
            np.concatenate([old.codes, new.codes]),
            np.concatenate([old.amounts, new.amounts]),
            old.names,
        )
        return both.take(np.where(gone, len(gone) + recruit, np.arange(len(gone))))
    if isinstance(old, pa.StringArray):
        return old
    return np.where(gone, new[recruit], old).astype(old.dtype)


def _a_year_on(programme: Programme, worker: Longs, order: Longs, assumptions: Assumptions) -> Table:
    """Everybody a year older; months of experience in what one worked in, and languages raised every so many stays. Who
    is still away when the next season begins is available after that.
    """
    workers, orders = programme.workers, programme.orders
    columns: dict[str, Any] = dict(workers.columns)
    columns["birth_date"] = _moved_back(workers.values("birth_date"))
    start, end = orders.values("start_date")[order], orders.values("end_date")[order]
    months = np.rint((end - start + 1) / DAYS_A_MONTH).astype(np.int64)
    columns["occupations"] = _raised(workers.lists("occupations"), worker, orders.labels("isco08").codes[order], months)
    stays = np.bincount(programme["history"].values("worker_id"), minlength=workers.size)
    learnt = np.zeros(workers.size, bool)
    learnt[worker] = (stays[worker] + 1) % max(1, int(assumptions.number("outlook.language_stays"))) == 0
    languages = workers.lists("languages")
    amounts = np.minimum(languages.amounts + learnt[languages.rows()], 6).astype(languages.amounts.dtype)
    columns["languages"] = replace(languages, amounts=amounts)
    free = workers.values("available_from").astype(np.int64).copy()
    np.maximum.at(free, worker, _moved_back(end).astype(np.int64) + 1)
    columns["available_from"] = free.astype(np.int32)
    return replace(workers, columns=columns)


def _raised(lists: Lists, worker: Longs, code: npt.NDArray[Any], months: Longs) -> Lists:
    """Lists with months added to the entry of a code."""
    amounts = lists.amounts.copy()
    begin, count = lists.offsets[worker], np.diff(lists.offsets)[worker]
    for at in range(int(count.max(initial=0))):
        here = np.flatnonzero(at < count)
        entry = begin[here] + at
        same = lists.codes[entry] == code[here]
        np.add.at(amounts, entry[same], months[here[same]].astype(amounts.dtype))
    return replace(lists, amounts=amounts)
