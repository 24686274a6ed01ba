"""A small programme in which every clause kind is present and most of them bind, different for every seed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from scenarios.adversarial import clause_variants as variants
from scenarios.adversarial.anchors import anchor_pairs, commitments
from scenarios.adversarial.clause_variants import Clause, Setting, pick
from scenarios.adversarial.season import DESTINATIONS, ORIGINS, Season
from scenarios.adversarial.tables import draw_orders, draw_workers, employers_and_sites
from scenarios.adversarial.ties import corridors, ties
from scenarios.preset import Draft

NAME = "adversarial"
SUMMARY = "A few dozen workers under every clause kind, chains, crews, groups, commitments and 29 February."
LEAST_WORKERS = 6


def build(workers: int = 40, seed: int = 0, density: str = "sparse") -> Draft:
    """Draw a programme of 6 or more workers and 18 or more orders; "dense" halves the gates."""
    rng = np.random.default_rng([seed, workers])
    season = Season(2028 if seed % 2 else 2026)
    employers, sites = employers_and_sites(rng, season)
    orders = draw_orders(rng, season, sites, max(18, 10 + workers // 10))
    register = draw_workers(rng, season, workers)
    register, orders, anchors = anchor_pairs(season, sites, register, orders)
    tables = {"workers": register, "orders": orders, "employers": employers, "sites": sites}
    tables |= ties(rng, season, register, orders) | {
        "corridors": corridors(rng),
        "commitments": commitments(rng, season, anchors),
    }
    setting = _setting(season, orders, sites)
    gate_rate = 0.12 if density == "sparse" else 0.06
    agreements = _agreements(rng, season, setting, gate_rate)
    return Draft(_settings(rng, season, setting, seed, workers), agreements, tables)


def _setting(season: Season, orders: pd.DataFrame, sites: pd.DataFrame) -> Setting:
    """Name what clauses may narrow to; the anchor's own employer and site stay out."""
    anchor = orders.iloc[0]
    others = sites[(sites.employer_id != anchor.employer_id) & sites.region.str[:2].isin(list(DESTINATIONS))]
    country = str(anchor.destination_country)
    other = next(region for region in DESTINATIONS[country] if region != anchor.destination_region)
    regions = [region for country_regions in ORIGINS.values() for region in country_regions]
    return Setting(
        season.year,
        regions,
        str(anchor.destination_region),
        other,
        list(others.employer_id),
        list(others.site_id),
    )


def _settings(rng: np.random.Generator, season: Season, setting: Setting, seed: int, workers: int) -> dict[str, Any]:
    objective: dict[str, Any] = {"fill": 1.0, "skill": 0.2, "income": 0.3, "recall": 0.5, "choice": 0.3}
    objective["score"] = pick(rng, [0.0, 0.2])
    return {
        "format": 1,
        "id": f"adversarial-{seed}-{workers}",
        "title": f"Adversarial programme of {workers} workers, seed {seed}",
        "as_of": season.as_of,
        "horizon": {"start": date(season.year, 1, 1), "end": date(season.year, 12, 31)},
        "currency": "USD",
        "max_placements_per_worker": pick(rng, [2, 3, 3]),
        "reference_weekly_income": 450,
        "objective": objective,
        "clause": _programme_wide(rng, setting, workers),
    }


