"""What the columns of tables are called on sheets, in English and Spanish."""

from __future__ import annotations

import difflib
import re
import unicodedata

from engine.programme.schema import TABLES

SPANISH = {
    "worker_id": "código de persona",
    "origin_country": "país de origen",
    "origin_region": "departamento de origen",
    "birth_date": "fecha de nacimiento",
    "sex": "sexo",
    "occupations": "ocupaciones",
    "skills": "competencias",
    "languages": "idiomas",
    "available_from": "disponible desde",
    "available_to": "disponible hasta",
    "reservation_weekly_income": "ingreso semanal mínimo",
    "passport_expires": "vencimiento del pasaporte",
    "medical_valid_until": "examen médico válido hasta",
    "household_id": "código de hogar",
    "travel_group_id": "código de grupo",
    "refuses": "rechaza",
    "isced": "nivel educativo",
    "registered_at": "fecha de registro",
    "points": "puntos",
    "order_id": "código de oferta",
    "employer_id": "código de empleador",
    "site_id": "código de lugar",
    "destination_country": "país de destino",
    "destination_region": "región de destino",
    "sector": "sector",
    "isco08": "ocupación",
    "required_skills": "competencias exigidas",
    "desired_skills": "competencias deseadas",
    "min_experience_months": "meses de experiencia",
    "start_date": "fecha de inicio",
    "end_date": "fecha de fin",
    "headcount": "plazas",
    "min_crew": "cuadrilla mínima",
    "weekly_hours": "horas por semana",
    "guaranteed_weekly_hours": "horas garantizadas por semana",
    "hourly_wage": "salario por hora",
    "weekly_deductions": "descuentos por semana",
    "worker_cost": "costo para la persona",
    "labour_market_test_until": "prueba de mercado hasta",
    "priority": "prioridad",
    "filed_at": "presentada el",
    "name": "nombre",
    "country": "país",
    "accredited_until": "acreditado hasta",
    "debarred_from": "inhabilitado desde",
    "debarred_until": "inhabilitado hasta",
    "region": "región",
    "beds": "camas",
    "inspected_until": "inspeccionado hasta",
    "exit_reason": "motivo de salida",
    "rank": "preferencia",
    "travel_cost_to_worker": "costo de viaje para la persona",
    "travel_days": "días de viaje",
    "remittance_cost_share": "costo de remesas",
    "lead_time_days": "días de antelación",
    "agreed_on": "acordado el",
    "reason": "motivo",
    "score": "puntaje",
}
OTHER_NAMES = {
    "worker_id": ("dpi", "cui", "cedula", "curp", "dni", "passport number", "id", "worker", "no registro"),
    "birth_date": ("born", "nacimiento", "date of birth", "dob"),
    "sex": ("genero", "gender"),
    "origin_region": ("departamento", "region", "province", "estado"),
    "origin_country": ("pais", "country", "nationality", "nacionalidad"),
    "occupations": ("oficio", "occupation", "ocupacion", "job"),
    "languages": ("idioma", "language"),
    "available_from": ("disponible", "available", "desde"),
    "available_to": ("hasta", "available until"),
    "headcount": ("workers needed", "numero de trabajadores", "vacantes", "positions"),
    "start_date": ("inicio", "start", "first day"),
    "end_date": ("fin", "end", "last day", "termino"),
    "hourly_wage": ("salario", "wage", "pay per hour"),
    "order_id": ("oferta", "order", "case number"),
    "employer_id": ("empleador", "employer", "empresa"),
}
SEX_WORDS = {
    "F": ("f", "female", "woman", "femenino", "mujer"),
    "M": ("m", "male", "man", "masculino", "hombre"),
    "X": ("x", "other", "otro"),
}
LIKE_ENOUGH = 0.84


def plain(text: str) -> str:
    """A heading without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def heading(column: str, language: str) -> str:
    """What a column is called on a template."""
    return SPANISH[column] if language == "es" else column


def names_of(column: str) -> tuple[str, ...]:
    """All that a column may be called, plainly written."""
    listed = (column, column.removesuffix("_id"), SPANISH[column], *OTHER_NAMES.get(column, ()))
    return tuple(dict.fromkeys(plain(name) for name in listed))


def nearest_column(title: str, table: str) -> tuple[str, float]:
    """The column of a table that a heading most likely means, and how alike they are from 0 to 1."""
    best = max(
        ((column, _likeness(plain(title), column)) for column in TABLES[table].column_names), key=lambda pair: pair[1]
    )
    return best if best[1] >= LIKE_ENOUGH else ("", best[1])


def _likeness(title: str, column: str) -> float:
    return max(difflib.SequenceMatcher(None, title, name).ratio() for name in names_of(column))
