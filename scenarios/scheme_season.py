"""What a scheme's file says of a season of it: the `[season]` table, read and checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date, timedelta
from typing import Any

import pandas as pd

from engine.errors import CallError
from engine.words import message


@dataclass(frozen=True)
class Origin:
    """A country that sends workers: its share of the register, and the language that they grew up with."""

    share: float
    native: str


@dataclass(frozen=True)
class Destination:
    """A country that asks for workers.

    share: of all positions; regions: each with its share of them; wage: usual hourly wage in the season's currency;
    language: asked for by `asked` of the orders, at A1 or A2.
    """

    share: float
    regions: Mapping[str, float]
    wage: float
    language: str
    asked: float = 0.1


@dataclass(frozen=True)
class Campaign:
    """One of the harvests or works of a season: its share of the orders, the week in which it starts, counted from the
    season's first day (0), and its length in weeks, each with a spread.
    """

    share: float
    start_week: float
    start_spread: float
    weeks: float
    weeks_spread: float


@dataclass(frozen=True, kw_only=True)
class Season:
    """A season of a scheme, as a planner draws it.

    as_of: the day of the run; begins: the season's first day; positions: how many a real season asks for, by which the
    quotas of the text are scaled; currency with `usd`, what a US dollar is of it; fare_share: what of the fare a worker
    bears; returning: share of workers with a stay last season, of these the season before, ...; weekly_hours: mean and
    spread; guaranteed: share of them; operators: how many recruit for the employers, each for some; headcount:
    quantiles by name, or mean and deviation of the logarithm; speaking: of each language the shares of speaking it not
    at all, at A1, at A2, ...
    """

    as_of: date
    begins: date
    positions: float
    currency: str
    usd: float
    reference_weekly_income: float
    origins: Mapping[str, Origin]
    destinations: Mapping[str, Destination]
    occupations: Mapping[str, float]
    campaigns: Sequence[Campaign]
    speaking: Mapping[str, Sequence[float]]
    positions_per_worker: float = 0.7
    mean_headcount: float = 8
    headcount: str | Sequence[float] = "LMIA"
    least_crew: int = 1
    weekly_hours: Sequence[float] = (45, 4)
    guaranteed: float = 0.8
    women: float = 0.3
    travelling_together: float = 0.0
    returning: Sequence[float] = (0.5, 0.5, 0.5)
    recalled: float = 0.3
    placements_per_worker: int = 1
    operators: int = 0
    fare_share: float = 0.5
    lead_time_days: int = 45
    last_day: date | None = None

    @property
    def ends(self) -> date:
        """The last day on which an order of the season may start."""
        return self.begins.replace(year=self.begins.year + 1) - timedelta(days=1)

    @property
    def horizon_end(self) -> date:
        """The last day that the programme looks at, a year after."""
        return self.begins.replace(year=self.begins.year + 2) - timedelta(days=1)

    @property
    def campaign_table(self) -> pd.DataFrame:
        """The campaigns as rows."""
        return pd.DataFrame([vars(campaign) for campaign in self.campaigns])


def read_season(name: str, table: Mapping[str, Any]) -> Season:
    """Read the `[season]` table of a scheme. Raises `CallError` that names what is missing or unknown."""
    parts: dict[str, Callable[[Any], Any]] = {
        "origins": lambda value: {code: _made(Origin, name, code, one) for code, one in value.items()},
        "destinations": lambda value: {code: _made(Destination, name, code, one) for code, one in value.items()},
        "campaigns": lambda value: [_made(Campaign, name, "campaigns", one) for one in value],
    }
    read = {key: parts[key](value) if key in parts else value for key, value in table.items()}
    season: Season = _made(Season, name, "season", read)
    return season


def _made(made: Any, name: str, place: str, table: Mapping[str, Any]) -> Any:
    known = [field.name for field in fields(made)]
    unknown = sorted(set(table) - set(known))
    lacking = [one.name for one in fields(made) if one.default is MISSING and one.name not in table]
    if not unknown and not lacking:
        return made(**table)
    problem = message("{key} is unknown", key=unknown[0]) if unknown else message("{key} is missing", key=lacking[0])
    raise CallError(
        message(
            "The season of {scheme} can't be drawn: in {place}, {problem}.", scheme=name, place=place, problem=problem
        ),
        message("Known are {names}.", names=tuple(known)),
    )
