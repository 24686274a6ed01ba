"""A cell of somebody's own sheet as the format writes it, by what a map says of its column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from engine.programme.column_titles import plain, word_key
from engine.sheets.number_forms import decimal_marks, plain_number

NUMBERS = ("number", "integer", "share")
DATES = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
    "DD MONTH YYYY": r"(?P<d>\d{1,2})[ ./-]+(?:de )?(?P<m>[^\W\d_]{3,})\.?[ ./-]+(?:del? )?(?P<y>\d{4})",
    "MONTH DD YYYY": r"(?P<m>[^\W\d_]{3,})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})",
}
MONTHS = (
    ("enero", "january", "janvier"), ("febrero", "february", "fevrier"), ("marzo", "march", "mars"),
    ("abril", "april", "avril"), ("mayo", "may", "mai"), ("junio", "june", "juin"), ("julio", "july", "juillet"),
    ("agosto", "august", "aout"), ("septiembre", "setiembre", "september", "septembre"),
    ("octubre", "october", "octobre"), ("noviembre", "november", "novembre"),
    ("diciembre", "december", "decembre"),
)  # fmt: skip
CURRENCY_SIGNS = {
    "GTQ": ("Q.", "Q", "quetzales"), "HNL": ("L.", "L", "lempiras"), "USD": ("US$", "$", "dolares", "dólares"),
    "MXN": ("$", "pesos"), "CAD": ("CA$", "C$", "$"), "EUR": ("€", "euros"), "JMD": ("J$", "$"),
    "NIO": ("C$",), "CRC": ("₡", "colones"), "SVC": ("₡", "¢"), "DOP": ("RD$", "$"),
}  # fmt: skip
OLDEST = 120
# A time stamp at midnight, or without an offset, is a day; with an offset and another hour it could be two.
TIME_OF_DAY = re.compile(
    r"(?<=^\d{4}-\d\d-\d\d)[T ](?:00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$"
)


@dataclass(frozen=True)
class ColumnMap:
    """Where a column comes from: a heading (``source``), with ``more`` to be joined to it, or a constant ``value``; and
    how its cells are to be read.

    ``column`` is its letter, where headings stand twice; ``strip`` is taken off both ends; ``spaces`` stands for blanks
    within (None: they stay); ``factor`` multiplies numbers, those of the last heading where several are joined;
    ``age_on``: the column has ages on that day.
    """

    source: str = ""
    value: str = ""
    dates: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    decimal_comma: bool | None = None
    prefix: str = ""
    suffix: str = ""
    separator: str = ""
    more: tuple[str, ...] = ()
    join: str = ""
    strip: tuple[str, ...] = ()
    spaces: str | None = None
    factor: Decimal | None = None
    currency: str = ""
    age_on: date | None = None
    column: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """All headings, the first one first."""
        return (self.source, *self.more) if self.source else ()

    @property
    def stripped(self) -> tuple[str, ...]:
        """What is taken off the ends of a cell: what is asked, the currency's code and its signs; long ones first."""
        signs = (self.currency, *CURRENCY_SIGNS.get(self.currency, ())) if self.currency else ()
        return tuple(sorted({*self.strip, *signs}, key=len, reverse=True))


def bare(own: ColumnMap, text: str) -> str:
    """A cell without what is taken off its ends."""
    ends = own.stripped
    before = None
    while ends and before != text:
        before = text
        for end in ends:
            text = type(text)(text.removeprefix(end).removesuffix(end).strip()) if end and end in text else text
    return text


def written_column(own: ColumnMap, kind: str, parts: Sequence[Sequence[str]]) -> list[str]:
    """The cells of a column; ``parts`` has those of each heading, or of the constant."""
    read = []
    for number, cells in enumerate(parts):
        last = number == len(parts) - 1
        texts = [bare(own, cell) for cell in cells]
        comma = decimal_marks(texts) == {","} if own.decimal_comma is None else own.decimal_comma
        numeric = kind in NUMBERS or (own.factor is not None and last)
        read.append([_written(own, kind, comma, text, numeric, last) for text in texts])
    joined = (own.join.join(filter(None, row)) for row in zip(*read, strict=True))
    return [_affixed(own, text) for text in joined]


def _affixed(own: ColumnMap, text: str) -> str:
    """With prefix and suffix: of a list, those of each entry."""
    entries = text.split(";") if own.separator else [text]
    return ";".join(f"{own.prefix}{entry}{own.suffix}" for entry in entries if entry)


def _written(own: ColumnMap, kind: str, comma: bool, text: str, numeric: bool, last: bool) -> str:
    """A cell as the format writes it; what doesn't fit stays as it is, to be refused by name."""
    if own.separator:
        return ";".join(
            own.words.get(word_key(part), part.strip()) for part in text.split(own.separator) if part.strip()
        )
    text = own.words.get(word_key(text), text) if text else ""
    if own.dates:
        text = day_in_form(own.dates, text) or text
    if kind == "date":
        text = TIME_OF_DAY.sub("", text)
    if numeric:
        text = plain_number(text, comma)
    if own.factor is not None and last:
        text = _times(text, own.factor)
    if own.age_on is not None:
        text = _born(text, own.age_on)
    return text if own.spaces is None else re.sub(r"\s+", own.spaces, text)


def day_in_form(form: str, text: str) -> str:
    """A day in a form of `DATES` as the format writes it, or nothing; whether there is such a day is not looked at."""
    found = re.fullmatch(DATES[form], text)
    if found is None:
        return ""
    month = int(found["m"]) if found["m"].isdigit() else month_of(found["m"])
    return f"{found['y']}-{month:02d}-{int(found['d']):02d}" if month else ""


@cache
def month_of(word: str) -> int:
    """The month that a name or the beginning of one means, in English, Spanish or French; 0 where it is none."""
    begin = plain(word)
    found = [number for number, names in enumerate(MONTHS, 1) if any(name.startswith(begin) for name in names)]
    return found[0] if len(found) == 1 and len(begin) >= 3 else 4 if begin in ("abr", "avr") else 0


def _times(text: str, factor: Decimal) -> str:
    if not re.fullmatch(r"\d{1,15}(?:\.\d{0,15})?|\.\d{1,15}", text):
        return text
    return format((Decimal(text) * factor).quantize(Decimal("0.000001")).normalize(), "f")


def _born(text: str, on: date) -> str:
    """The middle of the year in which somebody of an age was born."""
    if not (text.isascii() and text.isdigit() and int(text) <= OLDEST):
        return text
    back = on.replace(year=on.year - int(text), day=min(on.day, 28)) - timedelta(days=182)
    return back.isoformat()
