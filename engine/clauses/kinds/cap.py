"""Caps, nested and dated (H-2B halves with rollover, EPS by industry, RSE, GECCO contingents, Samoa by village)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from engine.arrays import row_of_each
from engine.clauses.base import Clause, Count, Example, LimitBlock, LimitPart, Ratio, Tally
from engine.clauses.parameters import flag, one_of, optional, periods, share, whole_number, whole_numbers
from engine.clauses.slots import (
    Slots,
    busiest_days,
    day_slots,
    flags_matching,
    period_slots,
    single_slots,
    slots_from_entries,
)
from engine.clauses.views import Bools, CountedPlacements, Ints, Season
from engine.clauses.vocabulary import KEYS, period_in_words
from engine.clauses.where import ORDER_KEYS, Where
from engine.days import day_number, day_text
from engine.words import Message, message, msgid, plural

_REGISTERED = ("origin_country", "origin_region", "household_id")
_OF_ORDERS = (*ORDER_KEYS, "operator")
_PER = (*_OF_ORDERS, *_REGISTERED, "worker_class")
_TWO: tuple[dict[str, str], ...] = ({}, {})
_BOTH = ((0, 0), (1, 0))
_HALVES = [[date(2026, 1, 1), date(2026, 6, 30)], [date(2026, 7, 1), date(2026, 12, 31)]]
_AUTUMN = {"start_date": "2026-09-01", "end_date": "2026-10-31"}


@dataclass(frozen=True)
class Cap(Count):
    """In each period: placements that start in it (``starts``), on any one of its days (``present``), or distinct
    workers who start in it (``workers``) ``<= count``; ``per`` makes one such cap for each value.
    """

    kind: ClassVar = "cap"
    asks_more: ClassVar = {"count": -1, "share_of_registered": -1}
    count: int | None = optional(whole_number, called=msgid("places"))
    share_of_registered: Decimal | None = optional(share, called=msgid("part of those registered (0 to 1)"))
    basis: str = optional(one_of("starts", "present", "workers"), "starts", called=msgid("what is counted"))
    periods: tuple[tuple[date, date], ...] | None = optional(periods, called=msgid("periods"))
    counts: tuple[int, ...] | None = optional(whole_numbers, called=msgid("places in each period"))
    rollover: bool = optional(flag, False, called=msgid("places left over are added to the next period"))
    per: str | None = optional(one_of(*_PER), called=msgid("counted by itself for each"))
    examples: ClassVar = (
        Example(True, {"count": 2}, "Two of two.", _TWO, placements=_BOTH),
        Example(False, {"count": 1}, "Two of one.", _TWO, placements=_BOTH),
        Example(
            True,
            {"count": 1, "per": "origin_region"},
            "One from each region.",
            ({}, {"origin_region": "GT-13"}),
            placements=_BOTH,
        ),
        Example(
            False,
            {"share_of_registered": Decimal("0.5"), "per": "origin_region"},
            "Half of three registered is one.",
            ({}, {}, {}),
            placements=_BOTH,
        ),
        Example(
            False,
            {"count": 1, "basis": "present"},
            "Two present on one day.",
            _TWO,
            ({}, {"start_date": "2026-08-31", "end_date": "2026-10-31"}),
            placements=((0, 0), (1, 1)),
        ),
        Example(
            False,
            {"count": 1, "per": "operator"},
            "Two of one operator's farms.",
            _TWO,
            placements=_BOTH,
            employer={"operator": "Agency"},
        ),
        Example(True, {"count": 1, "per": "operator"}, "Of farms without an operator.", _TWO, placements=_BOTH),
        Example(
            True,
            {"count": 1, "basis": "workers"},
            "One worker twice is one worker.",
            orders=({}, _AUTUMN),
            placements=((0, 0), (0, 1)),
        ),
        Example(
            True,
            {"periods": _HALVES, "counts": [2, 0], "rollover": True},
            "A place left in the first half rolls over.",
            _TWO,
            ({}, _AUTUMN),
            placements=((0, 0), (1, 1)),
        ),
        Example(
            False,
            {"periods": _HALVES, "counts": [2, 0]},
            "Without rollover it is lost.",
            _TWO,
            ({}, _AUTUMN),
            placements=((0, 0), (1, 1)),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.share_of_registered is not None:
            yield self._of_the_registered(self.share_of_registered)
        elif self.counts is not None:
            yield self._by_period()
        else:
            yield self._in_all(self.count or 0)
        if self.periods is not None and self.counts is None:
            spans = tuple(period_in_words(first, last) for first, last in self.periods)
            yield message("This holds in each of these periods: {periods:each}.", periods=spans)
        if self.rollover:
            yield message("Places left over in a period are added to the next.")
        if self.per is not None:
            yield message("Each {key} is counted by itself.", key=KEYS[self.per])

    def _in_all(self, count: int) -> Message:
        if self.basis == "present":
            return plural(
                "At most {n:,} person present on any day.", "At most {n:,} people present on any day.", n=count
            )
        if self.basis == "workers":
            return plural(
                "At most {n:,} worker, counted once however often placed.",
                "At most {n:,} workers, each counted once however often placed.",
                n=count,
            )
        return plural("At most {n:,} placement.", "At most {n:,} placements.", n=count)

    def _of_the_registered(self, share: Decimal) -> Message:
        if self.basis == "present":
            return message("People present on any day: at most {share:share} of those registered.", share=share)
        if self.basis == "workers":
            return message("Workers placed, each counted once: at most {share:share} of those registered.", share=share)
        return message("Placements: at most {share:share} of the workers registered.", share=share)

    def _by_period(self) -> Message:
        limits = tuple(
            message("at most {count:,} from {period}", count=count, period=period_in_words(first, last))
            for count, (first, last) in zip(self.counts or (), self.periods or (), strict=True)
        )
        if self.basis == "present":
            return message("People present on any day: {limits:each}.", limits=limits)
        if self.basis == "workers":
            return message("Workers placed, each counted once: {limits:each}.", limits=limits)
        return message("Placements, by the day they start: {limits:each}.", limits=limits)

    def places(self) -> int | None:
        """See `Count`."""
        return self.count if self.per is None else None

    def takes_more(self) -> bool:
        """See `Count`."""
        return self.count is not None

    def follows_from(self, other: Self) -> bool:
        """See `Rule`: a count of all holds each period, each value and each coarser way of counting."""
        if self == other or other.count is None or other.rollover:
            return self == other
        same_days = other.periods is None or (
            other.periods == self.periods and (self.basis != "present" or other.basis == "present")
        )
        finer = other.per in (None, self.per) and (other.basis in ("starts", self.basis))
        own = (self.count,) if self.count is not None else self.counts or (-1,)
        return finer and same_days and min(own) >= other.count

    def problems(self, where: Where) -> list[tuple[str, str]]:
        """See `Rule`."""
        found: list[tuple[str, str]] = []
        given = [n for n in ("count", "share_of_registered", "counts") if getattr(self, n) is not None]
        if len(given) != 1:
            found.append(("count", message("exactly one of count, counts and share_of_registered")))
        if self.counts is not None and (self.periods is None or len(self.counts) != len(self.periods)):
            found.append(("counts", message("one entry for each of periods")))
        if self.rollover and self.basis != "starts":
            found.append(("rollover", message('basis = "starts" beside it')))
        if self.rollover and self.periods is None:
            found.append(("rollover", message("periods beside it")))
        if self.share_of_registered is not None and self.per not in _REGISTERED:
            found.append(("per", message("one of {names:or} beside share_of_registered", names=_REGISTERED)))
        return found

    def counted_in(self) -> tuple[tuple[date, date], ...]:
        """See `Count`."""
        return self.periods or ()

    def limits(self, season: Season, where: Where, siblings: Mapping[str, Clause]) -> list[LimitBlock]:
        """See `Count`."""
        members = season.orders_matching(where)
        keyed, worker_key, key_names = self._worker_side(season, where)
        slots, slot_names, slot_period = self._order_side(season, members)
        part = LimitPart(worker_key, keyed, *slots, returning_years=where.returning_years)
        counts = self._counts(len(self.periods or (0,)), season, where, key_names)
        capacity = counts[:, slot_period] if len(slot_period) else np.zeros((len(key_names), 0))
        return [LimitBlock(capacity.ravel(), key_names, slot_names, (part,), self.basis == "workers")]

    def _worker_side(self, season: Season, where: Where) -> tuple[Ints, Ints, tuple[str, ...]]:
        """Table (row of worker_key, flags) to key, the worker_key itself, and the names of the keys."""
        matching = season.workers_matching(where)
        if self.per in ("origin_country", "origin_region", "household_id"):
            labels, names = season.worker_labels(self.per)
            used = np.unique(labels[matching & (labels >= 0)])
            codes = np.full(len(labels), -1, np.int32)
            known = np.flatnonzero(matching & (labels >= 0))
            codes[known] = np.searchsorted(used, labels[known])
            key_names = tuple(f"{self.per}={names[code]}" for code in used)
        else:
            codes, key_names = np.zeros(len(matching), np.int32), ("",)
        worker_key = np.where(matching & (codes >= 0), codes, len(key_names)).astype(np.int32)
        rows = np.append(np.arange(len(key_names)), -1).astype(np.int32)
        allowed = flags_matching(where)
        if self.per == "worker_class":
            key_names = ("worker_class=new", "worker_class=returning")
            by_class = np.array([0, 1, 0, 1], np.int32)
            return np.where((rows >= 0)[:, None] & allowed, by_class, -1).astype(np.int32), worker_key, key_names
        return np.where(allowed, rows[:, None], -1).astype(np.int32), worker_key, key_names

    def _order_side(self, season: Season, members: Bools) -> tuple[Slots, tuple[str, ...], Ints]:
        """The slots of each order, their names, and the period of each slot."""
        if self.per not in _OF_ORDERS:
            return self._slots(season, members, "")
        codes, names = season.order_labels(self.per)
        slot_names: list[str] = []
        orders, slots, slot_period = [], [], []
        for code in np.unique(codes[members & (codes >= 0)]):
            (offsets, own), own_names, own_period = self._slots(
                season, members & (codes == code), f"{self.per}={names[code]}"
            )
            orders.append(row_of_each(np.diff(offsets)))
            slots.append(own + len(slot_names))
            slot_names.extend(own_names)
            slot_period.append(own_period)
        empty = [np.empty(0, np.int32)]
        joined = slots_from_entries(np.concatenate(orders or empty), np.concatenate(slots or empty), len(members))
        return joined, tuple(slot_names), np.concatenate(slot_period or empty)

    def _slots(self, season: Season, members: Bools, prefix: str) -> tuple[Slots, tuple[str, ...], Ints]:
        spans = [season.horizon] if self.periods is None else [(day_number(a), day_number(b)) for a, b in self.periods]
        if self.basis != "present":
            named = tuple(_named(prefix, "" if self.periods is None else _span(a, b)) for a, b in spans)
            periods_of_slots = np.arange(len(spans), dtype=np.int32)
            if self.periods is None:
                return single_slots(members), named, periods_of_slots
            return period_slots(season.starts, members, spans, self.rollover), named, periods_of_slots
        slot_names: list[str] = []
        orders, slots, slot_period = [], [], []
        for period, (first, last) in enumerate(spans):
            days = busiest_days(season.starts, season.ends, members, first, last)
            own_orders, own_slots = day_slots(season.starts, season.ends, members, days, len(slot_names))
            orders.append(own_orders)
            slots.append(own_slots)
            slot_names.extend(_named(prefix, day_text(day)) for day in days)
            slot_period.extend([period] * len(days))
        joined = slots_from_entries(np.concatenate(orders), np.concatenate(slots), len(members))
        return joined, tuple(slot_names), np.array(slot_period, np.int32)

    def _counts(self, period_count: int, season: Season, where: Where, key_names: Sequence[str]) -> Any:
        """The capacity of each key in each period, as an array (keys, periods)."""
        if self.share_of_registered is not None:
            assert self.per is not None
            ratio = self.share_of_registered.as_integer_ratio()
            labels, _ = season.worker_labels(self.per)
            used = np.unique(labels[season.workers_matching(where) & (labels >= 0)])
            floor = season.registered(self.per)[used] * ratio[0] // ratio[1]
            counts = np.repeat(floor[:, None], period_count, 1)
        else:
            row = self.counts if self.counts is not None else (self.count or 0,) * period_count
            counts = np.tile(np.array(row, np.float64), (len(key_names), 1))
        return np.cumsum(counts, 1, dtype=np.float64) if self.rollover else counts.astype(np.float64)

    def tallies(
        self, placements: CountedPlacements, where: Where, siblings: Mapping[str, Clause]
    ) -> list[Tally | Ratio]:
        """See `Count`."""
        counted = placements.matches(where)
        if self.per is None:
            values, group = ("",), np.where(counted, 0, -1)
        else:
            texts = placements.key(self.per).copy()
            texts[~counted | (texts == "")] = None
            group, names = pd.factorize(texts, sort=True)
            values = tuple(names.tolist())
        period_count = len(self.periods or (0,))
        if self.share_of_registered is not None:
            assert self.per is not None
            registered = placements.registered(self.per, values)
            one = [int(self.share_of_registered * int(n)) for n in registered]
            capacity = np.array([[n] * period_count for n in one], np.int64).reshape(len(values), period_count)
        else:
            row = list(self.counts) if self.counts is not None else [self.count or 0] * period_count
            capacity = np.array([row] * len(values), np.int64).reshape(len(values), period_count)
        named = tuple(f"{self.per}={value}" if self.per else "" for value in values)
        return [Tally(group.astype(np.int64), named, capacity, self.periods, self.basis, self.rollover)]


def _named(prefix: str, name: str) -> str:
    return f"{prefix} {name}".strip()


def _span(first: int, last: int) -> str:
    return f"{day_text(first)}..{day_text(last)}"
