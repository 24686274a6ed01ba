"""Finding the columns of a disclosure workbook by meaning, for the agency respells them almost every year.

Spellings seen from FY2008 to FY2023: CASE_NO, CASE_NUMBER; CERTIFICATION_BEGIN_DATE (to FY2015),
REQUESTED_START_DATE_OF_NEED (FY2016 to FY2019), EMPLOYMENT_BEGIN_DATE (from FY2020); ALIEN_WORK_STATE,
WORKSITE_LOCATION_STATE, WORKSITE_STATE; PRIMARY/SUB, PRIMARY_SUB, PRMARY/SUB; NAIC_CODE, NAICS_CODE.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Fault, InputError
from engine.words import message


@dataclass(frozen=True)
class Meaning:
    """What a column says: its name here, its spellings, the preferred first, and whether it is needed."""

    name: str
    patterns: tuple[str, ...]
    required: bool = True


MEANINGS = (
    Meaning("case_number", (r"CASE_(NO|NUM|NUMBER)", r"CASE_ID")),
    Meaning("visa", (r"VISA_(CLASS|TYPE)",), required=False),
    Meaning("naics", (r"NAICS?_(CODE|CD)", r"NAICS?"), required=False),
    Meaning("status", (r"CASE_STATUS", r"(APPLICATION_)?STATUS")),
    Meaning("employer", (r"EMPLOYER_(LEGAL_)?(BUSINESS_)?NAME", r"LEGAL_NAME")),
    Meaning("workers", (r"(NBR|NUMBER_OF|TOTAL)_WORKERS_(H_?2[AB]_)?CERTIFIED", r"WORKERS_CERTIFIED")),
    Meaning("begin", (
        r"CERTIFICATION_BEGIN_DATE", r"EMPLOYMENT_BEGIN_DATE", r"REQUESTED_(START|BEGIN)_DATE(_OF_NEED)?",
    )),
    Meaning("end", (r"CERTIFICATION_END_DATE", r"EMPLOYMENT_END_DATE", r"REQUESTED_END_DATE(_OF_NEED)?")),
    Meaning("state", (r"WORKSITE_(LOCATION_)?STATE", r"ALIEN_WORK_STATE", r"WORK_STATE")),
    Meaning("soc", (r"SOC_CODE(_ID)?", r"SOC_OCC_CODE"), required=False),
    Meaning("title", (r"JOB_TITLE", r"JOBTITLE", r"OCCUPATIONAL_TITLE"), required=False),
    Meaning("rate", (r"BASIC_(RATE_OF_PAY|WAGE_RATE)(_FROM)?", r"WAGE_OFFER(_FROM)?")),
    Meaning("unit", (r"BASIC_UNIT_OF_PAY", r"(WAGE_)?PER", r"UNIT_OF_PAY")),
    Meaning("hours", (r"(BASIC|ANTICIPATED)_NUMBER_OF_HOURS", r"(TOTAL_)?WEEKLY_HOURS")),
    Meaning("city", (r"WORKSITE_(LOCATION_)?CITY", r"ALIEN_WORK_CITY"), required=False),
    Meaning("sub", (r"PRI?MARY_SUB", r"SUB"), required=False),
    Meaning("organisation", (r"ORGANI[ZS]ATION_FLAG", r"ORGANI[ZS]ATION", r"ORG_FLAG"), required=False),
    Meaning("experience", (r"EMP_EXP_NUM_MONTHS", r"WORK_EXPERIENCE_MONTHS"), required=False),
    Meaning("received", (r"CASE_RECEIVED_DATE", r"RECEIVED_DATE"), required=False),
)  # fmt: skip


def normalised(header: object) -> str:
    """Spell a header in capitals with single underscores: `Primary/Sub ` becomes PRIMARY_SUB."""
    return re.sub(r"[^A-Z0-9]+", "_", str(header).upper()).strip("_")


def find_columns(headers: Sequence[object], file: str, visa: str, titled: bool) -> Mapping[str, int]:
    """Find the position of each meaning among the headers of the workbook of a visa ("H-2A").

    Raises `InputError` with one fault for each required meaning that no header has; the occupation's code or, where
    job titles may stand in for it (``titled``), the job's title is one of them.
    """
    spelled = [normalised(header) for header in headers]
    found, faults = {}, []
    for meaning in MEANINGS:
        position = _position(meaning.patterns, spelled)
        if position is not None:
            found[meaning.name] = position
        elif meaning.required:
            faults.append(_missing(meaning, file, headers))
    if not ({"soc", "title"} if titled else {"soc"}) & set(found):
        faults.append(_missing(next(meaning for meaning in MEANINGS if meaning.name == "soc"), file, headers))
    if faults:
        raise InputError(
            faults, message("Is this the {visa} disclosure workbook of the US Department of Labor?", visa=visa)
        )
    return found


def _position(patterns: Sequence[str], spelled: Sequence[str]) -> int | None:
    for pattern in patterns:
        for position, header in enumerate(spelled):
            if re.fullmatch(pattern, header):
                return position
    return None


def _missing(meaning: Meaning, file: str, headers: Sequence[object]) -> Fault:
    seen = ", ".join(str(header) for header in headers if str(header).strip())
    return Fault(
        file=file,
        row=1,
        column=meaning.name,
        value="",
        problem=message("no column tells it; the headers are {seen}", seen=seen),
        expected=message("a header such as {example}", example=_example(meaning.patterns[0])),
        code="column",
    )


def _example(pattern: str) -> str:
    """Turn a pattern into one spelling that it matches."""
    first_choice = re.sub(r"\(([^|)]*)[^)]*\)\??", r"\1", pattern)
    return re.sub(r".\?", "", first_choice)
