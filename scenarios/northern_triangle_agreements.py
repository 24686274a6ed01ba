"""The agreements of the Northern Triangle preset: schemes' texts, and quotas scaled to the demand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from scenarios.demand import Demand
from scenarios.register import Register
from scenarios.schemes import CAVEAT, agreement, clause
from scenarios.united_states import wage_floors

# The corridors that exist, each with the schemes in force there.
CORRIDORS: Mapping[tuple[str, str], Sequence[str]] = {
    ("GT", "US"): ("h2a", "h2b"),
    ("HN", "US"): ("h2a", "h2b"),
    ("JM", "US"): ("h2a", "h2b"),
    ("MX", "US"): ("h2a", "h2b"),
    ("SV", "US"): ("h2a", "h2b"),
    ("JM", "CA"): ("sawp",),
    ("MX", "CA"): ("sawp",),
    ("GT", "CA"): ("agricultural_stream",),
    ("HN", "CA"): ("agricultural_stream",),
    ("SV", "CA"): ("agricultural_stream",),
    ("GT", "ES"): ("gecco",),
    ("HN", "ES"): ("gecco",),
    ("SV", "ES"): ("gecco",),
}
# A quota over the corridor's share of the demand: below 1 where the source shows the ministry's capacity
# binding.
TIGHTNESS = {("GT", "US"): 0.8, ("SV", "US"): 0.9, ("HN", "US"): 0.9, ("JM", "US"): 0.9, ("GT", "CA"): 1.1}
PROVINCE_FLOORS = {"CA-BC": 12.7, "CA-ON": 12.2, "CA-QC": 11.4}
OTHER_H2B = ["A02", "A03", "B", "C", "E", "F", "G", "H", "I", "N", "T"]
CENTRAL_AMERICA = ["GT", "HN", "SV"]


def agreements(
    rng: np.random.Generator, year: int, register: Register, demand: Demand, origins: Sequence[str]
) -> list[dict[str, Any]]:
    """Write every agreement of the corridors that exist."""
    positions = _positions(demand)
    share = np.bincount(register.origin, minlength=len(origins)) / len(register)
    written = []
    for (origin, destination), names in CORRIDORS.items():
        factor = TIGHTNESS.get((origin, destination), 1.3) * rng.uniform(0.9, 1.1)
        partners = sum(share[origins.index(other)] for other, place in CORRIDORS if place == destination)
        for name in names:
            places = factor * float(share[origins.index(origin)] / partners) * positions[_pool(name)]
            more = _OWN_CLAUSES[name](origin, max(2, round(places)))
            effective = (date(year, 1, 1), date(year, 12, 31))
            written.append(agreement(name, origin, destination, year, effective, more))
    return written


def _pool(name: str) -> str:
    return "canada" if name in ("sawp", "agricultural_stream") else name


def _positions(demand: Demand) -> dict[str, int]:
    """Sum the positions that each scheme may fill."""
    orders = demand.orders
    farm = orders.sector == "A01"
    masks = {
        "h2a": (orders.destination_country == "US") & farm,
        "h2b": (orders.destination_country == "US") & ~farm,
        "canada": orders.destination_country == "CA",
        "gecco": orders.destination_country == "ES",
    }
    return {name: int(orders.headcount[mask].sum()) for name, mask in masks.items()}


def _h2a(origin: str, places: int) -> list[dict[str, Any]]:
    """Add the wage floors by state and what the ministry can process in a year; Mexico has no such limit."""
    if origin == "MX":
        return wage_floors(2025)
    source = {
        "GT": "El País, 3 April 2024: about 9,000 workers a year; scaled to this programme",
        "SV": "latamreports.com: 5,261 travellers to the US in January to August 2024; scaled",
        "HN": "La Prensa: 50 to 200 travellers a month in 2023; scaled to this programme",
        "JM": "Gleaner: 4,306 in the US farm programme in 2023; scaled to this programme",
    }[origin]
    return [*wage_floors(2025), clause("capacity", "cap", f"{source}. {CAVEAT}", count=places)]


def _h2b(_origin: str, _places: int) -> list[dict[str, Any]]:
    return [clause("floor", "wage_floor", hourly=12.0)]


def _sawp(origin: str, _places: int) -> list[dict[str, Any]]:
    """Add the provinces' floors, and for Mexico the aim to spread places over the country."""
    clauses = _province_floors()
    if origin == "MX":
        source = "CELAC/CEPAL on PTAT: no concentration in municipalities or zones; the share is illustrative"
        clauses.append(clause("zones", "cap", source, per="origin_region", share_of_registered=0.45))
    return clauses


def _agricultural_stream(_origin: str, places: int) -> list[dict[str, Any]]:
    return [*_province_floors(), clause("capacity", "cap", count=places)]


def _province_floors() -> list[dict[str, Any]]:
    source = "FARMS, General principles for SAWP: the greatest of the listed rates; the figure is illustrative"
    named = [
        clause(f"floor-{region}", "wage_floor", source, hourly=rate, where={"destination_region": [region]})
        for region, rate in PROVINCE_FLOORS.items()
    ]
    return [clause("floor", "wage_floor", source, hourly=11.1), *named]


def _gecco(_origin: str, places: int) -> list[dict[str, Any]]:
    """Add the contingent: most of it for repeaters, as Morocco's 3,000 new of 14,000 places."""
    source = "marketing4food.com on the Moroccan contingent 2022/23: 3,000 new and 11,000 repeaters; scaled"
    newcomers, returning = max(1, round(0.6 * places)), min(places - 1, round(0.3 * places))
    return [
        clause("floor", "wage_floor", hourly=9.9),
        clause("contingent", "cap", source, count=places),
        clause("newcomers", "cap", source, count=newcomers, where={"worker_class": ["new"]}),
        clause(
            "repeaters", "set_aside", source, within="contingent", count=returning,
            release_on=date(2026, 3, 1), where={"worker_class": ["returning"]},
        ),
    ]  # fmt: skip


_OWN_CLAUSES = {
    "h2a": _h2a,
    "h2b": _h2b,
    "sawp": _sawp,
    "agricultural_stream": _agricultural_stream,
    "gecco": _gecco,
}


def programme_wide(year: int, demand: Demand) -> list[dict[str, Any]]:
    """Write the clauses over all agreements: the H-2B caps and set-asides, and a floor for women."""
    h2b = _positions(demand)["h2b"]
    where = {"destination_country": ["US"], "sector": OTHER_H2B}
    halves = [[date(year, 1, 1), date(year, 3, 31)], [date(year, 4, 1), date(year, 9, 30)]]
    half, total = max(1, round(0.38 * h2b)), max(2, round(0.8 * h2b))
    named = "Peerally Law, H-2B cap, first half of FY2023: 20,000 of 64,716 added places for named countries"
    return [
        clause(
            "h2b-halves", "cap",
            "Dickinson Wright, 13 March 2020: 33,000 a half year, unused ones roll to the second; scaled",
            where=where, periods=halves, counts=[half, half], rollover=True,
        ),
        clause("h2b-year", "cap", f"{named}; scaled", count=total, where=where),
        clause(
            "h2b-named-countries", "set_aside", f"{named}; scaled. {CAVEAT}", within="h2b-year",
            count=round(0.15 * total), release_on=date(year, 5, 15),
            where={"origin_country": CENTRAL_AMERICA},
        ),
        clause("women", "share", where={"sex": ["F"]}, min_share=0.15),
    ]  # fmt: skip
