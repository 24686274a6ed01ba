"""Futures that may follow a week, drawn by what an office has seen so far: who hasn't registered yet, what isn't filed.

Whole other seasons would not do: of those who haven't registered by a week, more come after it than a season that is
drawn from nothing says, since it has many of them come before. Here all that is drawn is drawn given what was seen.
Each party's draws, and each order's, are spread evenly over the futures (McKay, Beckman and Conover, 1979, Latin
hypercube sampling), so that a few futures are as good as many independent ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from engine.planning.season.drawn_season import (
    ALWAYS,
    MOST,
    DrawnSeason,
    forecast_of,
    latest_weeks,
    odds_of_filing,
    odds_of_giving_up,
)
from engine.planning.season.replay import Desk, Week

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def futures_ahead(desk: Desk, week: Week, count: int) -> list[DrawnSeason]:
    """So many futures of a season from a week on; who has registered and what is filed is in each as it was seen.

    Nobody is debarred there and nobody asks to leave. Who gives up after a placement is drawn too, of those who wait
    and of those who are placed, given that they haven't told so yet.
    """
    rng = np.random.default_rng([week.number, count, 2027])
    parties, orders = len(week.seen), len(week.filed)
    arriving, giving_up, missing = (_spread(rng, count, parties) for _ in range(3))
    filing, asking, scale = _spread(rng, count, orders), _spread(rng, count, orders), _spread(rng, count, 1)[:, 0]
    party, known = desk.problem.offers.party_of_each(), desk.assumptions
    odds, absent = odds_of_giving_up(desk.problem, known), known.number("season.no_show")
    never, calm = np.full(parties, ALWAYS), np.full(orders, ALWAYS)
    silent, told = _told(desk, week, count, rng)
    odds = odds * silent[party] / (1 - odds * (1 - silent[party]))
    found = []
    for number in range(count):
        comes, arrives, waits = _people(desk, week, arriving[number], rng)
        places = _places(desk, week, asking[number], scale[number])
        filed = _filed(desk, week, filing[number])
        drops, nobody = giving_up[number][party] < odds, missing[number][party] < absent
        found.append(DrawnSeason(comes, arrives, waits, told[number], filed, places, drops, nobody, never, calm))
    return found


def _told(desk: Desk, week: Week, count: int, rng: np.random.Generator) -> tuple[Floats, Longs]:
    """(share of the weeks in which who gives up tells it that is still ahead, by party; how many weeks after the
    placement each would tell it, later than now, by future and party).

    Of those who haven't told by now, ``odds s / (1 - odds (1 - s))`` will, where ``s`` is that share.
    """
    low, high = desk.assumptions.span("season.drop_out_told_weeks")
    since = np.where(week.placed < 0, low - 1, np.maximum(week.number - week.placed, low - 1))
    left = np.maximum(high - since, 0)
    told = since + 1 + np.floor(_spread(rng, count, len(since)) * np.maximum(left, 1)).astype(np.int64)
    return left / (high - low + 1), told


def _spread(rng: np.random.Generator, count: int, size: int) -> Floats:
    """Numbers from 0 to 1, of each column one in each of ``count`` equal parts; shape (count, size)."""
    return np.asarray((np.argsort(rng.random((count, size)), axis=0) + rng.random((count, size))) / count)


def _people(desk: Desk, week: Week, drawn: Floats, rng: np.random.Generator) -> tuple[Bools, Longs, Longs]:
    """(who comes or came, the week in which, until which week each waits), by party.

    Of those not seen by week t, ``come a / (1 - come (1 - a))`` come later, where ``a`` is the share of their weeks
    that is left; each of these weeks is as likely.
    """
    latest, come = latest_weeks(desk.problem, desk.weeks), desk.assumptions.number("season.come")
    left = np.maximum(latest - week.number, 0)
    share = left / (latest + 1)
    odds = come * share / np.maximum(1 - come * (1 - share), 1e-12)
    within = np.minimum(drawn / np.maximum(odds, 1e-12), 1 - 1e-9)
    arrives = week.number + 1 + np.floor(within * left).astype(np.int64)
    low, high = desk.assumptions.span("season.patience_weeks")
    waits = arrives + rng.integers(low, high + 1, len(latest))
    comes = week.seen | (drawn < odds)
    return comes, np.where(week.seen, week.arrived, arrives), np.where(week.seen, week.until, waits)


def _filed(desk: Desk, week: Week, drawn: Floats) -> Longs:
    """The week in which each order is or will be filed, by the odds of those weeks that are left."""
    weeks, odds = odds_of_filing(desk.weeks, desk.assumptions)
    left = odds * (weeks > week.number)
    left[:, 0] += left.sum(axis=1) <= 0
    steps = np.cumsum(left, axis=1)
    chosen = (drawn[:, None] * steps[:, -1:] >= steps).sum(axis=1)
    ahead = weeks[np.arange(len(weeks)), np.minimum(chosen, weeks.shape[1] - 1)]
    return np.where(week.filed, week.filed_at, np.maximum(ahead, week.number + 1))


def _places(desk: Desk, week: Week, drawn: Floats, drawn_scale: float) -> Longs:
    """The places of each order: as asked where it is filed, else the forecast times a scale that those filed tell.

    Demand as times the forecast is known beforehand to within ``demand_doubt``, and each filed order tells it to within
    ``demand_spread``; by normal distributions the precisions add up.
    """
    own = week.problem.limits.capacity[: len(week.filed)]
    forecast = forecast_of(desk.problem).astype(np.float64)
    spread, doubt = (max(desk.assumptions.number(f"season.{name}"), 1e-3) for name in ("demand_spread", "demand_doubt"))
    told = week.filed & (forecast > 0)
    precision = doubt**-2 + told.sum() * spread**-2
    mean = (doubt**-2 + (own[told] / forecast[told]).sum() * spread**-2) / precision
    scale = mean + ndtri(drawn_scale) / precision**0.5
    ahead = forecast * np.clip(scale * (1 + spread * ndtri(drawn)), 0, MOST)
    return np.where(week.filed, own, np.rint(ahead)).astype(np.int64)
