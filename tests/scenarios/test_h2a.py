"""The import of H-2A disclosure data: columns of every year, traps, and the totals of the real file."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from draft_checks import assert_consistent, assert_same
from h2a_workbook import HEADERS, write_workbook

from benchmarks.principles import orders_of
from engine.errors import CallError, InputError
from engine.programme import read_programme
from scenarios.disclosure.columns import MEANINGS, find_columns
from scenarios.disclosure.rows import read_orders
from scenarios.h2a import H2A, import_h2a

REAL = "us_dol_H-2A_Disclosure_Data_FY16.xlsx"


def read_one(tmp_path: Path, **changes: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a workbook of ten good rows and one that is changed."""
    return read_orders(write_workbook(tmp_path / "h2a.xlsx", 2016, [{}] * 10 + [changes]), H2A)


@pytest.mark.parametrize("year", HEADERS)
def test_columns_are_found_in_the_spellings_of_each_year(year: int, tmp_path: Path) -> None:
    """Tests that a row reads the same whatever its headers are called."""
    orders, refused = read_orders(write_workbook(tmp_path / "h2a.xlsx", year, [{}, {}, {"workers": 3}]), H2A)
    assert refused.empty
    assert list(orders.headcount) == [12, 12, 3]
    assert set(orders.region) == {"US-FL"}
    assert set(orders.isco08) == {"9211"}
    assert orders.begin.iloc[0] == pd.Timestamp("2016-03-01")
    assert orders.end.iloc[0] == pd.Timestamp("2016-10-31")
    assert orders.hourly_wage.iloc[0] == 10.7


@pytest.mark.parametrize("missing", ["case", "workers", "begin", "state", "soc", "rate", "hours"])
def test_a_missing_column_is_named_with_the_headers_found(missing: str, tmp_path: Path) -> None:
    """Tests that the fault tells what is missing and what there is instead."""
    file = write_workbook(tmp_path / "h2a.xlsx", 2016, [{}], without=missing)
    with pytest.raises(InputError) as error:
        read_orders(file, H2A)
    assert len(error.value.faults) == 1
    assert "EMPLOYER_NAME" in error.value.faults[0].problem
    assert "such as" in error.value.faults[0].expected


def test_all_missing_columns_are_named_at_once() -> None:
    """Tests that a wrong workbook gives one fault for each required meaning."""
    with pytest.raises(InputError) as error:
        find_columns(["a", "b"], "wrong.xlsx", "H-2A", titled=True)
    assert len(error.value.faults) == sum(meaning.required for meaning in MEANINGS) + 1


def test_the_recruitment_order_is_not_the_season(tmp_path: Path) -> None:
    """Tests that JOB_START_DATE, two months before the season, is not read."""
    orders, _ = read_one(tmp_path, job=date(2015, 12, 1))
    assert (orders.begin == pd.Timestamp("2016-03-01")).all()


def test_members_and_uncertified_rows_are_passed_over(tmp_path: Path) -> None:
    """Tests that neither a member's row nor a denied, withdrawn one counts, and that a partial one does."""
    rows: list[dict[str, Any]] = [
        {},
        {"sub": "SUB"},
        {"status": "DETERMINATION ISSUED - DENIED"},
        {"status": "DETERMINATION ISSUED - WITHDRAWN"},
        {"status": "DETERMINATION ISSUED - PARTIAL CERTIFICATION EXPIRED", "workers": 5},
    ]
    orders, refused = read_orders(write_workbook(tmp_path / "h2a.xlsx", 2016, rows), H2A)
    assert list(orders.headcount) == [12, 5]
    assert refused.empty


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"begin": date(2106, 6, 21)}, "REQUESTED_START_DATE_OF_NEED", "more than two years from 2016-03-01"),
        ({"end": date(2016, 1, 15)}, "REQUESTED_END_DATE_OF_NEED", "before the order begins"),
        ({"begin": None}, "REQUESTED_START_DATE_OF_NEED", "no date"),
        ({"state": None}, "WORKSITE_STATE", "no state"),
        ({"state": "XX"}, "WORKSITE_STATE", "no state"),
        ({"soc": None}, "SOC_CODE", "no SOC code"),
        ({"soc": "99-9999"}, "SOC_CODE", "no SOC code"),
        ({"workers": 0}, "NBR_WORKERS_CERTIFIED", "no whole number"),
        ({"workers": None}, "NBR_WORKERS_CERTIFIED", "no whole number"),
        ({"hours": 0}, "BASIC_NUMBER_OF_HOURS", "no number of hours"),
        ({"rate": None}, "BASIC_RATE_OF_PAY", "no rate"),
        ({"unit": "Select Pay Range"}, "BASIC_UNIT_OF_PAY", "no unit"),
        ({"unit": "Month", "rate": 11.15}, "BASIC_RATE_OF_PAY", "outside 2 to 100"),
        ({"case": "H-300 1"}, "CASE_NUMBER", "no id"),
        ({"case": "H-300-1"}, "CASE_NUMBER", "earlier row"),
    ],
)
def test_a_row_is_refused_by_name(changes: dict[str, Any], column: str, reason: str, tmp_path: Path) -> None:
    """Tests that the row, its column and the reason are told, and that the other rows are kept."""
    orders, refused = read_one(tmp_path, **changes)
    assert len(orders) == 10
    assert list(refused.row) == [12]
    assert refused.column[0] == column
    assert reason in refused.reason[0]


