"""Names of countries and regions for people, from their ISO codes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pycountry
from babel import Locale

Texts = npt.NDArray[np.object_]


@cache
def country_name(code: str, language: str) -> str:
    """The name of a country in a language, or the code itself where it is not known."""
    return str(Locale(language).territories.get(code, code))


@cache
def region_name(code: str) -> str:
    """The name of a region with its country's code, such as ``Florida (US)``; the code itself where it is not known."""
    regions: Any = pycountry.subdivisions
    found = regions.get(code=code)
    return code if found is None else f"{found.name} ({code.partition('-')[0]})"


def country_names(codes: Texts, language: str) -> Texts:
    """The names of countries, cell by cell."""
    return _named(codes, {code: country_name(code, language) for code in _distinct(codes)})


def region_names(regions: Texts, countries: Texts, unsaid: str) -> Texts:
    """The names of regions, cell by cell; where the region is empty ``unsaid`` stands before the country's code."""
    filled = np.where(regions == "", "?" + countries, regions).astype(object)
    names = {code: f"{unsaid} ({code[1:]})" if code[:1] == "?" else region_name(code) for code in _distinct(filled)}
    return _named(filled, names)


def _distinct(codes: Texts) -> Sequence[str]:
    return [str(code) for code in np.unique(codes.astype(str))]


def _named(codes: Texts, names: dict[str, str]) -> Texts:
    return np.array([names[code] for code in codes], dtype=object)
