"""Strikes from a rectangle the pairs whose calendar no ledger allows, testing one by one only those in doubt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.arrays import entries_from
from engine.clauses.base import Ledger
from engine.clauses.views import Bools, Ints
from engine.problem.eligibility import Rectangle
from engine.problem.ledgers import PairLedger
from engine.problem.register import Register
from engine.problem.zones import states_of

Longs = npt.NDArray[np.int64]
_NEVER = -(2**40)


@dataclass(frozen=True)
class ListedPairs:
    """Pairs in any order, as the ledgers read them."""

    worker: Ints
    order: Ints

    def workers(self) -> Ints:
        """The worker of each pair."""
        return self.worker


@dataclass(frozen=True)
class Stays:
    """Stays that somebody could take: where, the day of their start, and how many days they last."""

    destination: Ints
    start: Ints | Longs
    days: Longs


def strike_illegal(register: Register, rectangle: Rectangle) -> Rectangle:
    """The rectangle less the pairs that are no legal calendar on their own.

    Whom every ledger surely allows the longest stay from the nearest start at each destination may take any order; only
    the others are looked at pair by pair.
    """
    ledgers = [ledger for _, ledger, _ in register.programme.in_force(Ledger)]
    if not ledgers:
        return rectangle
    everyone = _surely_legal(register, rectangle.workers, _hardest(register, rectangle.orders), ledgers)
    rows = np.flatnonzero(~everyone.all(1))
    if not len(rows):
        return rectangle
    bits = rectangle.bits.copy()
    part = replace(rectangle, workers=rectangle.workers[rows], months=rectangle.months[rows], bits=bits[rows])
    bits[rows] = _struck(register, part, ledgers)
    return replace(rectangle, bits=bits)


def _struck(register: Register, rectangle: Rectangle, ledgers: list[Ledger]) -> npt.NDArray[np.uint8]:
    """The bits of a rectangle less those of illegal pairs."""
    admitted = rectangle.admitted.copy()
    orders = rectangle.orders
    stays = Stays(
        register.destination[orders], register.starts[orders], register.ends[orders] - register.starts[orders] + 1
    )
    row, column = np.nonzero(admitted & ~_surely_legal(register, rectangle.workers, stays, ledgers))
    if len(row):
        pairs = ListedPairs(rectangle.workers[row], rectangle.orders[column])
        legal = PairLedger(register, pairs).legal(np.arange(len(row)), np.arange(len(row) + 1))
        admitted[row[~legal], column[~legal]] = False
    return np.packbits(admitted, axis=1)


def _hardest(register: Register, orders: Ints) -> Stays:
    """For each destination the nearest start and the longest stay of its orders."""
    destination, of_order = np.unique(register.destination[orders], return_inverse=True)
    start, days = np.full(len(destination), 2**40), np.zeros(len(destination), np.int64)
    np.minimum.at(start, of_order, register.starts[orders])
    np.maximum.at(days, of_order, register.ends[orders].astype(np.int64) - register.starts[orders] + 1)
    return Stays(destination, start, days)


def _surely_legal(register: Register, workers: Ints, stays: Stays, ledgers: list[Ledger]) -> Bools:
    """(worker, stay) that every ledger allows whatever else it looks at, judged by totals of the past alone."""
    days, last_end, seasons = _past_totals(register, workers)
    destination, start, length = stays.destination, stays.start[None, :], stays.days[None, :]
    past_days, last, count = days[:, destination], last_end[:, destination], seasons[:, destination]
    longest_gap = max((join.max_gap_days for _, join, _ in register.transfers), default=-1)
    apart = start - last - 1
    sure = (past_days == 0) | (apart > longest_gap)
    for ledger in ledgers:
        if ledger.zone:
            zone = states_of(register, ledger.zone)
            held = ledger.surely_holds(
                days[:, zone].sum(axis=1, keepdims=True),
                start - last_end[:, zone].max(axis=1, initial=_NEVER)[:, None] - 1,
                seasons[:, zone].sum(axis=1, keepdims=True),
                length,
            )
            sure &= held | ~zone[destination]
        else:
            sure &= ledger.surely_holds(past_days, apart, count, length)
    return np.broadcast_to(sure, (len(workers), len(destination)))


def _past_totals(register: Register, workers: Ints) -> tuple[Longs, Longs, Longs]:
    """Days present, last end and number of stays of each worker at each destination."""
    past, size = register.past, (len(workers), len(register.countries))
    begin, count = past.offsets[workers], np.diff(past.offsets)[workers]
    row = np.repeat(np.arange(len(workers)), count)
    entry = entries_from(begin, count)
    days, last, stays = np.zeros(size, np.int64), np.full(size, _NEVER), np.zeros(size, np.int64)
    there = past.destination[entry]
    np.add.at(days, (row, there), past.end[entry].astype(np.int64) - past.start[entry] + 1)
    np.maximum.at(last, (row, there), past.end[entry])
    np.add.at(stays, (row, there), 1)
    return days, last, stays