@pytest.mark.parametrize(
    ("unit", "rate", "hourly"),
    [("Week", 400, 10), ("Bi-Weekly", 800, 10), ("Month", 1732, 9.99), ("Year", 20800, 10)],
)
def test_rates_are_converted_by_the_stated_rule(unit: str, rate: float, hourly: float, tmp_path: Path) -> None:
    """Tests forty hours a week, 52 weeks a year and 12 months of 52 / 12 weeks."""
    orders, _ = read_one(tmp_path, unit=unit, rate=rate)
    assert orders.hourly_wage.iloc[-1] == pytest.approx(hourly, abs=0.005)


def test_a_state_may_be_spelled_out(tmp_path: Path) -> None:
    """Tests that NORTH CAROLINA is US-NC."""
    orders, _ = read_one(tmp_path, state="NORTH CAROLINA")
    assert orders.region.iloc[-1] == "US-NC"


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    """Tests that a text file is refused as a call, not with a trace."""
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_text("no workbook")
    with pytest.raises(CallError, match="can't be read"):
        read_orders(wrong, H2A)


def test_a_workbook_without_orders_is_told(tmp_path: Path) -> None:
    """Tests that nothing is written where no order is left."""
    file = write_workbook(tmp_path / "h2a.xlsx", 2016, [{"workers": 0}])
    with pytest.raises(InputError, match="no order is left"):
        import_h2a(file, 0, 0)


def test_a_small_workbook_becomes_a_sound_programme(tmp_path: Path) -> None:
    """Tests employers by name, beds by site, the register asked for, and the engine's validation."""
    rows: list[dict[str, Any]] = [{"employer": f"Farm {number % 3}", "workers": number + 1} for number in range(12)]
    file = write_workbook(tmp_path / "h2a.xlsx", 2016, rows)
    draft, refused = import_h2a(file, 200, 5)
    assert refused.empty
    assert_consistent(draft)
    assert_same(draft, import_h2a(file, 200, 5)[0])
    assert len(draft.tables["workers"]) == 200
    assert sorted(draft.tables["employers"].name) == ["Farm 0", "Farm 1", "Farm 2"]
    assert draft.tables["sites"].beds.sum() == sum(range(1, 13))
    draft.write(tmp_path / "programme")
    assert read_programme(tmp_path / "programme").tables["orders"].size == 12


def test_the_orders_of_one_state_are_a_programme_by_themselves(tmp_path: Path) -> None:
    """Tests that what the benchmark of principles compares has those orders, and wishes for no others."""
    rows: list[dict[str, Any]] = [{"state": state, "workers": 2} for state in ("FL", "GA") * 6]
    file = write_workbook(tmp_path / "h2a.xlsx", 2016, rows)
    programme = orders_of(file, "US-GA", 150)
    assert programme.orders.size == 6
    assert set(programme.frame("orders")["destination_region"]) == {"US-GA"}
    assert programme.workers.size == 150


def test_an_empty_register_is_a_header_only(tmp_path: Path) -> None:
    """Tests that an import without workers is a programme too."""
    draft, _ = import_h2a(write_workbook(tmp_path / "h2a.xlsx", 2016, [{}] * 4), 0, 0)
    assert len(draft.tables["workers"]) == 0
    draft.write(tmp_path / "programme")
    assert read_programme(tmp_path / "programme").tables["workers"].size == 0


