"""The synthetic register of workers, drawn column by column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.columns import (
    DAY,
    Bools,
    Dates,
    Floats,
    Ints,
    Text,
    blank,
    dates_where,
    frame,
    joined,
    numbered,
    picked,
    whole_numbers,
    whole_where,
    width_of,
)
from scenarios.draws import weighted
from scenarios.trades import Trades, draw_own_trades

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
HOUSEHOLD_SHARES = (0.35, 0.3, 0.15, 0.12, 0.08)
Columns = dict[str, object]
ISCED_SHARES = (0.08, 0.34, 0.28, 0.22, 0.04, 0.02, 0.02)


@dataclass(frozen=True)
class Origins:
    """Where workers come from: countries with their shares, regions and native languages."""

    countries: Sequence[str]
    share: Floats
    regions: Sequence[Sequence[str]]
    native: Sequence[str]

    @property
    def all_regions(self) -> list[str]:
        """The regions of all countries, one after the other."""
        return [region for regions in self.regions for region in regions]


@dataclass(frozen=True)
class Profile:
    """What a preset chooses about its register.

    foreign: language to the shares of speaking it not at all, at A1, at A2, ...; trade_shares: of having 1,
    2, ... trades; open_from, open_to: shares of workers with no bound on that side; women: share of women;
    travelling_together: share of workers in a travel group; medical_days: how long medicals are valid from
    the run on.
    """

    as_of: np.datetime64
    foreign: Mapping[str, Sequence[float]]
    trade_shares: Sequence[float]
    women: float = 0.3
    open_from: float = 0.5
    open_to: float = 0.6
    travelling_together: float = 0.0
    refusing: float = 0.02
    medical_days: tuple[int, int] = (250, 700)


@dataclass(frozen=True)
class Register:
    """The workers as arrays, from which ties to orders are drawn, and the finished table."""

    origin: Ints
    region: Ints
    own: Ints
    household: Ints
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.origin)


def draw_register(
    rng: np.random.Generator,
    count: int,
    origins: Origins,
    trades: Trades,
    profile: Profile,
    refusable: Sequence[str],
) -> Register:
    """Draw `count` workers; a household shares a region, a travel group its trades and dates too."""
    household, place, size = _households(rng, count)
    together = _together(rng, household, place, size, profile.travelling_together)
    like = np.where(together, np.arange(count) - place, np.arange(count))
    origin = weighted(rng, origins.share, count)[np.arange(count) - place]
    region = _regions(rng, origins, origin[:count])[np.arange(count) - place]
    own = draw_own_trades(rng, trades, count, profile.trade_shares)[like]
    person = {
        "worker_id": numbered("W", range(count), width_of(count)),
        "origin_country": picked(origins.countries, origin),
        "origin_region": picked(origins.all_regions, region),
        "birth_date": _births(rng, profile.as_of, count),
        "sex": _sexes(rng, profile, count),
    }
    skills = {
        "occupations": _occupations(rng, trades, own, like),
        "skills": _skills(trades, own),
        "languages": _languages(rng, origins, profile, origin, like),
    }
    homes = {
        "household_id": numbered("H", household, width_of(count)),
        "travel_group_id": blank(numbered("G", household, width_of(count)), together),
    }
    wishes = _wishes(rng, profile, like, refusable)
    table = frame(**person, **skills, **wishes, **homes, **_papers(rng, profile, count))
    return Register(origin, region, own, household, table)


def _wishes(rng: np.random.Generator, profile: Profile, like: Ints, refusable: Sequence[str]) -> Columns:
    """Draw when workers are available, what they ask for and whom they refuse."""
    count = len(like)
    begin, until = _availability(rng, profile, count)
    refused = rng.random(count) < profile.refusing
    return {
        "available_from": begin[like],
        "available_to": until[like],
        "reservation_weekly_income": whole_where(rng.random(count) < 0.3, 10 * rng.integers(10, 36, count)),
        "refuses": picked(refusable, rng.integers(0, len(refusable), count), refused),
    }


def _papers(rng: np.random.Generator, profile: Profile, count: int) -> Columns:
    """Draw passports, medicals, schooling, and place and score in the register."""
    passport = profile.as_of + rng.integers(500, 3600, count) * DAY
    medical = profile.as_of + rng.integers(*profile.medical_days, count) * DAY
    registered = rng.integers(0, 540 * 1440, count) * np.timedelta64(1, "m")
    return {
        "passport_expires": dates_where(rng.random(count) < 0.985, passport),
        "medical_valid_until": dates_where(rng.random(count) < 0.98, medical),
        "isced": weighted(rng, np.array(ISCED_SHARES), count),
        "registered_at": profile.as_of.astype("datetime64[s]") - registered,
        "points": rng.integers(0, 101, count),
    }


def _sexes(rng: np.random.Generator, profile: Profile, count: int) -> Text:
    return picked(["F", "M", "X"], weighted(rng, np.array([profile.women, 0.995 - profile.women, 0.005]), count))


def _households(rng: np.random.Generator, count: int) -> tuple[Ints, Ints, Ints]:
    """Split the workers into households of neighbours: household, place in it from 0, and its size."""
    size = 1 + weighted(rng, np.array(HOUSEHOLD_SHARES), count)
    first = np.cumsum(size) - size
    household = np.repeat(np.arange(count), size)[:count]
    return household, np.arange(count) - first[household], np.bincount(household)[household].astype(np.int64)


def _together(rng: np.random.Generator, household: Ints, place: Ints, size: Ints, share: float) -> Bools:
    """Say who travels in a group: the first two to four members of some households of two or more."""
    in_couples = (size >= 2) & (place < 4)
    chance = share / max(float(in_couples.mean()), 1e-9) if share else 0.0
    chosen = rng.random(len(household)) < chance
    return in_couples & chosen[household]


def _regions(rng: np.random.Generator, origins: Origins, origin: Ints) -> Ints:
    counts = np.array([len(regions) for regions in origins.regions])
    first = np.cumsum(counts) - counts
    return np.asarray(first[origin] + np.floor(rng.random(len(origin)) * counts[origin]), np.int64)


def _births(rng: np.random.Generator, as_of: np.datetime64, count: int) -> Dates:
    """Draw ages between 17 and 62 years, most of them near 30."""
    years = 17 + 45 * rng.beta(1.6, 2.8, count)
    return as_of - (years * 365.25).astype(np.int64) * DAY


def _availability(rng: np.random.Generator, profile: Profile, count: int) -> tuple[Dates, Dates]:
    begin = profile.as_of + rng.integers(20, 240, count) * DAY
    until = begin + rng.integers(120, 420, count) * DAY
    return (
        dates_where(rng.random(count) >= profile.open_from, begin),
        dates_where(rng.random(count) >= profile.open_to, until),
    )


def _occupations(rng: np.random.Generator, trades: Trades, own: Ints, like: Ints) -> Text:
    """Write occupations with months of experience, each once: the first trade's is the longest practised."""
    cells = []
    for k, known in enumerate(_first_mentions(trades.occupation, own)):
        months = rng.gamma(2.0, 14.0 / (1 + k), len(own)).astype(np.int64)[like] + (3 if k == 0 else 0)
        code = picked(trades.codes, trades.occupation[np.maximum(own[:, k], 0)])
        cells.append(blank(joined([code, whole_numbers(months)], ":"), known))
    return joined(cells, ";")