def _programme_wide(rng: np.random.Generator, setting: Setting, workers: int) -> list[Clause]:
    """Draw the clauses that bind every placement abroad: a national cap always, others by chance."""
    clauses = [_named("national-cap", "cap", {"count": max(3, workers // 3)})]
    if rng.random() < 0.5:
        household = {"basis": "workers", "per": "household_id", "count": pick(rng, [1, 2])}
        clauses.append(_named("household", "cap", household))
    if rng.random() < 0.4:
        clauses.append(_named("establishment", "cap", {"per": "employer_id", "count": pick(rng, [3, 5])}))
    if rng.random() < 0.3:
        clauses.append(_named("women", "share", variants.share(rng, setting)))
    for kind in ("cool_off", "transfer", "max_seasons", "stay_window"):
        if rng.random() < 0.15:
            clauses.append(_named(f"any-{kind}", kind, variants.LEDGERS[kind](rng, setting)))
    if rng.random() < 0.3:
        clauses.append(_named("net-for-all", "net_income", {"min_weekly": 150}))
    return clauses


def _agreements(rng: np.random.Generator, season: Season, setting: Setting, gate_rate: float) -> list[dict[str, Any]]:
    """Draw an agreement or two for most corridors, and give each clause kind to at least one of them."""
    agreements = [
        agreement
        for destination in DESTINATIONS
        for origins in _partners(rng, setting.busy_region[:2] == destination)
        for agreement in _texts(rng, season, origins, destination)
    ]
    for kind, draw in {**variants.GATES, **variants.LEDGERS}.items():
        rate = gate_rate if kind in variants.GATES else 0.3
        for agreement in _holders(rng, agreements, rate):
            clause = draw(rng, setting)
            if "where" not in clause and rng.random() < 0.35:
                clause["where"] = variants.narrowing(rng, setting)
            agreement["clause"].append(_named(_free_id(agreement, kind), kind, clause))
    for number, agreement in enumerate(_holders(rng, agreements, 0.5)):
        _add_quota(rng, season, agreement, reserved=number == 0 or rng.random() < 0.5)
    for draw in variants.CAPS[1:]:
        for agreement in _holders(rng, agreements, 0.2):
            agreement["clause"].append(_named(_free_id(agreement, "cap"), "cap", draw(rng, setting)))
    for agreement in _holders(rng, agreements, 0.25):
        agreement["clause"].append(_named("share", "share", variants.share(rng, setting)))
    return agreements


def _partners(rng: np.random.Generator, busy: bool) -> list[list[str]]:
    """Group the origins that share an agreement; some have none, but never at the anchor's destination."""
    names = [name for name in ORIGINS if busy or rng.random() < 0.85]
    if len(names) > 1 and rng.random() < 0.3:
        return [names[:2], *([name] for name in names[2:])]
    return [[name] for name in names]


def _texts(rng: np.random.Generator, season: Season, origins: list[str], destination: str) -> list[dict[str, Any]]:
    """Write the agreement of a corridor, now and then split by sector or in two by date."""
    name = f"{'-'.join(origins)}-{destination}"
    first, last = date(season.year, 1, 1), date(season.year, 12, 31)
    split = rng.random()
    if split < 0.12:
        sectors = [("farms", ["A"]), ("hotels", ["I"])]
        return [_text(f"{name}-{part}", origins, destination, codes, first, last) for part, codes in sectors]
    if split < 0.24:
        change = date(season.year, 6, 1)
        return [
            _text(f"{name}-old", origins, destination, [], first, change - timedelta(days=1)),
            _text(f"{name}-new", origins, destination, [], change, last),
        ]
    return [_text(name, origins, destination, pick(rng, [[], ["A"], ["A01", "I"]]), first, last)]


def _text(
    name: str, origins: Sequence[str], destination: str, sectors: list[str], first: date, last: date
) -> dict[str, Any]:
    return {
        "id": name,
        "version": "1",
        "title": f"{' and '.join(origins)} to {destination}",
        "origins": list(origins),
        "destination": destination,
        "sectors": sectors,
        "effective_from": first,
        "effective_to": last,
        "source": "drawn at random, no published text",
        "clause": [],
    }


def _holders(rng: np.random.Generator, agreements: list[dict[str, Any]], rate: float) -> list[dict[str, Any]]:
    """Choose the agreements that hold a clause: each with chance `rate`, at least one."""
    chosen = [agreement for agreement in agreements if rng.random() < rate]
    return chosen or [pick(rng, agreements)]


def _add_quota(rng: np.random.Generator, season: Season, agreement: dict[str, Any], reserved: bool) -> None:
    """Give an agreement a quota and, if wanted, keep a part of it for one class of workers."""
    places = pick(rng, [2, 3, 4])
    agreement["clause"].append(_named("quota", "cap", {"count": places}))
    if reserved:
        reserve = variants.reserve(rng, places - 1, season.as_of)
        agreement["clause"].append(_named("reserve", "set_aside", {"within": "quota", **reserve}))


def _named(clause_id: str, kind: str, parameters: Clause) -> Clause:
    return {"id": clause_id, "kind": kind, "source": "drawn at random", **parameters}


def _free_id(agreement: dict[str, Any], kind: str) -> str:
    taken = sum(clause["kind"] == kind for clause in agreement["clause"])
    return kind if not taken else f"{kind}-{taken + 1}"
