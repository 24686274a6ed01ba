"""What the columns of tables are called in Spanish, on the template that is handed out and wherever it comes back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import cache

from engine.programme.raw_table import RawTable
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


def plain(text: str) -> str:
    """A heading without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def title_of(column: str, language: str) -> str:
    """What a column is called on a template in a language: "en" has the format's own names."""
    return SPANISH[column] if language == "es" else column


def with_own_columns(table: RawTable) -> RawTable:
    """A table whose Spanish headings are the columns that they name, as the template spells them.

    A heading whose column is there under its own name stays as it is.
    """
    known = _columns_of_titles(table.name)
    own = {title: known.get(plain(title), title) for title in table.columns}
    renamed = {title if own[title] in table.columns else own[title]: column for title, column in table.columns.items()}
    return replace(table, columns=renamed) if len(renamed) == len(table.columns) else table


@cache
def _columns_of_titles(table: str) -> dict[str, str]:
    return {plain(SPANISH[column]): column for column in TABLES[table].column_names}
