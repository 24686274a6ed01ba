"""Bugs of the reader and the writer that these tests found: each test that fails for now, and the bug it waits for.

A test that passes again must be struck out here, else it counts as failed.
"""

KNOWN_BUGS: dict[str, tuple[str, ...]] = {
    "an open quote swallows the rows below it, in silence in the last column": (
        "open quote in a middle column",
        "open quote that swallows the rows below",
        "open quote in the last cell",
        "two open quotes that make one cell of two",
        "text after a quote",
    ),
    "rows below a blank line or a record of wrong length are counted too low": (
        "wrong date below a record of too many cells",
        "wrong date below a blank line",
        "rows that overlap below a blank line",
    ),
    "a Parquet list with a null in it counts as empty": ("list with nothing in it in Parquet",),
    "large lists and half floats of Parquet are refused": (
        "test_parquet_columns_of_other_kinds_read_as_text[large list]",
        "test_parquet_numbers_of_any_width_are_numbers[halffloat]",
    ),
    "a Parquet column that is not read may be at fault": ("test_an_extra_column_may_hold_anything_in_parquet",),
    "a workbook with one far cell ends the process": (
        "test_a_workbook_with_one_far_cell_is_refused_and_does_not_end_the_process",
    ),
    "an error value in a sheet counts as an empty cell": ("cell that shows #N/A",),
    "unknown ids count as one id, and an empty reference as the empty id": (
        "test_an_unknown_worker_is_the_only_thing_wrong_with_its_row",
        "employer without an id",
    ),
    "a missing column hides unknown ids of all tables": ("unknown worker beside a table without a column",),
    "numbers beyond decimals and 64 bits end in an InvalidOperation or a ValueError": ("number beyond 64 bits",),
    "the fault of a number beyond its column's most tells another most": (
        "education above 8",
        "priority beyond a million",
    ),
    "the subtags of a language are not looked at": ("language tag of marks",),
    "the offset of a moment is dropped": (
        "test_moments_are_seconds_and_offsets_count[2025-11-03T09:30:00-06:00-2025-11-03T15:30:00]",
    ),
    "the data package's name may be invalid, and it names no sheet": (
        "test_the_data_package_has_a_valid_name_for_any_id[a\\xf1o-2026]",
        "test_the_data_package_has_a_valid_name_for_any_id[plan#2026]",
        "test_the_data_package_names_the_sheet_of_each_table",
    ),
}
BUG_OF = {test: bug for bug, tests in KNOWN_BUGS.items() for test in tests}
