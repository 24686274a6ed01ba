"""Random parameters for every clause kind of the programme format, tight enough to bind in a small programme.

Each function draws one clause without its id. A placement that is generous in every respect (`anchor` in the
adversarial preset) passes every variant, so that a commitment to it can always be kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

import numpy as np

Clause = dict[str, Any]
Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Setting:
    """What a variant may name: the season's year, and the regions, sites and employers at the destination.

    `busy_region` is the region of the anchor's site, `employers` and `sites` leave the anchor's out.
    """

    year: int
    origin_regions: Sequence[str]
    busy_region: str
    other_region: str
    employers: Sequence[str]
    sites: Sequence[str]


def pick(rng: np.random.Generator, choices: Sequence[Choice]) -> Choice:
    """Draw one of the choices."""
    return choices[int(rng.integers(len(choices)))]


def _drawn(**options: Sequence[Any]) -> Callable[[np.random.Generator, Setting], Clause]:
    """Make a variant that draws each parameter apart; an option that is None leaves the parameter out."""

    def draw(rng: np.random.Generator, _setting: Setting) -> Clause:
        chosen = {name: pick(rng, values) for name, values in options.items()}
        return {name: value for name, value in chosen.items() if value is not None}

    return draw


def _season_window(rng: np.random.Generator, _setting: Setting) -> Clause:
    bounds = pick(rng, [("01-01", "12-15"), ("02-28", "11-30"), ("03-01", "02-29"), ("11-15", "10-31")])
    strict = {"from": "10-01", "to": "02-29", "where": {"isco08": ["9"]}}
    return strict if rng.random() < 0.25 else {"from": bounds[0], "to": bounds[1]}


def _worker_class(rng: np.random.Generator, setting: Setting) -> Clause:
    if rng.random() < 0.3:
        return {"allow": ["new"], "where": {"destination_region": [setting.other_region]}}
    clause: Clause = {"allow": ["returning"], "where": {"isco08": ["9"]}}
    return clause | pick(rng, [{}, {"returning_years": 1}, {"returning_years": 2}])


def _prior_exit(rng: np.random.Generator, _setting: Setting) -> Clause:
    bar = pick(rng, [["overstay"], ["overstay", "early_return"], ["early_return", "transferred"]])
    return {"bar": bar, "years": pick(rng, [1, 2, 3])}


def _documents(rng: np.random.Generator, _setting: Setting) -> Clause:
    return pick(rng, [{"passport_days_beyond": 0}, {"passport_days_beyond": 180, "medical": True}, {"medical": True}])


def _guarantee(rng: np.random.Generator, _setting: Setting) -> Clause:
    weekly = {"min_weekly_hours": pick(rng, [30, 35])} | pick(rng, [{}, {"min_total_hours": 240}])
    return pick(rng, [weekly, weekly, {"min_share": 0.75}, {"min_hours": pick(rng, [120, 130]), "window_weeks": 4}])


def _deductions(rng: np.random.Generator, _setting: Setting) -> Clause:
    return pick(
        rng, [{"max_share": 0.05}, {"max_share": 0.1}, {"max_weekly": 25}, {"max_share": 0.1, "max_weekly": 30}]
    )


GATES: Mapping[str, Callable[[np.random.Generator, Setting], Clause]] = {
    "age": _drawn(min=[18, 20, 21], max=[None, 40, 55]),
    "experience": _drawn(min_months=[3, 6, 12]),
    "language": _drawn(language=["es", "en"], level=["A1", "A2", "B1"]),
    "contract": _drawn(min_days=[30, 45], max_days=[None, 100, 180]),
    "season_window": _season_window,
    "wage_floor": _drawn(hourly=[9.5, 11, 12.25], from_season=[None, None, 2, 3]),
    "guarantee": _guarantee,
    "worker_cost": _drawn(max=[0, 100]),
    "net_income": _drawn(min_weekly=[350, 400]),
    "labour_market_test": _drawn(),
    "housing": _drawn(),
    "accreditation": _drawn(),
    "deductions": _deductions,
    "education": _drawn(min=[None, 1], max=[3, 4]),
    "documents": _documents,
    "lead_time": _drawn(days=[None, 45, 60]),
    "prior_exit": _prior_exit,
    "worker_class": _worker_class,
}

LEDGERS: Mapping[str, Callable[[np.random.Generator, Setting], Clause]] = {
    "stay_window": _drawn(max_days=[90, 120, 150], window_days=[180, 270, 365], zone=[None, None, ["CA", "ES", "US"]]),
    "total_stay": _drawn(max_days=[100, 150, 200], reset_days=[30, 60]),
    "cool_off": _drawn(min_days=[10, 30, 60]),
    "transfer": _drawn(max_gap_days=[5, 14, 30], max_transfers=[1, 2]),
    "max_seasons": _drawn(count=[1, 2], years=[1, 2, 3]),
}


def _quota(rng: np.random.Generator, _setting: Setting) -> Clause:
    return {"count": pick(rng, [1, 2, 3, 4])}


def _halves(rng: np.random.Generator, setting: Setting) -> Clause:
    year = setting.year
    first, second = date(year, 6, 30), date(year, 7, 1)
    periods = [[date(year, 1, 1), first], [second, date(year, 12, 31)]]
    return {
        "periods": periods,
        "counts": [pick(rng, [0, 1, 2]), pick(rng, [1, 2, 3])],
        "rollover": rng.random() < 0.6,
    }


def _quarters(rng: np.random.Generator, setting: Setting) -> Clause:
    starts = [date(setting.year, month, 1) for month in (2, 5, 8)]
    periods = [[start, start + timedelta(days=pick(rng, [59, 80]))] for start in starts]
    return {
        "periods": periods,
        "count": pick(rng, [1, 2]),
        "basis": pick(rng, ["starts", "present", "workers"]),
    }


def _present(rng: np.random.Generator, _setting: Setting) -> Clause:
    return {"basis": "present", "count": pick(rng, [1, 2, 3])}


def _per_worker_share(rng: np.random.Generator, _setting: Setting) -> Clause:
    clause = {"basis": pick(rng, ["workers", "starts"]), "per": "origin_region"}
    return clause | {"share_of_registered": pick(rng, [0.29, 0.3, 0.5])}


def _per_value(rng: np.random.Generator, _setting: Setting) -> Clause:
    per = pick(
        rng,
        [
            "employer_id",
            "operator",
            "site_id",
            "isco08",
            "sector",
            "destination_region",
            "worker_class",
            "household_id",
        ],
    )
    return {"per": per, "count": pick(rng, [1, 2, 3]), "basis": pick(rng, ["starts", "workers"])}


CAPS: Sequence[Callable[[np.random.Generator, Setting], Clause]] = (
    _quota,
    _halves,
    _quarters,
    _present,
    _per_worker_share,
    _per_value,
)


def share(rng: np.random.Generator, setting: Setting) -> Clause:
    """Draw a share clause: of women, of new workers, of labourers, of one region."""
    return pick(
        rng,
        [
            {"where": {"sex": ["F"]}, "min_share": pick(rng, [0.25, 0.4])},
            {"where": {"sex": ["F"]}, "of": {"isco08": ["9"]}, "min_share": 0.3, "max_share": 0.8},
            {"where": {"sex": ["M"]}, "max_share": pick(rng, [0.5, 0.6])},
            {"where": {"isco08": ["9"]}, "max_share": 0.5},
            {"where": {"worker_class": ["returning"]}, "of": {"isco08": ["9"]}, "min_share": 0.4},
            {"where": {"destination_region": [setting.other_region]}, "max_share": 0.5},
        ],
    )


def reserve(rng: np.random.Generator, places: int, as_of: date) -> Clause:
    """Draw a set-aside of at most `places` places, a third of them already released."""
    release = as_of + timedelta(days=pick(rng, [-18, 60, 120]))
    where = pick(rng, [{"worker_class": ["returning"]}, {"sex": ["F"]}, {"isco08": ["9"]}, {"recalled": True}])
    return {"count": pick(rng, range(1, places + 1)), "where": where, "release_on": release}


def narrowing(rng: np.random.Generator, setting: Setting) -> Clause:
    """Draw a `where` for a gate or a ledger clause."""
    year = setting.year
    return pick(
        rng,
        [
            {"isco08": ["9"]},
            {"isco08": ["61", "9211"]},
            {"sector": ["A"]},
            {"sector": ["I55"], "destination_region": [setting.busy_region, setting.other_region]},
            {"destination_region": [setting.other_region]},
            {"origin_region": [pick(rng, setting.origin_regions)]},
            {"worker_class": ["new"]},
            {"worker_class": ["returning"], "returning_years": pick(rng, [1, 2])},
            {"recalled": False},
            {"employer_id": [pick(rng, setting.employers)]},
            {"site_id": [pick(rng, setting.sites)]},
            {"start_between": [date(year, 2, 28), date(year, 7, 31)]},
        ],
    )
