"""The synthetic demand: employers, their sites, and their job orders, drawn column by column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from scenarios.columns import (
    DAY,
    Bools,
    Dates,
    Floats,
    Ints,
    dates_where,
    frame,
    joined,
    numbered,
    picked,
    whole_where,
    width_of,
)
from scenarios.draws import from_campaigns, from_quantiles, headcounts, seasons, weighted
from scenarios.trades import Trades

ORDERS_PER_EMPLOYER = 3


@dataclass(frozen=True)
class Scheme:
    """The demand of one programme at one destination.

    wage: usual hourly wage of each region; season, headcount: the profile and the quantiles drawn from, or,
    for headcount, mean and deviation of its logarithm; sectors: prefixes of the sectors it is open to;
    least_crew: a batch smaller than this is not asked for; most: no order asks for more; speaking: share of
    orders that ask for the language, at A1 or A2; two_skills: share of orders that ask for two skills;
    last_day: no order ends later, where the scheme has such a day; campaigns: of the season, instead of a
    profile.
    """

    country: str
    regions: Sequence[str]
    region_share: Floats
    wage: Floats
    language: str
    orders: int
    positions: float
    season: str = "H-2A"
    headcount: str | tuple[float, float] = "H-2A"
    sectors: tuple[str, ...] = ("",)
    least_crew: int = 1
    most: int = 10_000
    speaking: float = 0.4
    two_skills: float = 0.0
    last_day: np.datetime64 | None = None
    campaigns: pd.DataFrame | None = None


@dataclass(frozen=True)
class Calendar:
    """The days that bound the demand: the run, 1 January of the season, the last day of any order."""

    as_of: np.datetime64
    year_start: np.datetime64
    last_end: np.datetime64


@dataclass(frozen=True)
class _Columns:
    """A scheme's orders as arrays, without ids; `employer` and `region` count through all schemes."""

    trade: Ints
    scheme: Ints
    employer: Ints
    region: Ints
    start: Dates
    end: Dates
    headcount: Ints
    least_crew: Ints
    wage: Floats
    hours: Floats
    asked_level: Ints
    second_skill: Bools


@dataclass(frozen=True)
class Demand:
    """The orders as arrays, and the finished tables; `destination` numbers `countries`."""

    countries: Sequence[str]
    trade: Ints
    destination: Ints
    employer: Ints
    start: Dates
    end: Dates
    headcount: Ints
    orders: pd.DataFrame
    employers: pd.DataFrame
    sites: pd.DataFrame

    def __len__(self) -> int:
        return len(self.trade)


def draw_demand(
    rng: np.random.Generator,
    schemes: Sequence[Scheme],
    trades: Trades,
    calendar: Calendar,
    bed_range: tuple[float, float] = (0.6, 1.2),
) -> Demand:
    """Draw the orders of all schemes; an employer has one site, its beds a factor times its busiest day."""
    schemes = [scheme for scheme in schemes if scheme.orders]
    drawn, firms, regions = [], 0, 0
    for number, scheme in enumerate(schemes):
        drawn.append(_draw(rng, scheme, number, trades, calendar, firms, regions))
        firms += _firms(scheme)
        regions += len(scheme.regions)
    columns = _Columns(
        **{field.name: np.concatenate([getattr(part, field.name) for part in drawn]) for field in fields(_Columns)}
    )
    countries = sorted({scheme.country for scheme in schemes})
    place = np.array([countries.index(scheme.country) for scheme in schemes])
    employers, sites = _employers(rng, schemes, columns, calendar, firms, bed_range)
    orders = _orders(rng, schemes, trades, calendar, columns)
    return Demand(
        countries, columns.trade, place[columns.scheme], columns.employer, columns.start, columns.end,
        columns.headcount, orders, employers, sites,
    )  # fmt: skip


