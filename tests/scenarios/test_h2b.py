"""The import of H-2B disclosure data: spellings, units of pay, sectors by NAICS, and what isn't guessed."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from draft_checks import assert_consistent, assert_same
from h2a_workbook import H2B_HEADERS, write_workbook

from engine.errors import InputError
from engine.programme import read_programme
from scenarios.disclosure.rows import read_orders
from scenarios.h2a import H2A
from scenarios.h2b import H2B, import_h2b, sectors_of

TIDIED = "us_h2b_orders_fy2018.csv.gz"
UNITS = {"Hour": 12.0, "Week": 480.0, "Bi-Weekly": 960.0, "Month": 2080.0, "Year": 24_960.0}


def written(folder: Path, rows: list[dict[str, Any]], year: int = 2018, without: str = "") -> Path:
    """A small workbook spelled as in a year."""
    return write_workbook(folder / "h2b.xlsx", year, rows, without, H2B_HEADERS)


@pytest.mark.parametrize("year", H2B_HEADERS)
def test_an_order_reads_the_same_in_each_spelling(year: int, tmp_path: Path) -> None:
    """Rate, workers and dates whatever their headers are called."""
    orders, refused = read_orders(written(tmp_path, [{}], year), H2B)
    assert refused.empty
    told = orders.iloc[0][["headcount", "hourly_wage", "isco08", "region", "naics"]].tolist()
    assert told == [12, 10.7, "9211", "US-FL", "561730"]


@pytest.mark.parametrize(("unit", "rate"), UNITS.items())
def test_each_unit_of_pay_is_an_hourly_wage(unit: str, rate: float, tmp_path: Path) -> None:
    """Twelve an hour, of forty hours a week, 52 weeks and 12 months a year."""
    orders, _ = read_orders(written(tmp_path, [{"unit": unit, "rate": rate}]), H2B)
    assert orders.hourly_wage.iloc[0] == pytest.approx(12, abs=0.005)


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"unit": "Piece Rate", "rate": 3}, "BASIC_UNIT_OF_PAY", "no unit"),
        ({"unit": "Select Pay Range"}, "BASIC_UNIT_OF_PAY", "no unit"),
        ({"visa": "H-2A"}, "VISA_CLASS", "is not H-2B"),
    ],
)
def test_what_cannot_be_converted_is_refused(changes: dict[str, Any], column: str, reason: str, tmp_path: Path) -> None:
    """A rate by the piece says nothing of an hour; an order of the other visa is not one of this."""
    orders, refused = read_orders(written(tmp_path, [{}, changes]), H2B)
    assert (len(orders), list(refused.row), refused.column[0]) == (1, [3], column)
    assert reason in refused.reason[0]


def test_the_other_source_takes_no_order_of_this_visa(tmp_path: Path) -> None:
    """Read as H-2A, each row is refused by its class."""
    orders, refused = read_orders(written(tmp_path, [{}, {}]), H2A)
    assert orders.empty and set(refused.column) == {"VISA_CLASS"}


def test_occupations_are_not_taken_from_titles(tmp_path: Path) -> None:
    """The table of job titles is of farms: without a code the file is refused with what is missing."""
    with pytest.raises(InputError) as error:
        read_orders(written(tmp_path, [{}], without="soc"), H2B)
    assert [fault.column for fault in error.value.faults] == ["soc"]


def test_a_workbook_without_certified_orders_is_told(tmp_path: Path) -> None:
    """No crash where every row is denied."""
    with pytest.raises(InputError, match="no order is left"):
        import_h2b(written(tmp_path, [{"status": "DETERMINATION ISSUED - DENIED"}]), 0, 0)


def test_sectors_follow_the_longest_beginning() -> None:
    """Landscaping is in N, waste in E38, car repair in G45 where other repair is in S; unknown stays empty."""
    codes = pd.Series(["561730", "562111", "811111", "811310", 721110.0, "", "999999"])
    assert sectors_of(codes).to_pylist() == ["N", "E38", "G45", "S", "I55", "", ""]


def test_a_small_workbook_becomes_a_sound_programme(tmp_path: Path) -> None:
    """No beds are invented, each sector is under the agreements, and the same call gives the same."""
    rows: list[dict[str, Any]] = [{"workers": n + 1, "naics": "721110" if n % 2 else "561730"} for n in range(12)]
    file = written(tmp_path, rows)
    draft, refused = import_h2b(file, 200, 5)
    assert refused.empty
    assert_consistent(draft)
    assert_same(draft, import_h2b(file, 200, 5)[0])
    assert np.isnan(draft.tables["sites"].beds.to_numpy(float)).all()
    assert set(draft.tables["orders"].sector) == {"N", "I55"}
    assert all(agreement["sectors"] == [] for agreement in draft.agreements)
    draft.write(tmp_path / "programme")
    assert read_programme(tmp_path / "programme").tables["orders"].size == 12


def test_a_real_year_is_read_whole(shared_data: Path, tmp_path: Path) -> None:
    """All certified orders of FY2018, put back under the agency's headers: 16 units that give no hour are refused."""
    tidied = pd.read_csv(shared_data / TIDIED, keep_default_na=False)
    tidied["hours"], tidied["status"] = tidied.hours_week, "Certification"
    names = {
        "case_no": "CASE_NUMBER", "status": "CASE_STATUS", "visa": "VISA_CLASS", "employer": "EMPLOYER_NAME",
        "n_certified": "NBR_WORKERS_CERTIFIED", "begin": "EMPLOYMENT_BEGIN_DATE", "end": "EMPLOYMENT_END_DATE",
        "worksite_state": "WORKSITE_STATE", "worksite_city": "WORKSITE_CITY", "soc_code": "SOC_CODE",
        "naics": "NAICS_CODE", "rate": "BASIC_RATE_OF_PAY_FROM", "rate_unit": "BASIC_UNIT_OF_PAY",
        "hours": "BASIC_NUMBER_OF_HOURS",
    }  # fmt: skip
    tidied[list(names)].rename(columns=names).to_csv(tmp_path / "h2b.csv", index=False)
    orders, refused = read_orders(tmp_path / "h2b.csv", H2B)
    assert len(orders) + refused.row.nunique() == len(tidied) == 7420
    assert (refused.column == "BASIC_UNIT_OF_PAY").sum() == tidied.rate_unit.isin(
        ["Piece Rate", "Select Pay Range"]
    ).sum()
    assert sectors_of(orders.naics).to_pylist().count("") == 0
