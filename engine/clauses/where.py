"""The `where` of a clause: which placements it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.clauses import parameters
from engine.words import message

ORDER_KEYS = ("destination_country", "destination_region", "sector", "isco08", "employer_id", "site_id")
WORKER_KEYS = ("origin_country", "origin_region", "sex")
PREFIX_KEYS = ("sector", "isco08")
WORKER_CLASSES = ("new", "returning")
DEFAULT_RETURNING_YEARS = 3

_READERS: dict[str, parameters.Reader] = {
    **{key: parameters.words for key in (*ORDER_KEYS, *WORKER_KEYS)},
    "sex": parameters.any_of("F", "M", "X"),
    "worker_class": parameters.any_of(*WORKER_CLASSES),
    "recalled": parameters.flag,
    "start_between": parameters.day_pair,
    "returning_years": parameters.number_of_years,
}


@dataclass(frozen=True, slots=True)
class Where:
    """A conjunction of keys; each holds the values of which a placement must have any.

    ``words`` maps an order or worker key to its values (prefixes for sector and isco08), ``worker_class`` holds the
    wanted classes (empty: any), ``recalled`` the wanted truth (None: any), ``start_between`` two days or None.
    """

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    worker_class: tuple[str, ...] = ()
    returning_years: int = DEFAULT_RETURNING_YEARS
    recalled: bool | None = None
    start_between: tuple[date, date] | None = None

    @property
    def names_sex(self) -> bool:
        """Whether the clause looks at sex."""
        return "sex" in self.words

    @property
    def wants_returning(self) -> bool | None:
        """True or False where just one class is wanted, None where any will do."""
        if set(self.worker_class) in (set(), set(WORKER_CLASSES)):
            return None
        return self.worker_class[0] == "returning"


EVERYTHING = Where()


def read_where(value: Any) -> Where:
    """Read a TOML table as a `Where`; raises ValueError that says what would be right."""
    if not isinstance(value, dict):
        raise ValueError(message('a table such as {{ sector = ["A01"] }}'))
    unknown = sorted(set(value) - set(_READERS))
    if unknown:
        raise ValueError(
            message("only the keys {known} (not {unknown})", known=", ".join(_READERS), unknown=", ".join(unknown))
        )
    read: dict[str, Any] = {}
    for key, raw in value.items():
        try:
            read[key] = _READERS[key](raw)
        except ValueError as error:
            raise ValueError(message("for {key} {error}", key=key, error=str(error))) from error
    if "returning_years" in read and "worker_class" not in read:
        raise ValueError(message("returning_years only beside worker_class"))
    return Where(
        words={key: read[key] for key in (*ORDER_KEYS, *WORKER_KEYS) if key in read},
        worker_class=read.get("worker_class", ()),
        returning_years=read.get("returning_years", DEFAULT_RETURNING_YEARS),
        recalled=read.get("recalled"),
        start_between=read.get("start_between"),
    )