def _firms(scheme: Scheme) -> int:
    return max(1, scheme.orders // ORDERS_PER_EMPLOYER)


def _draw(
    rng: np.random.Generator,
    scheme: Scheme,
    number: int,
    trades: Trades,
    calendar: Calendar,
    firms: int,
    regions: int,
) -> _Columns:
    """Draw one scheme's orders; its employers and regions are numbered from `firms` and `regions`."""
    count, here = scheme.orders, _firms(scheme)
    employer = np.concatenate([np.arange(here), rng.integers(0, here, count - here)])
    region = weighted(rng, np.asarray(scheme.region_share, float), here)[employer]
    start, end = _dates(rng, scheme, calendar)
    # Three orders in a hundred pay too little, as a floor should have something to bar.
    paid = np.clip(from_quantiles(rng, "H-2A", "wage_over_modal", count), 1, 1.6)
    paid = np.where(rng.random(count) < 0.03, 0.97, paid)
    hours = np.rint(np.clip(from_quantiles(rng, _visa(scheme), "weekly_hours", count), 20, 70))
    headcount = _headcount(rng, scheme)
    return _Columns(
        trade=weighted(rng, open_weights(trades, scheme.sectors), count),
        scheme=np.full(count, number),
        employer=firms + employer,
        region=regions + region,
        start=start,
        end=end,
        headcount=headcount,
        least_crew=np.where(headcount >= scheme.least_crew, scheme.least_crew, 1),
        wage=np.round(scheme.wage[region] * paid, 2),
        hours=hours,
        asked_level=np.where(rng.random(count) < scheme.speaking, rng.integers(0, 2, count), -1),
        second_skill=rng.random(count) < scheme.two_skills,
    )


def open_weights(trades: Trades, sectors: tuple[str, ...]) -> Floats:
    """Give the weights of the trades of those sectors (prefixes); the others weigh nothing."""
    is_open = np.array([sector.startswith(sectors) for sector in trades.sectors])[trades.occupation]
    return trades.weight * is_open if is_open.any() else trades.weight


def _visa(scheme: Scheme) -> str:
    return scheme.season if scheme.season in ("H-2A", "H-2B") else "H-2A"


def _dates(rng: np.random.Generator, scheme: Scheme, calendar: Calendar) -> tuple[Dates, Dates]:
    if scheme.campaigns is None:
        week, weeks = seasons(rng, scheme.season, scheme.orders)
    else:
        week, weeks = from_campaigns(rng, scheme.campaigns, scheme.orders)
    start = calendar.year_start + (7 * week + rng.integers(0, 7, scheme.orders)) * DAY
    last = calendar.last_end if scheme.last_day is None else scheme.last_day
    start = np.minimum(start, last - 27 * DAY)
    return start, np.minimum(start + (7 * weeks - 1) * DAY, last)


def _headcount(rng: np.random.Generator, scheme: Scheme) -> Ints:
    if isinstance(scheme.headcount, str):
        drawn = from_quantiles(rng, scheme.headcount, "headcount", scheme.orders)
    else:
        drawn = rng.lognormal(*scheme.headcount, scheme.orders)
    return headcounts(drawn, scheme.positions, scheme.least_crew, scheme.most)


def _orders(
    rng: np.random.Generator, schemes: Sequence[Scheme], trades: Trades, calendar: Calendar, columns: _Columns
) -> pd.DataFrame:
    count = len(columns.trade)
    width = width_of(count)
    other = trades.related(rng, columns.trade)
    both = columns.second_skill & (other != columns.trade)
    spoken = [f"{scheme.language}:{level}" for scheme in schemes for level in ("A1", "A2")]
    level = columns.asked_level
    return frame(
        order_id=numbered("O", range(count), width),
        employer_id=numbered("E", columns.employer, width),
        site_id=numbered("S", columns.employer, width),
        destination_country=picked([scheme.country for scheme in schemes], columns.scheme),
        destination_region=picked(_all(schemes, lambda scheme: scheme.regions), columns.region),
        sector=picked(trades.sectors, trades.occupation[columns.trade]),
        isco08=picked(trades.codes, trades.occupation[columns.trade]),
        required_skills=joined([picked(trades.skill, columns.trade), picked(trades.skill, other, both)], ";"),
        desired_skills=picked(trades.skill, other, (other != columns.trade) & ~both),
        languages=picked(spoken, 2 * columns.scheme + np.maximum(level, 0), level >= 0),
        min_experience_months=np.rint(from_quantiles(rng, "H-2A", "experience_months", count)),
        start_date=columns.start,
        end_date=columns.end,
        headcount=columns.headcount,
        min_crew=whole_where(columns.least_crew > 1, columns.least_crew),
        weekly_hours=columns.hours,
        guaranteed_weekly_hours=np.ceil(np.where(rng.random(count) < 0.98, 0.75, 0.6) * columns.hours),
        hourly_wage=columns.wage,
        weekly_deductions=5.0 * rng.integers(0, 9, count),
        worker_cost=np.where(rng.random(count) < 0.97, 0.0, 120.0),
        labour_market_test_until=dates_where(
            rng.random(count) < 0.99, columns.start + rng.integers(0, 90, count) * DAY
        ),
        priority=rng.choice([1.0, 1.0, 1.0, 1.25], count),
        filed_at=calendar.as_of.astype("datetime64[s]") - rng.integers(24, 180 * 24, count) * np.timedelta64(1, "h"),
    )


def _all(schemes: Sequence[Scheme], part: Callable[[Scheme], Sequence[Any]]) -> list[Any]:
    return [value for scheme in schemes for value in part(scheme)]


def _employers(
    rng: np.random.Generator, schemes: Sequence[Scheme], columns: _Columns, calendar: Calendar, firms: int,
    bed_range: tuple[float, float],
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    width = width_of(len(columns.trade))
    scheme, region = np.zeros(firms, np.int64), np.zeros(firms, np.int64)
    scheme[columns.employer], region[columns.employer] = columns.scheme, columns.region
    debarred = rng.random(firms) < 0.005
    year_start, last_end = np.full(firms, calendar.year_start), np.full(firms, calendar.last_end)
    employers = frame(
        employer_id=numbered("E", range(firms), width),
        name=numbered("Employer ", range(1, firms + 1)),
        country=picked([scheme.country for scheme in schemes], scheme),
        accredited_until=last_end + np.where(rng.random(firms) < 0.95, 365, rng.integers(-300, 0, firms)) * DAY,
        debarred_from=dates_where(debarred, year_start - 200 * DAY),
        debarred_until=dates_where(debarred, year_start + 400 * DAY),
    )
    busiest = busiest_day(columns.employer, columns.start, columns.end, columns.headcount, firms)
    sites = frame(
        site_id=numbered("S", range(firms), width),
        employer_id=numbered("E", range(firms), width),
        region=picked(_all(schemes, lambda scheme: scheme.regions), region),
        beds=np.ceil(busiest * rng.uniform(*bed_range, firms)).astype(np.int64),
        inspected_until=np.where(rng.random(firms) < 0.98, last_end, year_start + 150 * DAY),
    )
    return employers, sites


def busiest_day(place: Ints, start: Dates, end: Dates, headcount: Ints, places: int) -> Ints:
    """Compute for each place the most positions that are open there on one day."""
    day = np.concatenate([start, end + DAY]).astype("datetime64[D]").astype(np.int64)
    where, change = np.concatenate([place, place]), np.concatenate([headcount, -headcount])
    # Departures sort before arrivals of the same day: a bed is free on the day after the last night.
    order = np.lexsort((change, day, where))
    running = np.cumsum(change[order])
    most = np.zeros(places, np.int64)
    np.maximum.at(most, where[order], running)
    return most
