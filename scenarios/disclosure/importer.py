"""From a disclosure workbook to a programme: real orders, illustrative agreements, a synthetic register.

Most of the orders ask for one occupation (ISCO-08 9211, crop farm labourers) and no skill, as they do in
the source: a worker is then admitted to hundreds or thousands of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.errors import CallError, Fault, InputError
from engine.words import message
from scenarios.calibration import table
from scenarios.columns import Ints, Text, dates_where, frame, no_text, numbered, text, width_of
from scenarios.corridors import corridor_table
from scenarios.demand import Demand, busiest_day
from scenarios.disclosure.rows import read_orders
from scenarios.disclosure.visa import Visa
from scenarios.preset import Draft
from scenarios.register import Origins, Profile, Register, draw_register
from scenarios.ties import Chooser, draw_past_stays, draw_preferences, draw_recalls
from scenarios.trades import Trades, draw_trades_of

# The run is made 60 days before the season; one order in 200 starts earlier than what counts as its start.
RUN_BEFORE_DAYS = 60
EARLY_SHARE = 0.005
GUARANTEED_SHARE = 0.75
ENGLISH = (0.7, 0.15, 0.1, 0.04, 0.01)
TRADES = 60


def only_file(source: str, files: Sequence[Path]) -> Path:
    """The one workbook that a source takes. Raises `CallError` for more."""
    if len(files) != 1:
        raise CallError(
            message("The source {source} takes one workbook, not {count} files.", source=source, count=len(files)),
            message("Import one fiscal year at a time."),
        )
    return files[0]


def import_workbook(visa: Visa, file: Path, workers: int, seed: int) -> tuple[Draft, pd.DataFrame]:
    """Make a programme of the certified orders of a visa's workbook, with a synthetic register of `workers` workers.

    Returns the draft and the refused rows: row (in the sheet), case_number, column, value, reason. Raises
    `CallError` where the file can't be read, `InputError` where a needed column is missing or no row is left.
    """
    read, refused = read_orders(file, visa)
    if read.empty:
        fault = Fault(
            file.name,
            0,
            "",
            "",
            message("no order is left; {count} refused", count=len(refused)),
            message("certified orders"),
            "empty",
        )
        raise InputError([fault])
    rng = np.random.default_rng([seed, workers])
    orders, employers, sites = _tables(visa, read)
    origins = visa.origins()
    first, last = _day(read.begin.min()), _day(read.begin.max())
    as_of = _day(read.begin.quantile(EARLY_SHARE)) - timedelta(days=RUN_BEFORE_DAYS)
    trades = draw_trades_of(rng, TRADES, _occupation_mix(orders))
    demand = _demand(orders, employers, sites, trades)
    register = _register(visa, rng, workers, trades, np.datetime64(as_of, "D"), list(employers.employer_id))
    tables = {"workers": register.table, "orders": orders, "employers": employers, "sites": sites}
    tables |= _ties(len(origins), rng, register, demand, trades, np.datetime64(as_of, "D"))
    pairs = [(origin, "US") for origin in origins]
    tables["corridors"] = corridor_table(pairs, {"US": 0.2}, {"US": 45})
    fiscal_year = int(read.begin.dt.year.median())
    agreements = visa.agreements(origins, orders, fiscal_year, (first, last))
    settings = _settings(visa, fiscal_year, as_of, first, _day(read.end.max()), file, workers, seed)
    settings["clause"] = visa.clauses(orders) if visa.clauses else []
    if read.attrs["occupations_from_titles"]:
        settings["title"] += ", occupations from job titles"
    return Draft(settings, agreements, tables), refused


def _occupation_mix(orders: pd.DataFrame) -> dict[str, float]:
    """Give the positions of each occupation."""
    positions = orders.groupby("isco08").headcount.sum()
    return {str(code): float(count) for code, count in positions.items()}


def _day(moment: Any) -> date:
    return pd.Timestamp(moment).date()


def _tables(visa: Visa, read: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Make the orders, employers (by name) and sites (an employer's places by city and state)."""
    employer, names = pd.factorize(read.employer, sort=True)
    site, places = pd.factorize(pd.MultiIndex.from_arrays([employer, read.city, read.region]), sort=True)
    begin, end = (read[column].to_numpy("datetime64[D]") for column in ("begin", "end"))
    width = width_of(len(read))
    beds = busiest_day(site, begin, end, read.headcount.to_numpy(np.int64), len(places))
    nowhere = dates_where(np.zeros(len(names), bool), np.full(len(names), begin.min()))
    employers = frame(
        employer_id=numbered("E", range(len(names)), width),
        name=text(names),
        country=text(["US"] * len(names)),
        accredited_until=nowhere,
        debarred_from=nowhere,
        debarred_until=nowhere,
    )
    sites = frame(
        site_id=numbered("S", range(len(places)), width),
        employer_id=numbered("E", places.get_level_values(0).to_numpy(np.int64), width),
        region=text(places.get_level_values(2)),
        beds=beds if visa.housed else np.full(len(places), np.nan),
        inspected_until=np.full(len(places), end.max()),
    )
    return _orders(visa, read, numbered("E", employer, width), numbered("S", site, width)), employers, sites


