"""The international codes that a programme uses: ISO 3166, ISO 4217, BCP 47, ISCO-08."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pycountry


@cache
def countries() -> frozenset[str]:
    """All ISO 3166-1 alpha-2 codes."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def regions() -> frozenset[str]:
    """All ISO 3166-2 codes."""
    return frozenset(region.code for region in pycountry.subdivisions)


@cache
def currencies() -> frozenset[str]:
    """All ISO 4217 codes."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


@cache
def languages() -> frozenset[str]:
    """All primary language subtags of BCP 47: ISO 639-1 where there is one, else ISO 639-3."""
    two = {language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")}
    return frozenset(two | {language.alpha_3 for language in pycountry.languages})


@cache
def occupations() -> frozenset[str]:
    """All four-digit unit groups of ISCO-08 (ILO, 2012)."""
    text = resources.files("engine.programme").joinpath("isco08_unit_groups.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if line.isdigit())
