"""Whole days as int32 counts from 1970-01-01, and the calendar arithmetic that agreements use."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]
NO_DATE = -(2**31)
OPEN_END = 2**30
OPEN_START = -(2**30)
_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days from 1970-01-01 to ``day``."""
    return (day - _EPOCH).days


def day_date(number: int) -> date:
    """The date that lies ``number`` days after 1970-01-01."""
    return _EPOCH + timedelta(days=int(number))


def day_text(number: int) -> str:
    """The ISO 8601 text of a day number."""
    return day_date(number).isoformat()


def years_before(days: npt.NDArray[Any], years: int) -> Days:
    """The same day of the month ``years`` years earlier; 29 February becomes the 28th where there is none."""
    return _shift_years(days, -years)


def _shift_years(days: npt.NDArray[Any], years: int) -> Days:
    dates = np.asarray(days).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day_of_month = (dates - months).astype(np.int64)
    shifted = months + np.timedelta64(12 * years, "M")
    length = ((shifted + np.timedelta64(1, "M")).astype("datetime64[D]") - shifted.astype("datetime64[D]")).astype(
        np.int64
    )
    return (shifted.astype("datetime64[D]").astype(np.int64) + np.minimum(day_of_month, length - 1)).astype(np.int32)


def calendar_year(days: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """The calendar year of each day; of many days within a few years each different day is asked once."""
    days = np.asarray(days)
    first, last = (int(days.min()), int(days.max())) if days.size else (0, 0)
    if last - first >= days.size:
        return _calendar_year(days)
    return np.asarray(_calendar_year(np.arange(first, last + 1))[days - first])


def _calendar_year(days: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    return (days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int32)


def month_day(days: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Month and day as one ordered number, 100 * month + day."""
    dates = np.asarray(days).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    return (100 * month + (dates - months).astype(np.int64) + 1).astype(np.int32)


def whole_years(born: tuple[Any, Any], at: tuple[Any, Any]) -> npt.NDArray[np.int32]:
    """Age in whole years from years and month-and-days; a person born on 29 February turns a year older on 1 March of a
    common year.
    """
    return (at[0] - born[0] - (at[1] < born[1])).astype(np.int32)
