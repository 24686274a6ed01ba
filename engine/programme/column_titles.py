"""What the columns of tables are called in each language, on the template handed out and wherever it comes back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import cache

from engine.programme.earlier_titles import EARLIER_TITLES
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES
from engine.words import message, msgid
from engine.words.catalogue import ENGLISH, languages
from engine.words.wording import worded

TITLES = {
    "worker_id": msgid("worker's code"),
    "origin_country": msgid("country of origin"),
    "origin_region": msgid("department or region of origin"),
    "birth_date": msgid("date of birth"),
    "sex": msgid("sex"),
    "occupations": msgid("occupations"),
    "skills": msgid("skills"),
    "languages": msgid("languages"),
    "available_from": msgid("available from"),
    "available_to": msgid("available until"),
    "reservation_weekly_income": msgid("least weekly income accepted"),
    "passport_expires": msgid("passport expires on"),
    "medical_valid_until": msgid("medical examination valid until"),
    "household_id": msgid("household's code"),
    "travel_group_id": msgid("travel group's code"),
    "refuses": msgid("refuses"),
    "isced": msgid("level of education"),
    "registered_at": msgid("day of registration"),
    "points": msgid("points"),
    "order_id": msgid("job order's code"),
    "employer_id": msgid("employer's code"),
    "site_id": msgid("site's code"),
    "destination_country": msgid("country of destination"),
    "destination_region": msgid("region of destination"),
    "sector": msgid("sector"),
    "isco08": msgid("occupation"),
    "required_skills": msgid("skills required"),
    "desired_skills": msgid("skills desired"),
    "min_experience_months": msgid("months of experience required"),
    "start_date": msgid("first day of work"),
    "end_date": msgid("last day of work"),
    "headcount": msgid("places to fill"),
    "min_crew": msgid("least crew"),
    "weekly_hours": msgid("hours a week"),
    "guaranteed_weekly_hours": msgid("hours guaranteed a week"),
    "hourly_wage": msgid("wage an hour"),
    "weekly_deductions": msgid("deductions a week"),
    "worker_cost": msgid("cost to the worker"),
    "labour_market_test_until": msgid("labour market test valid until"),
    "priority": msgid("priority"),
    "filed_at": msgid("filed on"),
    "name": msgid("name"),
    "country": msgid("country"),
    "accredited_until": msgid("accredited until"),
    "debarred_from": msgid("debarred from"),
    "debarred_until": msgid("debarred until"),
    "operator": msgid("operator"),
    "region": msgid("region"),
    "beds": msgid("beds"),
    "inspected_until": msgid("inspection valid until"),
    "exit_reason": msgid("reason of departure"),
    "rank": msgid("rank of preference"),
    "travel_cost_to_worker": msgid("travel cost to the worker"),
    "travel_days": msgid("days of travel"),
    "remittance_cost_share": msgid("cost of remittances, a share"),
    "lead_time_days": msgid("days of notice"),
    "agreed_on": msgid("agreed on"),
    "reason": msgid("reason"),
    "score": msgid("score"),
}


def plain(text: str) -> str:
    """A heading without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def word_key(text: str) -> str:
    """What a word of a cell is looked up by: plainly written, or as it is where it has no Latin letter or figure."""
    return plain(text) or text.strip()


def title_of(column: str, language: str) -> str:
    """What a column is called on a template in a language: English has the format's own names."""
    return column if language == ENGLISH else worded(message(TITLES[column]), language)


@cache
def titles_of(column: str) -> tuple[str, ...]:
    """What a column is called in every language that is spoken, and was called on earlier templates."""
    return (*(title_of(column, language) for language in languages()), *EARLIER_TITLES.get(column, ()))


def with_own_columns(table: RawTable) -> RawTable:
    """A table whose headings in another language are the columns that they name, as the template spells them.

    A heading whose column is there under its own name stays as it is.
    """
    if set(table.columns) <= set(TABLES[table.name].column_names):
        return table
    known = _columns_of_titles(table.name)
    own = {title: known.get(plain(title), title) for title in table.columns}
    renamed = {title if own[title] in table.columns else own[title]: column for title, column in table.columns.items()}
    return replace(table, columns=renamed) if len(renamed) == len(table.columns) else table


@cache
def _columns_of_titles(table: str) -> dict[str, str]:
    return {plain(title): column for column in TABLES[table].column_names for title in titles_of(column)}
