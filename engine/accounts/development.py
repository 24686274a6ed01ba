"""What a plan means for the places that people come from: the figures of a planning ministry, by region and country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from engine.accounts.accounts import Accounts
from engine.accounts.away import away
from engine.accounts.home_openings import home_openings, in_the_off_season
from engine.accounts.skills_home import records

REGION = ("origin_country", "origin_region")
MONEY = ("take_home_pay", "remittances_received", "cheaper_transfer", "savings", "income_at_home", "income_given_up")
# A figure about fewer people than this is withheld from what goes to a statistics office.
LEAST_PEOPLE = 5


@dataclass(frozen=True)
class Development:
    """The development report of a plan, over its accounts; with an ``origin`` of the regions of that country alone."""

    accounts: Accounts
    origin: str = ""

    @cached_property
    def regions(self) -> pd.DataFrame:
        """A row a region of origin: see `by`."""
        return self.by(REGION)

    @cached_property
    def countries(self) -> pd.DataFrame:
        """A row a country of origin: see `by`."""
        return self.by(REGION[:1])

    def by(self, keys: Sequence[str]) -> pd.DataFrame:
        """A row for each place of origin that has registered workers.

        Columns: keys, registered, people (abroad at some time), months_away (of people), most_away and in month (the
        fullest), the middle readings of `MONEY` over all placements of its people, occupations (how many kinds of work
        come home), returnees_at_home (people abroad who have an opening at home too, in the off-season).
        """
        names = list(keys)
        workers = self.accounts.ledger.placements.programme.workers
        home = pd.DataFrame({key: workers.labels(key).text() for key in names})
        home = home[home["origin_country"] == self.origin] if self.origin else home
        told = home.groupby(names).size().rename("registered").to_frame()
        stays, months = self.records[self.records["kind"] == "occupation"], self._months(names)
        told["people"] = stays.groupby(names)["worker_id"].nunique()
        told["months_away"] = months.groupby(names)["away"].sum().round(1)
        fullest = months.sort_values("away", ascending=False, kind="stable").groupby(names).first()
        told[["most_away", "in_month"]] = fullest[["away", "month"]]
        told["most_away"] = told["most_away"].round(1)
        money = self.accounts.by(names).pivot_table(index=names, columns="line", values="middle")
        told[list(MONEY)] = money.reindex(columns=list(MONEY))
        told["occupations"] = stays.groupby(names)["code"].nunique()
        told["returnees_at_home"] = self._returnees.groupby(names)["worker"].nunique()
        counts = ["people", "occupations", "returnees_at_home"]
        told = told.fillna({name: 0 for name in (*counts, "months_away", "most_away", *MONEY)} | {"in_month": ""})
        return told.astype({name: np.int64 for name in counts}).reset_index()

    @cached_property
    def months(self) -> pd.DataFrame:
        """Workers away by region and month: month, away, registered (all of the region), share."""
        months = self._months(list(REGION)).merge(self.regions[[*REGION, "registered"]], on=list(REGION))
        return months.assign(share=np.round(months["away"] / months["registered"], 4), away=months["away"].round(3))

    def _months(self, keys: list[str]) -> pd.DataFrame:
        return self.away.groupby([*keys, "month"])["away"].sum().reset_index()

    @cached_property
    def away(self) -> pd.DataFrame:
        """See `engine.accounts.away.away`."""
        return away(self.accounts.ledger.placements, self.accounts.ledger.rates)

    @cached_property
    def records(self) -> pd.DataFrame:
        """See `engine.accounts.skills_home.records`."""
        return records(self.accounts.ledger.placements)

    @cached_property
    def skills(self) -> pd.DataFrame:
        """What comes home to each region: kind, code, people, months."""
        keys = [*REGION, "kind", "code"]
        found = self.records.groupby(keys).agg(people=("worker_id", "nunique"), months=("months", "sum"))
        return found.round(1).reset_index()

    @cached_property
    def openings(self) -> pd.DataFrame:
        """See `engine.accounts.home_openings.home_openings`."""
        return home_openings(self.accounts.ledger.placements)

    @property
    def share_at_home(self) -> float:
        """The share of all who are abroad that have an opening at home in the off-season; 0 where nobody is."""
        people = int(self.countries["people"].sum())
        return int(self.countries["returnees_at_home"].sum()) / people if people else 0.0

    @cached_property
    def _returnees(self) -> pd.DataFrame:
        placements = self.accounts.ledger.placements
        found = placements.subset(in_the_off_season(placements))
        return pd.DataFrame({key: found.text("workers", key) for key in REGION} | {"worker": found.worker})

    @cached_property
    def statistics(self) -> pd.DataFrame:
        """The regions' figures in the long form that statistics offices exchange.

        Columns: REF_AREA, TIME_PERIOD (a year, or the months), INDICATOR, OBS_VALUE, UNIT_MEASURE, CONF_STATUS: F is
        free, C is confidential, of fewer than `LEAST_PEOPLE` people abroad, and has no value.
        """
        settings = self.accounts.ledger.placements.programme.settings
        period = f"{settings.horizon_start.year}/{settings.horizon_end.year}"
        period = period.split("/")[0] if settings.horizon_start.year == settings.horizon_end.year else period
        units = dict.fromkeys(MONEY, settings.currency) | {"people": "PS", "months_away": "PS_M"}
        wide = self.regions.assign(area=_area(self.regions))
        long = wide.melt(["area", "people"], [name for name in units if name != "people"], "INDICATOR", "OBS_VALUE")
        people = wide.assign(INDICATOR="people", OBS_VALUE=wide["people"].astype(float))
        yearly = pd.concat([people[long.columns], long]).assign(TIME_PERIOD=period)
        monthly = self.months.merge(wide[[*REGION, "area", "people"]], on=list(REGION))
        monthly = monthly.assign(INDICATOR="away", OBS_VALUE=monthly["away"], TIME_PERIOD=monthly["month"])
        told = pd.concat([yearly, monthly[yearly.columns]], ignore_index=True)
        few = (told["people"] > 0) & (told["people"] < LEAST_PEOPLE)
        told["CONF_STATUS"] = np.where(few, "C", "F")
        told["OBS_VALUE"] = told["OBS_VALUE"].mask(few)
        told["UNIT_MEASURE"] = told["INDICATOR"].map(units | {"away": "PS"})
        told = told.rename(columns={"area": "REF_AREA"})
        columns = ["REF_AREA", "TIME_PERIOD", "INDICATOR", "OBS_VALUE", "UNIT_MEASURE", "CONF_STATUS"]
        return told[columns].sort_values(["REF_AREA", "INDICATOR", "TIME_PERIOD"], ignore_index=True)


def _area(regions: pd.DataFrame) -> pd.Series:
    """The region's ISO 3166-2 code, or the country's where no region is said."""
    return regions["origin_region"].where(regions["origin_region"] != "", regions["origin_country"])