def _orders(visa: Visa, read: pd.DataFrame, employer_id: Text, site_id: Text) -> pd.DataFrame:
    """Make the orders; the certification is the labour market test, three fourths of hours are guaranteed."""
    count, hours = len(read), read.weekly_hours.to_numpy(float)
    return frame(
        order_id=text(read.case_number),
        employer_id=employer_id,
        site_id=site_id,
        destination_country=text(read.region.str[:2]),
        destination_region=text(read.region),
        sector=visa.sectors(read.naics),
        isco08=text(read.isco08),
        required_skills=no_text(count),
        desired_skills=no_text(count),
        languages=no_text(count),
        min_experience_months=read.min_experience_months.to_numpy(float),
        start_date=read.begin.to_numpy("datetime64[D]"),
        end_date=read.end.to_numpy("datetime64[D]"),
        headcount=read.headcount.to_numpy(np.int64),
        min_crew=np.full(count, np.nan),
        weekly_hours=hours,
        guaranteed_weekly_hours=np.ceil(GUARANTEED_SHARE * hours * 100) / 100,
        hourly_wage=read.hourly_wage.to_numpy(float),
        weekly_deductions=np.zeros(count),
        worker_cost=np.zeros(count),
        labour_market_test_until=read.begin.to_numpy("datetime64[D]"),
        priority=np.full(count, np.nan),
        filed_at=read.received.to_numpy("datetime64[s]"),
    )


def _demand(orders: pd.DataFrame, employers: pd.DataFrame, sites: pd.DataFrame, trades: Trades) -> Demand:
    """See the orders as a demand, each asking for the first trade of its occupation."""
    occupation = orders.isco08.map({code: number for number, code in enumerate(trades.codes)})
    start, end = (orders[column].to_numpy("datetime64[D]") for column in ("start_date", "end_date"))
    first = np.append(trades.first, 0)
    return Demand(
        countries=["US"],
        trade=first[occupation.fillna(len(trades.codes)).to_numpy(np.int64)],
        destination=np.zeros(len(orders), np.int64),
        employer=orders.employer_id.str[1:].to_numpy().astype(np.int64),
        start=start,
        end=end,
        headcount=orders.headcount.to_numpy(np.int64),
        orders=orders,
        employers=employers,
        sites=sites,
    )


def _register(
    visa: Visa, rng: np.random.Generator, workers: int, trades: Trades, as_of: np.datetime64, refusable: Sequence[str]
) -> Register:
    profile = Profile(as_of, {"en": ENGLISH}, (0.4, 0.4, 0.2), visa.women, 0.7, 0.7, medical_days=(480, 900))
    return draw_register(rng, workers, described(visa.origins()), trades, profile, refusable)


def described(origins: Mapping[str, float]) -> Origins:
    """Describe origins, given with their shares, with all their regions."""
    countries, share = list(origins), np.array(list(origins.values()))
    rows = table("regions")
    regions = [list(rows.region[rows.country == country]) for country in countries]
    return Origins(countries, share, regions, ["en" if country in ("JM", "ZA") else "es" for country in countries])


def _ties(
    origins: int, rng: np.random.Generator, register: Register, demand: Demand, trades: Trades, as_of: np.datetime64
) -> dict[str, pd.DataFrame]:
    """Draw past stays, recalls and preferences; the orders of an occupation fit each of its trades alike."""
    plain = Register(
        register.origin,
        register.region,
        _first_trades(trades, register.own),
        register.household,
        register.table,
    )
    chooser = Chooser.of(demand, trades, np.ones((origins, 1), bool))
    stays = draw_past_stays(rng, plain, chooser, as_of, (0.45, 0.5))
    return {
        "history": stays.table,
        "recalls": draw_recalls(rng, stays, demand, register, 0.25),
        "preferences": draw_preferences(rng, plain, chooser, 0.3),
    }


def _first_trades(trades: Trades, own: Ints) -> Ints:
    return np.where(own >= 0, trades.first[trades.occupation[own]], -1)


def _settings(
    visa: Visa, fiscal_year: int, as_of: date, first: date, last: date, file: Path, workers: int, seed: int
) -> dict[str, Any]:
    return {
        "format": 1,
        "id": f"{visa.name}-{fiscal_year}-{workers}-{seed}",
        "title": f"{visa.title} orders of {file.name}, {workers} synthetic workers",
        "as_of": as_of,
        "horizon": {"start": first, "end": last},
        "currency": "USD",
        "max_placements_per_worker": 1,
        "reference_weekly_income": 600,
        "objective": {"fill": 1.0, "skill": 0.2, "income": 0.3, "recall": 0.5, "choice": 0.3, "score": 0.0},
    }
