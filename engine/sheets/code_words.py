"""Words of sheets for codes of the format: countries, regions, languages with levels, occupations, sex, yes and no."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import pycountry
from babel import Locale

from engine.programme.column_titles import plain, word_key

LANGUAGES = ("en", "es", "fr")
SEX = {
    "F": ("f", "female", "woman", "women", "femenino", "femenina", "mujer", "mujeres", "femme"),
    "M": ("m", "h", "male", "man", "men", "masculino", "hombre", "hombres", "homme", "varon"),
    "X": ("x", "other", "otro", "otra", "no binario"),
}
MEN_OTHERWISE = {"h", "hombre", "hombres", "homme"}
YES = ("si", "s", "yes", "y", "oui", "x", "true", "verdadero", "vrai", "si tiene", "tiene")
NO = ("no", "n", "non", "false", "falso", "faux", "ninguno", "ninguna", "none", "aucun", "aucune", "no tiene")
# Words that mean yes and no beside each other alone.
YES_BESIDE_NO = (("1", "0"), ("v", "f"), ("t", "f"), ("o", "n"))
TICKS = ("✓", "✔", "☑", "✅")
CROSSES = ("✗", "✘", "☒", "❌", "☐")
NATIONALITIES = {
    "GT": ("guatemalteca", "guatemalteco", "guatemalan", "guatemalteque"),
    "HN": ("hondurena", "hondureno", "honduran", "hondurien", "hondurienne"),
    "SV": ("salvadorena", "salvadoreno", "salvadoran", "salvadorien", "salvadorienne"),
    "NI": ("nicaraguense", "nicaraguan", "nicaraguayen", "nicaraguayenne"),
    "MX": ("mexicana", "mexicano", "mexican", "mexicain", "mexicaine"),
    "JM": ("jamaiquina", "jamaiquino", "jamaicana", "jamaicano", "jamaican", "jamaicain", "jamaicaine"),
    "US": ("eeuu", "ee uu", "usa", "u s a", "estados unidos de america"),
}
LEVELS = {
    "C2": (
        "nativo",
        "nativa",
        "native",
        "materno",
        "materna",
        "lengua materna",
        "bilingue",
        "natif",
        "langue maternelle",
    ),
    "C1": ("avanzado", "avanzada", "advanced", "fluido", "fluida", "fluent", "alto", "courant", "avance"),
    "B1": ("intermedio", "intermedia", "intermediate", "medio", "regular", "intermediaire", "moyen"),
    "A2": ("basico", "basica", "basic", "elemental", "bajo", "elementaire", "notions", "base"),
    "A1": ("principiante", "beginner", "minimo", "debutant"),
}
# ISCO-08 unit groups by what registers call them.
OCCUPATIONS = {
    "9211": (
        "peon agricola", "jornalero agricola", "jornalero", "trabajador agricola", "obrero agricola", "cosechador",
        "cosecha", "recolector", "farm worker", "farmworker", "crop farm labourer", "picker", "harvester",
    ),
    "9212": ("peon ganadero", "ganadero", "vaquero", "ordenador", "livestock labourer", "herder"),
    "9213": ("peon agropecuario", "mixed farm labourer"),
    "9214": ("jardinero", "horticultor", "gardener", "landscaper", "landscape worker"),
    "9215": ("peon forestal", "trabajador forestal", "forestry worker", "tree planter"),
    "6111": ("agricultor", "productor agricola", "crop grower"),
    "6113": ("viverista", "nursery grower"),
    "8341": ("tractorista", "operador de tractor", "operador de maquinaria agricola", "tractor driver"),
    "8332": ("conductor de camion", "camionero", "trailero", "truck driver"),
    "9313": ("peon de construccion", "ayudante de albanil", "construction labourer"),
    "7112": ("albanil", "bricklayer"),
    "7115": ("carpintero", "carpenter"),
    "7212": ("soldador", "welder"),
    "7411": ("electricista", "electrician"),
    "9321": ("empacador", "empaque", "packer"),
    "9112": ("camarera", "limpieza", "personal de limpieza", "housekeeper", "cleaner"),
    "5120": ("cocinero", "cocinera", "cook"),
    "5131": ("mesero", "mesera", "waiter", "waitress"),
    "9412": ("ayudante de cocina", "kitchen helper"),
    "7511": ("carnicero", "matarife", "butcher"),
}  # fmt: skip


def word_codes(concept: str, cells: Iterable[str], countries: frozenset[str] = frozenset()) -> dict[str, str]:
    """The codes that words of a column mean, by cell; cells that are codes, and those of unknown meaning, are left out.

    ``countries`` are those whose regions are meant.
    """
    listed = sorted(set(cells))
    if concept == "sex":
        return _sexes(listed)
    if concept == "flag":
        return _flags(listed)
    means = {"country": _country, "region": lambda text: _region(text, countries), "isco08": _occupation,
             "language": _language}.get(concept)  # fmt: skip
    if means is None:
        return {}
    found = {cell: means(plain(cell)) for cell in listed}
    return {cell: code for cell, code in found.items() if code is not None and code != cell}


def _sexes(cells: list[str]) -> dict[str, str]:
    """Words for sexes: an M beside another word for men is a woman (mujer)."""
    codes = {word: code for code, known in SEX.items() for word in known}
    found = {cell: codes[plain(cell)] for cell in cells if plain(cell) in codes}
    if MEN_OTHERWISE & {plain(cell) for cell in cells}:
        found |= {cell: "F" for cell in cells if plain(cell) == "m"}
    return {cell: code for cell, code in found.items() if cell != code}


def _country(text: str) -> str | None:
    return _country_names().get(text)


@cache
def _country_names() -> dict[str, str]:
    own = {word: code for code, words in NATIONALITIES.items() for word in words}
    codes = {country.alpha_2: country.name for country in pycountry.countries}
    own |= {plain(name): code for code, name in codes.items()}
    for language in LANGUAGES:
        own |= {plain(name): code for code, name in Locale(language).territories.items() if code in codes}
    return own | {country.alpha_3.lower(): country.alpha_2 for country in pycountry.countries}


def _region(text: str, countries: frozenset[str]) -> str | None:
    """The region of a name, where just one of the countries has one of that name."""
    name = re.sub(r"^(departamento|department|provincia|province|estado|state) (de |del |of )?", "", text)
    found = {code for code in _region_names().get(name, ()) if not countries or code[:2] in countries}
    return found.pop() if len(found) == 1 else None


@cache
def _region_names() -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for region in pycountry.subdivisions:
        names.setdefault(plain(region.name), set()).add(region.code)
    return names


def _occupation(text: str) -> str | None:
    return next((code for code, known in OCCUPATIONS.items() if text in known), None)


def _language(text: str) -> str | None:
    """A language with its level: both must be said."""
    for level, known in LEVELS.items():
        for word in (level.lower(), *known):
            rest = re.sub(rf"\b{word}\b", " ", text)
            code = _language_names().get(" ".join(rest.split())) if rest != text else None
            if code is not None:
                return f"{code}:{level}"
    return None


@cache
def _language_names() -> dict[str, str]:
    names: dict[str, str] = {"castellano": "es"}
    for language in LANGUAGES:
        names |= {plain(name): code for code, name in Locale(language).languages.items() if len(code) in (2, 3)}
    return names


def _flags(cells: list[str]) -> dict[str, str]:
    """What cells say of yes ("yes") and no (""); figures and some letters say it beside each other alone."""
    means = dict.fromkeys((*YES, *TICKS), "yes") | dict.fromkeys((*NO, *CROSSES), "")
    words = {cell: word_key(cell) for cell in cells}
    pair = next((pair for pair in YES_BESIDE_NO if set(words.values()) == set(pair)), None)
    if pair:
        means |= dict(zip(pair, ("yes", ""), strict=True))
    return {cell: means[word] for cell, word in words.items() if word in means}
