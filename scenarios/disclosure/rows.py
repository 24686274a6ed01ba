"""Reading the rows of a disclosure workbook: which are orders, which are refused and why, and what they say.

Nothing is repaired in silence. A row that is no certified order of its own (another status, a member of an
association's filing) is passed over; an order that can't be read is refused by row, column, value and reason.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pycountry
from python_calamine import CalamineError, CalamineWorkbook

from engine.errors import CallError, Fault, InputError
from engine.sheets.sheet_reading import read_sheet as read_text_sheet
from engine.words import message
from scenarios.calibration import table
from scenarios.columns import Bools
from scenarios.disclosure.columns import MEANINGS, find_columns
from scenarios.disclosure.visa import Visa

CERTIFIED = re.compile(r"CERTIFI")
NOT_CERTIFIED = re.compile(r"DENIED|WITHDRAWN|NOT CERTIFIED|REJECTED")
# Weeks by which a rate of that unit is divided to give a weekly one; an hourly rate needs no division.
WEEKS_IN_UNIT = {"week": 1.0, "bi weekly": 2.0, "biweekly": 2.0, "month": 52 / 12, "year": 52.0}
HOURLY = ("hour", "hr", "hourly")
PLAUSIBLE_HOURLY = (2.0, 100.0)
LONGEST_DAYS = 1095
FAR_DAYS = 730
REFUSED_COLUMNS = ("row", "case_number", "column", "value", "reason")


def read_sheet(file: Path, visa: Visa) -> tuple[pd.DataFrame, dict[str, str]]:
    """Read the first sheet into columns named by meaning, and say what the sheet calls each of them.

    The index is the row number in the sheet, the header being row 1. Raises `CallError` where the file
    can't be read and `InputError` where it is empty or a needed column is missing.
    """
    try:
        rows = _rows(file)
    except (OSError, CalamineError) as error:
        raise CallError(
            message("{file} can't be read as a workbook: {error}.", file=file, error=str(error)),
            message("Give the .xlsx file as published."),
        ) from error
    if not rows:
        fault = Fault(
            file.name,
            0,
            "",
            "",
            message("the first sheet is empty"),
            message("a header and one row an application"),
            "empty",
        )
        raise InputError([fault])
    found = find_columns(rows[0], file.name, visa.title, visa.titled)
    table_of_rows = pd.DataFrame(rows[1:], index=range(2, len(rows) + 1), dtype=object)
    sheet = pd.DataFrame({name: table_of_rows[position] for name, position in found.items()})
    for meaning in MEANINGS:
        if meaning.name not in sheet:
            sheet[meaning.name] = ""
    return sheet, {name: str(rows[0][position]) for name, position in found.items()}


def _rows(file: Path) -> list[list[Any]]:
    """The rows of the first sheet; of the CSV files of the first years their cells as text."""
    if file.suffix.lower() == ".csv":
        return list(read_text_sheet(file, header_row=1).rows)
    return list(CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python())


def certified_orders(sheet: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that are certified, in full or in part, and that stand for themselves.

    An association files a master row and one row a member (SUB): with both, positions would be counted twice. Where no
    column says which is which, rows that share a case number are told apart by the association's flag, which the master
    row alone has.
    """
    status = sheet.status.astype(str).str.upper()
    certified = status.str.contains(CERTIFIED) & ~status.str.contains(NOT_CERTIFIED)
    member = sheet["sub"].astype(str).str.upper().str.strip().isin(["SUB", "S"])
    kept = sheet[certified & ~member]
    flagged = kept.organisation.fillna("").astype(str).str.strip().ne("")
    masters = flagged.groupby(kept.case_number.astype(str).str.strip()).transform("sum")
    return kept[flagged | (masters != 1)]


class Reading:
    """Columns read from the certified rows, and the faults found on the way, as one list of refusals."""

    def __init__(self, sheet: pd.DataFrame, headers: dict[str, str]) -> None:
        self.sheet, self.headers = sheet, headers
        self.faults: list[pd.DataFrame] = []

    def refuse(self, wrong: Bools | pd.Series, meaning: str, reason: str) -> None:
        """Refuse the rows that are wrong, for a reason about one column."""
        rows = self.sheet[np.asarray(wrong, bool)]
        self.faults.append(
            pd.DataFrame(
                {
                    "row": rows.index,
                    "case_number": rows.case_number.astype(str),
                    "column": self.headers.get(meaning, meaning),
                    "value": rows[meaning].astype(str),
                    "reason": reason,
                }
            )
        )

    def number(self, meaning: str) -> pd.Series:
        """Read a column of numbers; what is none is NaN."""
        return pd.to_numeric(self.sheet[meaning], errors="coerce").astype(float)

    def day(self, meaning: str) -> pd.Series:
        """Read a column of dates, at midnight; what is none is NaT."""
        return pd.to_datetime(self.sheet[meaning].replace("", None), errors="coerce").dt.normalize()

    def refused(self) -> pd.DataFrame:
        """List all refusals, by row; a row with several faults has several."""
        found = pd.concat(self.faults) if self.faults else pd.DataFrame(columns=list(REFUSED_COLUMNS))
        return found.sort_values("row", kind="stable").reset_index(drop=True)