def _skills(trades: Trades, own: Ints) -> Text:
    """Write the special skills of each worker's trades, each once."""
    _, label = np.unique(np.array(trades.skill), return_inverse=True)
    known = _first_mentions(label, own)
    return joined([picked(trades.skill, np.maximum(own[:, k], 0), known[k]) for k in range(own.shape[1])], ";")


def _first_mentions(value: Ints, own: Ints) -> list[Bools]:
    """Say for each of a worker's trades whether it is there and its value is none of the earlier trades'."""
    values = np.where(own >= 0, value[own], -1)
    return [(own[:, k] >= 0) & (values[:, :k] != values[:, k, None]).all(axis=1) for k in range(own.shape[1])]


def _languages(rng: np.random.Generator, origins: Origins, profile: Profile, origin: Ints, like: Ints) -> Text:
    """Write the native language at C2 and the foreign ones at the level drawn."""
    cells = [picked([f"{language}:C2" for language in origins.native], origin)]
    for language, shares in profile.foreign.items():
        level = weighted(rng, np.asarray(shares, float), len(origin))[like]
        native = np.array([language == own for own in origins.native])[origin]
        choices = [f"{language}:{name}" for name in LEVELS]
        cells.append(picked(choices, np.maximum(level - 1, 0), (level > 0) & ~native))
    return joined(cells, ";")
