"""The `where` of a clause: which placements it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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

    def holds(self, other: Where) -> bool:
        """Whether every placement that ``other`` means is meant here too, as far as the keys show."""
        theirs = other._with_countries
        return (
            all(
                key in theirs and all(any(_covers(key, mine, one) for mine in values) for one in theirs[key])
                for key, values in self.words.items()
            )
            and self._class in (None, other._class)
            and self.recalled in (None, other.recalled)
            and (self.start_between is None or _within(other.start_between, self.start_between))
        )

    def meets(self, other: Where) -> bool:
        """Whether a placement may be meant by both, as far as the keys show."""
        ours, theirs = self._with_countries, other._with_countries
        return (
            all(
                any(_covers(key, mine, one) or _covers(key, one, mine) for mine in ours[key] for one in theirs[key])
                for key in ours.keys() & theirs.keys()
            )
            and _alike(self._class, other._class)
            and (None in (self.recalled, other.recalled) or self.recalled == other.recalled)
            and _meet(self.start_between, other.start_between)
        )

    def within(self, outer: Where) -> Where:
        """The same with every key of ``outer`` that isn't named here."""
        return replace(
            self, words={**outer.words, **self.words}, start_between=self.start_between or outer.start_between
        )

    @property
    def _class(self) -> tuple[bool, int] | None:
        return None if self.wants_returning is None else (self.wants_returning, self.returning_years)

    @property
    def _with_countries(self) -> Mapping[str, tuple[str, ...]]:
        """The values of each key; where regions are named and no country, the countries that they lie in too."""
        countries = {
            f"{side}_country": tuple(dict.fromkeys(region[:2] for region in self.words[f"{side}_region"]))
            for side in ("origin", "destination")
            if f"{side}_region" in self.words
        }
        return {**countries, **self.words}


EVERYTHING = Where()


def _covers(key: str, mine: str, one: str) -> bool:
    """Whether a value of a key holds another."""
    return one.startswith(mine) if key in PREFIX_KEYS else one == mine


def _alike(one: tuple[bool, int] | None, other: tuple[bool, int] | None) -> bool:
    """Whether somebody may be of both classes: new within some years is returning within more."""
    return one is None or other is None or one[1] != other[1] or one == other


def _within(inner: tuple[date, date] | None, outer: tuple[date, date]) -> bool:
    return inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1]


def _meet(one: tuple[date, date] | None, other: tuple[date, date] | None) -> bool:
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])


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
