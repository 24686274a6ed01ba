"""Names of countries, regions, languages, currencies and sectors, from their codes, in the language of a sentence."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Name(NamedTuple):
    """What a code stands for, as a value of a message: ``kind`` is country, region, language, currency or sector."""

    kind: str
    code: str


def country(code: str) -> Name:
    """A country by its ISO 3166-1 code."""
    return Name("country", code)


def region(code: str) -> Name:
    """A region by its ISO 3166-2 code."""
    return Name("region", code)


def language(code: str) -> Name:
    """A language by its ISO 639 code."""
    return Name("language", code)


def currency(code: str) -> Name:
    """A currency by its ISO 4217 code."""
    return Name("currency", code)


def sector(code: str) -> Name:
    """A sector by its code of ISIC Rev. 4: a section (A), a division with its section (A01) or what is within one."""
    return Name("sector", code)


@cache
def name_in(name: Name, locale: str) -> str:
    """What a code stands for, in the language of a locale such as ``es_419``; the code itself where it isn't known."""
    from babel import Locale

    known = Locale.parse(locale)
    if name.kind == "sector":
        return _sector(name.code, known.language)
    if name.kind == "region":
        return _region(name.code, known.language)
    if name.kind == "currency":
        return str(known.currencies.get(name.code, name.code))
    return str((known.territories if name.kind == "country" else known.languages).get(name.code, name.code))


def _region(code: str, main: str) -> str:
    """A region with its country's code, such as ``Florida (US)``."""
    import pycountry

    regions: Any = pycountry.subdivisions
    found = regions.get(code=code)
    if found is None:
        return code
    return f"{_region_words(main).gettext(found.name)} ({code.partition('-')[0]})"


def _sector(code: str, main: str) -> str:
    """A sector with its code, such as ``Crop and animal production (A01)``: by its division, or its section; a code
    that is no such thing stays as it is.
    """
    within = (code, code[:3], code[:1]) if code[1:].isdigit() else (code,)
    names = next(filter(None, map(_sectors().get, within)), None)
    return code if names is None else f"{names.get(main, names['en']).partition('|')[0]} ({code})"


@cache
def _sectors() -> dict[str, dict[str, str]]:
    """The names of sections and divisions by code and language, after the official wordings of the United Nations; what
    follows a bar is left out where a name is shown.
    """
    lines = Path(__file__).with_name("isic.tsv").read_text("utf-8").splitlines()
    languages, *rows = (line.split("\t") for line in lines)
    return {code: dict(zip(languages[1:], names, strict=True)) for code, *names in rows}


@cache
def _region_words(main: str) -> gettext.NullTranslations:
    import pycountry

    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, [main], fallback=True)
