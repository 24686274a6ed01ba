"""How Vega writes numbers and days in a language, as Babel knows them: no list of languages stands here."""

from __future__ import annotations

from typing import Any

from engine.words.catalogue import tongue

PLACES_OF_A_GROUP = 3


def vega_words(language: str) -> dict[str, Any]:
    """The number and the date locale of d3 for a language: ``formatLocale`` and ``timeFormatLocale``."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = tongue(language).locale
    months, days, periods = (getattr(locale, name)["format"] for name in ("months", "days", "day_periods"))
    numbers = {
        "decimal": get_decimal_symbol(locale),
        "thousands": get_group_symbol(locale),
        "grouping": [PLACES_OF_A_GROUP],
        "currency": ["", ""],
    }
    dates = {
        "dateTime": "%Y-%m-%d %H:%M",
        "date": "%Y-%m-%d",
        "time": "%H:%M",
        "periods": [str(periods["wide"].get(half, half)) for half in ("am", "pm")],
        "days": _week(days["wide"]),
        "shortDays": _week(days["abbreviated"]),
        "months": [str(months["wide"][number]) for number in range(1, 13)],
        "shortMonths": [str(months["abbreviated"][number]) for number in range(1, 13)],
    }
    return {"formatLocale": numbers, "timeFormatLocale": dates}


def _week(names: Any) -> list[str]:
    """The days from Sunday, as d3 wants them; Babel begins with Monday."""
    return [str(names[(number + 6) % 7]) for number in range(7)]
