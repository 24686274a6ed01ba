"""Small disclosure workbooks, spelled as the agency spelled them in one year or another."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

_TO_2019 = {
    "status": "CASE_STATUS", "employer": "EMPLOYER_NAME", "workers": "NBR_WORKERS_CERTIFIED",
    "soc": "SOC_CODE", "rate": "BASIC_RATE_OF_PAY", "unit": "BASIC_UNIT_OF_PAY",
    "hours": "BASIC_NUMBER_OF_HOURS",
}  # fmt: skip
_TO_2014 = {"case": "CASE_NO", "begin": "CERTIFICATION_BEGIN_DATE", "end": "CERTIFICATION_END_DATE"}
_NEED = {
    "begin": "REQUESTED_START_DATE_OF_NEED",
    "end": "REQUESTED_END_DATE_OF_NEED",
    "job": "JOB_START_DATE",
}
HEADERS: Mapping[int, Mapping[str, str]] = {
    2009: {**_TO_2019, **_TO_2014, "state": "ALIEN_WORK_STATE"},
    2014: {**_TO_2019, **_TO_2014, "state": "WORKSITE_LOCATION_STATE"},
    2015: {**_TO_2019, **_TO_2014, "state": "WORKSITE_LOCATION_STATE", "organisation": "ORGANIZATION_FLAG"},
    2016: {**_TO_2019, **_NEED, "case": "CASE_NUMBER", "state": "WORKSITE_STATE", "sub": "PRIMARY/SUB"},
    2018: {**_TO_2019, **_NEED, "case": "CASE_NO", "state": "WORKSITE_STATE", "sub": "PRIMARY_SUB"},
    2019: {
        **{key: header.replace("_", " ").title() for key, header in {**_TO_2019, **_NEED}.items()},
        "case": "Case_Number", "state": "Worksite State ", "sub": "PRMARY/SUB",
    },
    2023: {
        "case": "CASE_NUMBER", "status": "CASE_STATUS", "employer": "EMPLOYER_NAME",
        "workers": "TOTAL_WORKERS_H-2A_CERTIFIED", "requested": "REQUESTED_BEGIN_DATE",
        "begin": "EMPLOYMENT_BEGIN_DATE", "end": "EMPLOYMENT_END_DATE", "state": "WORKSITE_STATE",
        "soc": "SOC_CODE", "rate": "WAGE_OFFER", "unit": "PER", "hours": "ANTICIPATED_NUMBER_OF_HOURS",
    },
}  # fmt: skip
H2B_HEADERS: Mapping[int, Mapping[str, str]] = {
    2018: {
        **_TO_2019, **_NEED, "case": "CASE_NUMBER", "visa": "VISA_CLASS", "state": "WORKSITE_STATE",
        "naics": "NAICS_CODE", "rate": "BASIC_RATE_OF_PAY_FROM",
    },
    2021: {
        **HEADERS[2023], "visa": "VISA_CLASS", "workers": "TOTAL_WORKERS_CERTIFIED",
        "naics": "NAICS_CODE", "rate": "BASIC_WAGE_RATE_FROM",
    },
}  # fmt: skip

GOOD: Mapping[str, Any] = {
    "case": "H-300-1", "status": "Determination Issued - Certification", "employer": "Farm One",
    "workers": 12, "begin": date(2016, 3, 1), "end": date(2016, 10, 31), "state": "FL", "soc": "45-2092.02",
    "rate": 10.7, "unit": "Hour", "hours": 40, "sub": "PRI", "job": date(2016, 1, 2),
    "requested": date(2016, 2, 1), "organisation": None, "visa": "H-2B", "naics": "561730",
}  # fmt: skip


def write_workbook(
    path: Path,
    year: int,
    rows: Sequence[Mapping[str, Any]],
    without: str = "",
    spelled: Mapping[int, Mapping[str, str]] = HEADERS,
) -> Path:
    """Write rows, each a change to `GOOD`, under the headers of a year; leave out the column `without`."""
    headers = {key: header for key, header in spelled[year].items() if key != without}
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(headers.values()))
    for number, changes in enumerate(rows, 1):
        row = {**GOOD, "case": f"H-300-{number}", **changes}
        for column, key in enumerate(headers):
            if row[key] is not None:
                sheet.write(number, column, row[key])
    book.close()
    return path
