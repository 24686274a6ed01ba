"""Recompute the calibration tables from published data: `python -m scenarios.calibration.derive FOLDER`.

Only aggregates leave this script; README.md beside it says what each table is, its source and its licence.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pycountry

from scenarios.catalogue import seasons
from scenarios.schemes import scheme_text

HERE = Path(__file__).parent
ORIGINS = ("CO", "EC", "GT", "HN", "JM", "MX", "NI", "SV")
DESTINATIONS = ("AU", "CA", "DE", "ES", "IT", "US")
MORE_SENDERS = ("CR", "DO", "HT", "PE", "ZA")
SKILLS_PER_OCCUPATION = 34
LEVELS = (0, 0.01, *(round(0.05 * step, 2) for step in range(1, 20)), 0.97, 0.99, 0.995, 0.999, 1)
PROVINCES = {name: code for code, name in (
    ("CA-AB", "Alberta"), ("CA-BC", "British Columbia"), ("CA-MB", "Manitoba"), ("CA-NB", "New Brunswick"),
    ("CA-NL", "Newfoundland and Labrador"), ("CA-NS", "Nova Scotia"), ("CA-ON", "Ontario"),
    ("CA-PE", "Prince Edward Island"), ("CA-QC", "Quebec"), ("CA-SK", "Saskatchewan"),
)}  # fmt: skip
STATE_SPELLINGS = {
    "Great Britain and Northern Ireland": "GB",
    "Moldova": "MD",
    "Venezuela": "VE",
    "Bolivia": "BO",
}
# A table of occupations offers several groups for one SOC code; these are the ones that hired seasonal work
# means.
PREFERRED_GROUP = {
    "119013": "1311", "393091": "9629", "451011": "6111", "452021": "6121", "452041": "9211",
    "452091": "8341", "452092": "9211", "452093": "9212", "452099": "9213", "454011": "9215",
    "454022": "8341", "492093": "7412", "519021": "8112", "537062": "9333",
}  # fmt: skip


def skills(folder: Path) -> pd.DataFrame:
    """Take the skills that most ESCO occupations of each seasonal group share, essential ones first."""
    table = pd.read_csv(folder / "esco_occ_skill_seasonal_iscos.csv.gz", dtype=str)
    table = table[(table.skillType == "skill/competence") & ~table.skill.str.contains("[;:|]")]
    table["essential"] = table.relationType == "essential"
    counted = table.groupby(["iscoGroup", "skill"]).agg(essential=("essential", "sum"), listed=("code", "nunique"))
    ranked = counted.reset_index().sort_values(
        ["iscoGroup", "essential", "listed", "skill"], ascending=[True, False, False, True]
    )
    best = ranked.groupby("iscoGroup").head(SKILLS_PER_OCCUPATION)
    return best.rename(columns={"iscoGroup": "isco08"})[["isco08", "skill"]]


def occupations(folder: Path) -> pd.DataFrame:
    """Count H-2A (FY2016) and H-2B (FY2018) orders and positions by ISCO-08 group."""
    crosswalk = soc_isco(folder).set_index("soc").isco08
    orders = pd.concat([_orders(folder, "us_h2a_orders_fy2016"), _orders(folder, "us_h2b_orders_fy2018")])
    orders["isco08"] = _soc(orders.soc_code).map(crosswalk)
    mix = orders.groupby(["visa", "isco08"]).agg(orders=("case_no", "size"), positions=("n_certified", "sum"))
    titles = pd.read_csv(folder / "isco08_groups.csv", dtype=str).set_index("code").preferredLabel
    return mix.reset_index().assign(title=lambda table: table.isco08.map(titles))


def soc_isco(folder: Path) -> pd.DataFrame:
    """Choose one ISCO-08 group for each SOC 2010 code in H-2A or H-2B, never subsistence farming."""
    table = pd.read_csv(folder / "soc10_isco08.csv", dtype=str)
    table = table[~table.isco08.str.startswith("63")].sort_values(["soc10", "isco08"])
    orders = pd.concat([_orders(folder, "us_h2a_orders_fy2016"), _orders(folder, "us_h2b_orders_fy2018")])
    chosen = table.drop_duplicates("soc10").set_index("soc10").isco08.to_dict() | PREFERRED_GROUP
    used = sorted(set(_soc(orders.soc_code).dropna()))
    return pd.DataFrame([(code, chosen[code]) for code in used if code in chosen], columns=["soc", "isco08"])


def season_profiles(folder: Path) -> pd.DataFrame:
    """Count orders by programme, week of the year of the first day, and length in weeks."""
    tables = []
    for name in ("us_h2a_orders_fy2016", "us_h2b_orders_fy2018"):
        orders = _orders(folder, name)
        begin, days = pd.to_datetime(orders.begin), _days(orders)
        orders = orders.assign(start_week=(begin.dt.day_of_year - 1) // 7, weeks=(days / 7).round().astype("Int64"))
        orders = orders[days.between(14, 366)]
        tables.append(orders.groupby(["visa", "start_week", "weeks"]).size().rename("orders").reset_index())
    return pd.concat(tables)


def quantiles(folder: Path) -> pd.DataFrame:
    """Give quantiles of headcount, hours, wages, experience and housing occupancy."""
    measures: dict[tuple[str, str], pd.Series] = {}
    modal = pd.read_csv(folder / "us_h2a_hourly_rate_by_state_year.csv", keep_default_na=False)
    modal_2016 = modal[modal.fy.astype(int) == 2016].set_index("worksite_state").modal_rate.astype(float)
    for name in ("us_h2a_orders_fy2016", "us_h2b_orders_fy2018"):
        orders = _orders(folder, name)
        visa = str(orders.visa.iloc[0])
        hourly = orders[orders.rate_unit == "Hour"]
        measures[visa, "headcount"] = orders.n_certified[orders.n_certified >= 1]
        measures[visa, "weekly_hours"] = orders.hours_week[orders.hours_week > 0]
        measures[visa, "experience_months"] = orders.experience_months.fillna(0)
        measures[visa, "hourly_wage"] = hourly.rate
        if visa == "H-2A":
            measures[visa, "wage_over_modal"] = hourly.rate / hourly.worksite_state.map(modal_2016)
    canada = pd.read_csv(folder / "canada_lmia_agriculture_2023.csv.gz")
    measures["LMIA", "headcount"] = canada.approved_positions[canada.approved_positions >= 1]
    housing = pd.read_csv(folder / "us_h2a_housing_fy2021.csv.gz", keep_default_na=False)
    occupancy = pd.to_numeric(housing.total_occupancy, errors="coerce").groupby(housing.case_number).sum()
    measures["H-2A", "housing_occupancy"] = occupancy[occupancy > 0]
    rows = [
        (scheme, measure, level, round(float(value), 3))
        for (scheme, measure), values in measures.items()
        for level, value in zip(LEVELS, np.quantile(values.dropna(), LEVELS), strict=True)
    ]
    return pd.DataFrame(rows, columns=["scheme", "measure", "level", "value"])


def state_wages(folder: Path) -> pd.DataFrame:
    """Give the modal certified H-2A hourly rate by state and fiscal year, and for 2025 the AEWR.

    Where the AEWR of 2025 is not among the parameters, it is estimated from the 2017 modal rate by the
    median growth of the states that have both; `basis` says which of the two a row is.
    """
    table = pd.read_csv(folder / "us_h2a_hourly_rate_by_state_year.csv", keep_default_na=False)
    table = table.rename(columns={"fy": "fiscal_year", "worksite_state": "state"}).assign(basis="")
    parameters = pd.read_csv(folder / "scheme_parameters.csv", keep_default_na=False)
    parameters = parameters[parameters.parameter.str.fullmatch("AEWR_[A-Z]{2}")]
    parameters = parameters[parameters.period.astype(str) == "2025"].drop_duplicates("parameter")
    published = pd.Series(parameters.value.astype(float).to_numpy(), parameters.parameter.str[5:])
    before = table[table.fiscal_year.astype(int) == 2017].set_index("state").modal_rate.astype(float)
    growth = float((published / before).median())
    states = sorted(set(before.index) | set(published.index))
    later = pd.DataFrame({"fiscal_year": 2025, "state": states})
    later["modal_rate"] = [round(float(published.get(name, before.get(name, 0) * growth)), 2) for name in states]
    later["basis"] = np.where(later.state.isin(published.index), "AEWR", "estimated")
    return pd.concat([table.sort_values(["fiscal_year", "state"]), later])[later.columns]


def regions(folder: Path) -> pd.DataFrame:
    """List the ISO 3166-2 regions of the countries used, with farm positions where published (US, Canada)."""
    h2a = _orders(folder, "us_h2a_orders_fy2016")
    states = ("US-" + h2a.worksite_state.dropna()).to_frame("region").assign(positions=h2a.n_certified)
    canada = pd.read_csv(folder / "canada_lmia_agriculture_2023.csv.gz")
    provinces = pd.DataFrame({"region": canada.province.map(PROVINCES), "positions": canada.approved_positions})
    positions = pd.concat([states, provinces]).groupby("region").positions.sum().astype(int)
    rows = [
        (country, code, int(positions.get(code, 0)))
        for country in sorted((*ORIGINS, *MORE_SENDERS, *DESTINATIONS))
        for code in _subdivisions(country)
    ]
    table = pd.DataFrame(rows, columns=["country", "region", "positions"])
    return table[~table.country.isin(["US", "CA"]) | (table.positions > 0)]


def visa_origins(folder: Path) -> pd.DataFrame:
    """Sum H-2A and H-2B visas issued in FY2011 to FY2015 by country of origin."""
    table = pd.read_csv(folder / "us_h2_visas_by_nationality_fy2010_2015.csv", keep_default_na=False)
    table = table[table.fy.astype(int) >= 2011]
    for visa in ("h2a", "h2b"):
        table[visa] = pd.to_numeric(table[visa], errors="coerce").fillna(0).astype(int)
    totals = table.groupby("nationality")[["h2a", "h2b"]].sum()
    totals = totals[totals.sum(axis=1) >= 50]
    totals.insert(0, "origin_country", [_alpha_2(name) for name in totals.index])
    return totals.dropna().sort_values("origin_country").reset_index(drop=True)


def corridor_costs(folder: Path) -> pd.DataFrame:
    """Give distance and remittance cost of each corridor; where unpublished, the mean of the destination, or of all."""
    pairs = pd.read_csv(folder / "country_pairs.csv.gz", keep_default_na=False)
    there_and_back = pd.concat([pairs, pairs.rename(columns={"iso3_a": "iso3_b", "iso3_b": "iso3_a"})])
    km = there_and_back.drop_duplicates(["iso3_a", "iso3_b"]).set_index(["iso3_a", "iso3_b"]).km_centroid
    costs = pd.read_csv(folder / "remittance_cost_by_corridor.csv", keep_default_na=False)
    known = costs.set_index(["send_iso3", "recv_iso3"]).cost_pct
    mean = costs.groupby("send_iso3").cost_pct.mean()
    rows = []
    for origin, destination in sorted({*product((*ORIGINS, *MORE_SENDERS), DESTINATIONS), *_season_corridors()}):
        send, receive = _alpha_3(destination), _alpha_3(origin)
        published = (send, receive) in known.index
        cost = known[send, receive] if published else mean.get(send, costs.cost_pct.mean())
        rows.append((origin, destination, int(km[receive, send]), round(float(cost) / 100, 4), int(published)))
    names = ["origin_country", "destination_country", "km", "remittance_cost_share", "published"]
    return pd.DataFrame(rows, columns=names).sort_values(names[:2])


def _season_corridors() -> Iterator[tuple[str, str]]:
    """Give the corridors of the schemes that have a season."""
    for scheme in seasons():
        season = scheme_text(scheme)["season"]
        yield from product(season["origins"], season["destinations"])


def _orders(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv.gz", dtype={"soc_code": str, "worksite_state": str}, keep_default_na=True)


def _soc(codes: pd.Series) -> pd.Series:
    return codes.str.replace("-", "").str[:6]


def _days(orders: pd.DataFrame) -> pd.Series:
    return (pd.to_datetime(orders.end) - pd.to_datetime(orders.begin)).dt.days + 1


def _subdivisions(country: str) -> list[str]:
    """List the ISO 3166-2 codes of a country, in order."""
    return sorted(region.code for region in pycountry.subdivisions if region.country_code == country)


def _alpha_3(alpha_2: str) -> str:
    return str(pycountry.countries.lookup(alpha_2).alpha_3)


def _alpha_2(name: str) -> str | None:
    if name in STATE_SPELLINGS:
        return STATE_SPELLINGS[name]
    try:
        return str(pycountry.countries.lookup(name).alpha_2)
    except LookupError:
        return None


TABLES: dict[str, Callable[[Path], pd.DataFrame]] = {
    "corridor_costs": corridor_costs,
    "occupations": occupations,
    "quantiles": quantiles,
    "regions": regions,
    "season_profiles": season_profiles,
    "skills": skills,
    "soc_isco": soc_isco,
    "state_wages": state_wages,
    "visa_origins": visa_origins,
}


def main(folder: Path, target: Path = HERE) -> None:
    """Write every table as CSV into the target folder."""
    for name, derive in TABLES.items():
        derive(folder).to_csv(target / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