def read_orders(file: Path, visa: Visa) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the orders of a visa's workbook: the good ones, and the refusals.

    Orders: case_number, employer, city, region (ISO 3166-2), isco08, begin, end, headcount, weekly_hours,
    hourly_wage (USD), min_experience_months, received, naics; their attribute occupations_from_titles says
    where the occupations are from. Refusals: row, case_number, column (as the sheet
    spells it), value, reason.
    """
    sheet, headers = read_sheet(file, visa)
    reading = Reading(certified_orders(sheet), headers)
    orders = pd.DataFrame(index=reading.sheet.index)
    orders.attrs["occupations_from_titles"] = "soc" not in headers
    _require_visa(reading, visa.title)
    orders["case_number"] = _case_numbers(reading)
    orders["employer"] = reading.sheet.employer.astype(str).str.strip()
    orders["city"] = reading.sheet.city.astype(str).str.strip().str.title()
    orders["region"] = _regions(reading)
    orders["isco08"] = _occupations(reading)
    orders["begin"], orders["end"] = _dates(reading)
    orders["headcount"] = _headcounts(reading)
    orders["weekly_hours"] = _hours(reading)
    orders["hourly_wage"] = _hourly_wages(reading, orders["weekly_hours"])
    orders["min_experience_months"] = reading.number("experience").fillna(0).clip(lower=0)
    orders["received"] = reading.day("received")
    orders["naics"] = reading.sheet.naics
    refused = reading.refused()
    return orders[~orders.index.isin(refused.row)].astype({"headcount": np.int64}), refused


def _require_visa(reading: Reading, title: str) -> None:
    """Refuse the rows that say they are of another visa."""
    said = reading.sheet.visa.fillna("").astype(str).str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
    reading.refuse(~said.isin(["", title.replace("-", "")]), "visa", message("is not {visa}", visa=title))


def _case_numbers(reading: Reading) -> pd.Series:
    numbers = reading.sheet.case_number.astype(str).str.strip()
    reading.refuse(
        ~numbers.str.fullmatch(r"[^\s;:|]{1,64}"), "case_number", message("is no id: 1 to 64 characters, no space")
    )
    reading.refuse(numbers.duplicated(), "case_number", message("appears in an earlier row"))
    return numbers


def _regions(reading: Reading) -> pd.Series:
    """Read the state, as its two letters or its name."""
    states = [region for region in pycountry.subdivisions if region.country_code == "US"]
    by_name = {region.name.upper(): region.code for region in states}
    codes = {code[3:]: code for code in by_name.values()} | by_name
    regions = reading.sheet.state.astype(str).str.strip().str.upper().map(codes)
    reading.refuse(regions.isna(), "state", message("is no state of the United States"))
    return regions


def _occupations(reading: Reading) -> pd.Series:
    """Read the SOC 2010 code, whatever detail follows its six digits, as ISCO-08; without one, the job's title.

    A title's occupation is that of the first word of the table `job_titles` that it has; no other is guessed.
    """
    if "soc" not in reading.headers:
        titles = reading.sheet.title.astype(str).str.lower()
        known = pd.Series(index=titles.index, dtype=object)
        for word, code in table("job_titles").itertuples(index=False):
            known = known.where(known.notna() | ~titles.str.contains(word, regex=False), code)
        reading.refuse(
            known.isna(), "title", message("has no word of the table of job titles, and there is no SOC code")
        )
        return known
    crosswalk = table("soc_isco").set_index("soc").isco08
    codes = reading.sheet.soc.astype(str).str.replace(r"\D", "", regex=True).str[:6].map(crosswalk)
    reading.refuse(codes.isna(), "soc", message("is no SOC code with a known ISCO-08 occupation"))
    return codes


def _dates(reading: Reading) -> tuple[pd.Series, pd.Series]:
    begin, end = reading.day("begin"), reading.day("end")
    reading.refuse(begin.isna(), "begin", message("is no date"))
    reading.refuse(end.isna(), "end", message("is no date"))
    if not begin.count():
        return begin, end
    middle = pd.Timestamp(begin.sort_values().iloc[begin.count() // 2])
    far = (begin - middle).abs().dt.days > FAR_DAYS
    reading.refuse(
        far, "begin", message("is more than two years from {date}, the middle of the file's dates", date=middle.date())
    )
    reading.refuse((end < begin) & ~far, "end", message("is before the order begins"))
    reading.refuse(
        (end - begin).dt.days >= LONGEST_DAYS, "end", message("is more than three years after the order begins")
    )
    return begin, end


def _headcounts(reading: Reading) -> pd.Series:
    workers = reading.number("workers")
    reading.refuse(
        ~((workers >= 1) & (workers % 1 == 0)), "workers", message("is no whole number of certified workers above 0")
    )
    return workers


def _hours(reading: Reading) -> pd.Series:
    hours = reading.number("hours")
    reading.refuse(~((hours > 0) & (hours <= 168)), "hours", message("is no number of hours in a week"))
    return hours


def _hourly_wages(reading: Reading, weekly_hours: pd.Series) -> pd.Series:
    """Convert rates to USD an hour: 12 months are 52 weeks, and a week's pay is for the week's hours.

    Monthly rates are range herders', who are on call: their hour is worth less than the state's rate.
    """
    rate = reading.number("rate")
    unit = reading.sheet.unit.astype(str).str.strip().str.lower().str.replace("-", " ")
    weekly = rate / unit.map(WEEKS_IN_UNIT).astype(float) / weekly_hours.where(weekly_hours > 0)
    hourly = rate.where(unit.isin(HOURLY), weekly)
    reading.refuse(~(rate > 0), "rate", message("is no rate of pay"))
    reading.refuse(
        ~unit.isin([*HOURLY, *WEEKS_IN_UNIT]), "unit", message("is no unit that a rate can be converted from")
    )
    low, high = PLAUSIBLE_HOURLY
    implausible = (hourly < low) | (hourly > high)
    reading.refuse(
        implausible & (rate > 0),
        "rate",
        message("gives an hourly wage outside {low:g} to {high:g} USD", low=low, high=high),
    )
    return hourly.round(2)
