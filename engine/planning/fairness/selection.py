"""How many of each group are registered, admitted and placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.clauses.views import Bools
from engine.days import NO_DATE, calendar_year, day_number, month_day
from engine.planning.principle_totals import of_origin
from engine.programme.programme import Programme
from engine.words import Message, message

Longs = npt.NDArray[np.int64]
AGE_BANDS = (25, 35, 45, 55)
KEYS: Mapping[str, Message] = {
    "sex": message("sex"),
    "age_band": message("age"),
    "origin_region": message("region of origin"),
}


@dataclass(frozen=True, slots=True)
class Selected:
    """Of one ``group`` by one ``key``, how many workers are registered, admitted to an order, and placed."""

    key: str
    group: str
    registered: int
    admitted: int
    placed: int


def selected(programme: Programme, admitted: Bools, worker: Longs, origin: str = "") -> Iterator[Selected]:
    """The counts of every group by every key. ``admitted`` is by worker (rows), ``worker`` the rows that are placed.
    With an ``origin`` its workers alone count.

    Somebody who is placed counts as admitted: a plan may hold a promise that today's gates wouldn't admit.
    """
    placed = np.zeros(programme.workers.size, bool)
    placed[worker] = True
    counted = of_origin(programme, origin)
    for key in KEYS:
        group = np.where(counted, groups_by(programme, key), "")
        names, code = np.unique(group, return_inverse=True)
        counts = (np.bincount(code, some, len(names)) for some in (None, admitted | placed, placed))
        for name, *own in zip(names, *counts, strict=True):
            if name:
                yield Selected(key, str(name), *(int(count) for count in own))


def groups_by(programme: Programme, key: str) -> npt.NDArray[np.str_]:
    """The group of each worker by a key of `KEYS`, the empty text where it isn't known."""
    if key == "age_band":
        return _age_bands(programme)
    return programme.workers.labels(key).text().astype(str)


def _age_bands(programme: Programme) -> npt.NDArray[np.str_]:
    """By age in whole years on the day of the programme: to-24, 25-34, ..., 55-on."""
    birth, today = programme.workers.values("birth_date"), np.array([day_number(programme.settings.as_of)])
    age = calendar_year(today) - calendar_year(birth) - (month_day(birth) > month_day(today))
    ends = [f"{low}-{high - 1}" for low, high in pairwise(AGE_BANDS)]
    names = np.array([f"to-{AGE_BANDS[0] - 1}", *ends, f"{AGE_BANDS[-1]}-on"])
    return np.where(birth == NO_DATE, "", names[np.searchsorted(AGE_BANDS, age, "right")])
