"""Names of countries and regions for people, from their ISO codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.charts.plan_view import PlanView
from engine.words import plural
from engine.words.names import country, name_in, region

Texts = npt.NDArray[np.object_]


def country_names(codes: Texts, locale: str) -> Texts:
    """The names of countries in the language of a locale, cell by cell."""
    return _named(codes, {code: name_in(country(code), locale) for code in _distinct(codes)})


def region_names(regions: Texts, countries: Texts, unsaid: str, locale: str) -> Texts:
    """The names of regions, cell by cell; where the region is empty ``unsaid`` stands before the country's code."""
    filled = np.where(regions == "", "?" + countries, regions).astype(object)
    names = {
        code: f"{unsaid} ({code[1:]})" if code[:1] == "?" else name_in(region(code), locale)
        for code in _distinct(filled)
    }
    return _named(filled, names)


def other_regions(view: PlanView, count: int) -> str:
    """What so many regions that are not shown are called."""
    return view.say(plural("{n} other region", "{n} other regions", n=count))


def other_countries(view: PlanView, count: int) -> str:
    """What so many countries that are not shown are called."""
    return view.say(plural("{n} other country", "{n} other countries", n=count))


def _distinct(codes: Texts) -> Sequence[str]:
    return [str(code) for code in np.unique(codes.astype(str))]


def _named(codes: Texts, names: dict[str, str]) -> Texts:
    return np.array([names[code] for code in codes], dtype=object)
