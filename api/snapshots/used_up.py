"""Caps that count placements which a run doesn't read: how much of each is left.

Invariant: every placement that stands is counted once by every cap that counts it. As a commitment it counts itself;
whatever else stands (stays of workers who are known or admitted no more, what others have open under a cap over several
states) makes the cap so much smaller. What is read as a commitment is always within what is left, so that it can stand.
A cap by household isn't made smaller: no clause can name one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tomli_w

from api.snapshots.fitting import Pair, rows_of_ids
from api.snapshots.held_pairs import completed, held_in
from engine.audit.placement_table import PlacementTable
from engine.clauses.base import Clause, Reserve
from engine.clauses.kinds.cap import Cap
from engine.errors import InputError
from engine.programme import Programme, read_programme
from engine.programme.dated_values import entry_on

Days = npt.NDArray[np.datetime64]
Entry = dict[str, Any]
ONE_DAY = np.timedelta64(1, "D")
OF_WHOM = ("origin_country", "origin_region", "household_id", "worker_class")
AMOUNTS = ("count", "counts", "share_of_registered", "periods")


class Limits(NamedTuple):
    """What a cap allows: ``counts`` by period; no periods where one count is for all days."""

    periods: tuple[tuple[np.datetime64, np.datetime64], ...]
    counts: tuple[int, ...]

    def written(self) -> Entry:
        """The parameters of a clause that says so."""
        if not self.periods:
            return {"count": self.counts[0]}
        periods = [[first.item(), last.item()] for first, last in self.periods]
        return {"periods": periods, "counts": list(self.counts)}


@dataclass(frozen=True)
class Counted:
    """Placements that a cap counts: first and last days, and whose they are."""

    first: Days
    last: Days
    worker: npt.NDArray[np.int64]

    @classmethod
    def of(cls, placements: PlacementTable, chosen: npt.NDArray[np.bool_]) -> Counted:
        """Those of a table that are chosen."""
        first, last = (placements.date("orders", name)[chosen] for name in ("start_date", "end_date"))
        return cls(first, last, placements.worker[chosen])

    def starts(self, periods: Iterable[tuple[np.datetime64, np.datetime64]], people: bool) -> npt.NDArray[np.int64]:
        """How many start in each period; with ``people`` how many people do."""
        found = [self.worker[(first <= self.first) & (self.first <= last)] for first, last in periods]
        return np.array([len(np.unique(one)) if people else len(one) for one in found], np.int64)

    def most_present(self, first: np.datetime64, last: np.datetime64) -> int:
        """How many are there on the fullest of some days."""
        days = [first, *np.unique(self.first[(first < self.first) & (self.first <= last)])]
        return max(int(np.count_nonzero((self.first <= day) & (day <= self.last))) for day in days)


def leave_what_is_left(folder: Path, counted: Path, standing: Collection[Pair]) -> None:
    """Rewrite the caps of a programme's folder to what placements leave of them that aren't among its commitments.

    ``standing`` are these placements, as (worker, order), and ``counted`` is a programme in which all of them are.
    """
    try:
        programme, other = read_programme(folder), read_programme(counted)
    except InputError:
        return  # whoever reads it next says what is wrong
    known = set(other.orders.id_text("order_id").tolist())
    gone = [pair for pair in standing if pair[1] in known]
    held = _placements(programme, completed(programme, held_in(programme)))
    changes = _changes(programme, other, held, _placements(other, gone))
    for name, entries in changes.items():
        path = folder / f"{name}.toml"
        content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        content["clause"] = entries.of(content["clause"], programme)
        path.write_text(tomli_w.dumps(content), "utf-8")


@dataclass(frozen=True)
class _Changes:
    """What becomes of the clauses of a file: by id, parameters of its own, or clauses beside it."""

    own: dict[str, Entry]
    beside: dict[str, list[Entry]]

    def of(self, entries: Sequence[Entry], programme: Programme) -> list[Entry]:
        names = {str(one["id"]) for one in entries}
        found: list[Entry] = []
        for one in entries:
            now = entry_on(one, programme.settings.as_of)[0] if one["id"] in self.own | self.beside else one
            own = self.own.get(one["id"])
            found.append(now if own is None else _without_amounts(now) | own)
            for change in self.beside.get(one["id"], ()):
                name = _unused(str(one["id"]), names)
                where = {**now.get("where", {}), **change["where"]}
                found.append(_without_amounts(now) | change | {"id": name, "where": where})
        return found


def _without_amounts(entry: Mapping[str, Any]) -> Entry:
    return {name: value for name, value in entry.items() if name not in AMOUNTS}


def _unused(name: str, known: set[str]) -> str:
    number = next(n for n in range(1, len(known) + 2) if f"{name}-left-{n}" not in known)
    known.add(f"{name}-left-{number}")
    return f"{name}-left-{number}"


def _placements(programme: Programme, pairs: Collection[Pair]) -> PlacementTable:
    worker = rows_of_ids(programme.workers.id_text("worker_id"), [worker for worker, _ in pairs])
    order = rows_of_ids(programme.orders.id_text("order_id"), [order for _, order in pairs])
    return PlacementTable(programme, worker, order)


def _changes(programme: Programme, other: Programme, held: PlacementTable, gone: PlacementTable) -> dict[str, _Changes]:
    position = {agreement.id: number for number, agreement in enumerate(other.agreements)}
    found: dict[str, _Changes] = {}
    for clause, cap, number in programme.in_force(Cap):
        elsewhere = None if number is None else position.get(clause.agreement_id, len(position))
        used = gone.under_agreement(elsewhere)[1]
        if not used.matches(clause.where).any():
            continue
        name = f"agreements/{clause.agreement_id}" if clause.agreement_id else "programme"
        here = held.under_agreement(number)[1]
        changes = found.setdefault(name, _Changes({}, {}))
        if cap.per is None:
            limits = _left(cap, _capacity(cap), _counted(used, clause), _counted(here, clause), _horizon(programme))
            changes.own[clause.id] = limits.written()
            changes.own.update(_reserves(programme, clause, (cap.count or 0, limits.counts[0]), used, here))
        else:
            changes.beside[clause.id] = _by_value(programme, clause, cap, used, here)
    return found


def _counted(placements: PlacementTable, clause: Clause) -> Counted:
    return Counted.of(placements, placements.matches(clause.where))


def _horizon(programme: Programme) -> tuple[np.datetime64, np.datetime64]:
    settings = programme.settings
    return np.datetime64(settings.horizon_start, "D"), np.datetime64(settings.horizon_end, "D")


def _capacity(cap: Cap) -> tuple[int, ...]:
    return cap.counts if cap.counts is not None else (cap.count or 0,) * len(cap.periods or (0,))


def _left(
    cap: Cap, capacity: Sequence[int], gone: Counted, held: Counted, horizon: tuple[np.datetime64, np.datetime64]
) -> Limits:
    """What of a cap is left, and no less than is held."""
    periods = tuple((np.datetime64(a, "D"), np.datetime64(b, "D")) for a, b in cap.periods or ())
    if cap.basis == "present":
        return _left_by_day(periods or (horizon,), capacity, gone, held)
    spans = periods or ((np.datetime64("0001-01-01"), np.datetime64("9999-12-31")),)
    used, kept = (one.starts(spans, cap.basis == "workers") for one in (gone, held))
    if not cap.rollover:
        return Limits(periods, tuple(np.maximum(np.array(capacity) - used, kept).tolist()))
    up_to = np.maximum(np.cumsum(np.array(capacity) - used), np.cumsum(kept))
    within = np.minimum.accumulate(up_to[::-1])[::-1]  # what an early period takes a later one hasn't
    return Limits(periods, tuple(np.diff(within, prepend=0).tolist()))


def _left_by_day(
    periods: Sequence[tuple[np.datetime64, np.datetime64]], capacity: Sequence[int], gone: Counted, held: Counted
) -> Limits:
    """Periods within which as many are left on each day."""
    parts: list[tuple[np.datetime64, np.datetime64]] = []
    counts: list[int] = []
    for (first, last), count in zip(periods, capacity, strict=True):
        edges = np.concatenate([gone.first, gone.last + ONE_DAY])
        begins = np.unique([first, *edges[(first < edges) & (edges <= last)]])
        ends = [*(begins[1:] - ONE_DAY), last]
        for begin, end in zip(begins, ends, strict=True):
            parts.append((begin, end))
            counts.append(max(count - gone.most_present(begin, end), held.most_present(begin, end)))
    return Limits(tuple(parts), tuple(counts))


def _reserves(
    programme: Programme, capping: Clause, counts: tuple[int, int], gone: PlacementTable, held: PlacementTable
) -> dict[str, Entry]:
    """The clauses that keep places within a cap, by id: so many that all others have what is left for them; ``counts``
    are the cap's before and now.
    """
    (cap_count, places), found = counts, {}
    for clause, rule, _ in programme.in_force(Reserve):
        if programme.siblings(clause).get(rule.within) is not capping:
            continue
        others = [int((one.matches(capping.where) & ~one.matches(clause.where)).sum()) for one in (gone, held)]
        open_to_all = max(cap_count - rule.kept() - others[0], others[1], 0)
        found[clause.id] = {"count": max(0, places - open_to_all)}
    return found


def _by_value(
    programme: Programme, clause: Clause, cap: Cap, gone: PlacementTable, held: PlacementTable
) -> list[Entry]:
    """Clauses beside a cap for each value of a key: one for all values of which as much is left."""
    key = str(cap.per)
    if key == "household_id":
        return []
    found = []
    for value in sorted(set(gone.key(key)[gone.matches(clause.where)].tolist()) - {""}):
        names = _named(programme, key, value)
        if names:
            used, kept = (Counted.of(one, one.matches(clause.where) & (one.key(key) == value)) for one in (gone, held))
            limits = _left(cap, _capacity_of(programme, cap, value), used, kept, _horizon(programme))
            found.append((limits, names))
    column = "employer_id" if key == "operator" else key
    return [
        limits.written() | {"where": {column: [name for _, names in group for name in names]}}
        for limits, group in groupby(sorted(found, key=_in_order), key=lambda one: one[0])
    ]


def _in_order(one: tuple[Limits, list[str]]) -> str:
    return repr(one)


def _capacity_of(programme: Programme, cap: Cap, value: str) -> tuple[int, ...]:
    if cap.share_of_registered is None:
        return _capacity(cap)
    assert cap.per is not None
    registered = int(_placements(programme, ()).registered(cap.per, [value])[0])
    return _capacity(replace(cap, count=int(cap.share_of_registered * registered)))


def _named(programme: Programme, key: str, value: str) -> list[str]:
    """By what a where names a value that occurs in a programme; by nothing where it doesn't."""
    if key == "worker_class":
        return [value]
    if key in ("employer_id", "site_id", "operator"):
        return _of_orders(programme, key, value)
    table = programme.workers if key in OF_WHOM else programme.orders
    return [value] if value in table.labels(key).names else []


def _of_orders(programme: Programme, key: str, value: str) -> list[str]:
    """The employers (of an operator) or the site of a value, where they have orders in a programme."""
    name, column = ("sites", key) if key == "site_id" else ("employers", "employer_id")
    ids = programme[name].id_text(column)
    of_it = programme[name].labels(key).text() == value if key == "operator" else ids == value
    ordering = np.isin(np.arange(len(ids)), programme.orders.values(column).astype(np.int64))
    return [str(one) for one in ids[of_it & ordering]]