def test_the_real_file_has_the_published_totals(shared_data: Path) -> None:
    """Tests that what is kept and what is refused make 8,297 orders and 165,741 positions together."""
    orders, refused = read_orders(shared_data / REAL, H2A)
    tidied = pd.read_csv(shared_data / "us_h2a_orders_fy2016.csv.gz").set_index("case_no")
    refused_cases = refused.case_number.unique()
    assert len(orders) + len(refused_cases) == len(tidied) == 8297
    assert orders.headcount.sum() + tidied.n_certified[refused_cases].sum() == 165_741
    assert (len(orders), orders.headcount.sum()) == (8251, 164_322)
    assert refused.groupby("column").size().to_dict() == {
        "BASIC_NUMBER_OF_HOURS": 9,
        "BASIC_RATE_OF_PAY": 7,
        "BASIC_UNIT_OF_PAY": 22,
        "NBR_WORKERS_CERTIFIED": 1,
        "REQUESTED_END_DATE_OF_NEED": 6,
        "REQUESTED_START_DATE_OF_NEED": 1,
        "SOC_CODE": 1,
    }
    kept = tidied.loc[orders.case_number]
    assert (kept.n_certified.to_numpy() == orders.headcount.to_numpy()).all()
    assert (pd.to_datetime(kept.begin).to_numpy() == orders.begin.to_numpy()).all()
    hourly = (kept.rate_unit == "Hour").to_numpy()
    assert (kept.rate.to_numpy()[hourly] == orders.hourly_wage.to_numpy()[hourly]).all()


def test_the_real_file_becomes_a_sound_programme(shared_data: Path) -> None:
    """Tests dates, floors that nearly all orders meet, and lead times that nearly all can meet."""
    draft, _ = import_h2a(shared_data / REAL, 1000, 0)
    assert_consistent(draft)
    orders = draft.tables["orders"]
    early = orders.start_date < pd.Timestamp(draft.settings["as_of"]) + pd.Timedelta(days=45)
    assert early.mean() < 0.01
    floors = [entry for entry in draft.agreements[0]["clause"] if entry["kind"] == "wage_floor"]
    below = pd.Series(False, orders.index)
    for entry in floors:
        where = entry["where"]
        first, last = (pd.Timestamp(day) for day in where["start_between"])
        begins = orders.start_date.between(first, last)
        named = orders.destination_region.isin(where["destination_region"]) & orders.isco08.isin(where["isco08"])
        below |= begins & named & (orders.hourly_wage < entry["hourly"])
    assert 0 < below.mean() < 0.08
    assert {agreement["origins"][0] for agreement in draft.agreements} >= {"MX", "GT", "JM", "HN", "SV"}


def test_without_a_column_of_members_the_flagged_row_of_a_case_is_the_order(tmp_path: Path) -> None:
    """An association's row, flagged, and its members' rows share a case: it is the order, they are passed over."""
    rows: list[dict[str, Any]] = [
        {"case": "C-1", "workers": 5, "employer": "Member One"},
        {"case": "C-1", "workers": 40, "employer": "Association", "organisation": "A"},
        {"case": "C-1", "workers": 35, "employer": "Member Two"},
        {"case": "C-2", "workers": 3},
        {"case": "C-3", "workers": 2, "organisation": "A"},
    ]
    orders, refused = read_orders(write_workbook(tmp_path / "h2a.xlsx", 2015, rows), H2A)
    assert list(zip(orders.case_number, orders.employer, orders.headcount, strict=True)) == [
        ("C-1", "Association", 40),
        ("C-2", "Farm One", 3),
        ("C-3", "Farm One", 2),
    ]
    assert refused.empty


def test_an_old_file_without_codes_takes_occupations_from_titles(tmp_path: Path) -> None:
    """A CSV file of the first years: the title's word gives the occupation, a title without one is refused by name."""
    head = (
        "CASE_NO,CASE_STATUS,EMPLOYER_NAME,NBR_WORKERS_CERTIFIED,CERTIFICATION_BEGIN_DATE,CERTIFICATION_END_DATE,"
        "ALIEN_WORK_STATE,JOB_TITLE,BASIC_RATE_OF_PAY,BASIC_UNIT_OF_PAY,BASIC_NUMBER_OF_HOURS"
    )
    jobs = ("Farmworker, Tobacco", "Sheepherder", "Farm Equipment Operator", "Astronomer")
    rows = [f'C-{n},Certified,Farm,5,3/1/2009,10/31/2009,NC,"{job}",9.5,Hour,40' for n, job in enumerate(jobs)]
    (tmp_path / "old.csv").write_text("\n".join([head, *rows]) + "\n")
    orders, refused = read_orders(tmp_path / "old.csv", H2A)
    assert list(orders.isco08) == ["9211", "9212", "8341"]
    assert set(orders.begin) == {pd.Timestamp("2009-03-01")}
    assert list(refused.case_number) == ["C-3"] and list(refused.column) == ["JOB_TITLE"]
    draft, _ = import_h2a(tmp_path / "old.csv", 10, 0)
    assert "occupations from job titles" in draft.settings["title"]
