"""Which column of a table a heading of somebody's own sheet most likely means."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import cache

from engine.programme.column_titles import plain, titles_of
from engine.programme.schema import TABLES

OTHER_NAMES = {
    "worker_id": (
        "dpi", "cui", "cedula", "curp", "dni", "dui", "rtn", "nit", "numero de pasaporte", "passport number",
        "documento de identidad", "numero de documento", "identity number", "id number", "registro no", "id", "worker",
        "codigo", "code",
    ),
    "origin_country": ("pais", "country", "nationality", "nacionalidad", "pais de residencia"),
    "origin_region": ("departamento", "department", "region", "province", "provincia", "estado", "parish"),
    "birth_date": ("born", "nacimiento", "fecha nac", "date of birth", "birthdate", "dob", "edad", "age"),
    "sex": ("genero", "gender"),
    "occupations": ("oficio", "occupation", "ocupacion", "job", "puesto", "profesion", "trade", "cargo"),
    "skills": ("habilidades", "destrezas", "skill"),
    "languages": ("idioma", "language", "lengua"),
    "available_from": ("disponible", "disponibilidad desde", "available", "desde"),
    "available_to": ("disponibilidad hasta", "hasta", "available until", "available to"),
    "reservation_weekly_income": (
        "ingreso", "ingreso mensual", "ingreso quincenal", "ingreso esperado", "ingreso minimo",
        "salario minimo aceptado", "salario esperado", "pretension salarial", "expected income", "minimum income",
        "income", "weekly income", "monthly income",
    ),
    "passport_expires": (
        "pasaporte", "passport", "pasaporte vence", "vencimiento pasaporte", "vigencia del pasaporte",
        "pasaporte vigente hasta", "pasaporte valido hasta", "fecha de vencimiento de pasaporte",
        "passport expiry", "passport expiration", "passport valid until",
    ),
    "medical_valid_until": (
        "examen medico", "medico", "certificado medico", "certificado medico vence", "vigencia examen medico",
        "chequeo medico", "ficha medica", "medical", "medical exam", "medical certificate", "medical valid until",
        "medical expiry",
    ),
    "household_id": ("hogar", "household", "nucleo familiar", "familia", "family"),
    "travel_group_id": ("grupo", "grupo de viaje", "travel group"),
    "isced": ("escolaridad", "nivel de estudios", "education level"),
    "registered_at": ("registrado", "fecha de inscripcion", "registration date", "registered"),
    "headcount": (
        "workers needed", "numero de trabajadores", "cantidad de trabajadores", "vacantes", "positions", "puestos",
    ),
    "start_date": ("inicio", "start", "first day", "fecha inicio"),
    "end_date": ("fin", "end", "last day", "termino", "fecha de termino", "fecha fin"),
    "hourly_wage": ("salario", "wage", "pay per hour", "hourly pay"),
    "weekly_hours": ("horas semanales", "hours per week"),
    "order_id": ("codigo", "code", "oferta", "order", "case number", "numero de oferta"),
    "employer_id": ("empleador", "employer", "empresa", "nit"),
    "site_id": ("lugar", "site", "finca", "sitio"),
    "beds": ("plazas de alojamiento", "capacidad"),
}  # fmt: skip
TABLE_NAMES = {
    "workers": ("workers", "trabajadores", "personas", "padron", "registro"),
    "orders": ("orders", "ofertas", "pedidos", "vacantes"),
    "employers": ("employers", "empleadores", "empresas"),
    "sites": ("sites", "lugares", "sitios", "fincas", "alojamientos"),
    "history": ("history", "historial", "historia"),
    "recalls": ("recalls", "llamados", "nominados"),
    "preferences": ("preferences", "preferencias"),
    "corridors": ("corridors", "corredores"),
    "commitments": ("commitments", "compromisos"),
    "exclusions": ("exclusions", "exclusiones"),
    "scores": ("scores", "puntajes"),
}
# Words that say too little to be looked for within a longer heading.
_ALONE = frozenset(
    {
        "id", "worker", "codigo", "code", "end", "fin", "age", "start", "job", "order", "name", "nombre", "region",
        "estado",
    }
)  # fmt: skip
_FILLERS = frozenset({"de", "del", "la", "el", "los", "las", "of", "the", "no", "num", "numero", "fecha", "date", "y"})
LIKE_ENOUGH = 0.84
_LONGEST_HEADING = 80


@cache
def names_of(column: str) -> tuple[str, ...]:
    """All that a column may be called, plainly written."""
    listed = (column, column.removesuffix("_id"), *titles_of(column), *OTHER_NAMES.get(column, ()))
    return tuple(dict.fromkeys(plain(name) for name in listed))


def nearest_columns(title: str, table: str) -> list[tuple[str, float]]:
    """The columns of a table that a heading may mean, the likeliest first, and how alike they are from 0 to 1."""
    return _nearest(plain(title), table) if title and len(title) <= _LONGEST_HEADING else []


def known_headings(titles: Sequence[str], table: str) -> int:
    """How many columns of a table a row of cells names."""
    return len({found[0][0] for found in (nearest_columns(title, table) for title in titles) if found})


@cache
def _nearest(title: str, table: str) -> list[tuple[str, float]]:
    if not any(letter.isalpha() for letter in title):
        return []
    alike = [(column, _likeness(title, column)) for column in TABLES[table].column_names]
    return sorted((pair for pair in alike if pair[1] >= LIKE_ENOUGH), key=lambda pair: -pair[1])


def _likeness(title: str, column: str) -> float:
    """How alike: 1 for a name itself; a name within a longer heading counts by its share of the words."""
    return max(max(_spelt_alike(title, name), _within(title, name)) for name in names_of(column))


def _spelt_alike(title: str, name: str) -> float:
    """The share of letters that agree in their order, or 0 where lengths or letters alone say that it isn't enough."""
    if 2 * min(len(title), len(name)) < LIKE_ENOUGH * (len(title) + len(name)):
        return 0.0
    matcher = difflib.SequenceMatcher(None, title, name)
    return matcher.ratio() if matcher.quick_ratio() >= LIKE_ENOUGH else 0.0


def _within(title: str, name: str) -> float:
    words, wanted = ({word for word in text.split() if word not in _FILLERS} for text in (title, name))
    if not wanted or name in _ALONE or not wanted <= words:
        return 0.0
    return LIKE_ENOUGH + (0.99 - LIKE_ENOUGH) * len(wanted) / len(words)
