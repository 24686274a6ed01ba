"""How many people are abroad in each week of the season, by destination, against the places asked."""

from __future__ import annotations

from functools import partial
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.charts.colours import country_colours
from engine.charts.largest_groups import Grouped, largest_groups
from engine.charts.place_names import country_names, other_countries
from engine.charts.plan_view import PlanView
from engine.charts.style import BLACK, GREY, Drawing, empty_chart, finished
from engine.words import message

NAME = "season_calendar"
TITLE = message("People abroad by week")
MOST = 7
# Pixels beside the area: the axis, and on a wide page the legend.
HEIGHT, OF_AXIS, OF_LEGEND = 320, 62, 160
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
# 1970-01-05, the first Monday that day numbers know.
FIRST_MONDAY = 4


def people_abroad(view: PlanView) -> pd.DataFrame:
    """Average people present by week and destination: columns ``week`` (its Monday), ``destination``, ``people``.

    The sum of ``people`` is the weeks that all placements abroad last together.
    """
    placements = view.placements.subset(_abroad(view))
    names = country_names(placements.text("orders", "destination_country"), view.locale)
    grouped = _destinations(view, names, placements.days.astype(np.float64))
    first, count = _season(view)
    spans = [_span(view, placements.order[grouped.group == label]) for label in grouped.labels]
    people = [_weekly_average(*span, np.ones(len(span[0])), first, count) for span in spans]
    return pd.DataFrame(
        {
            "week": np.tile(_mondays(first, count), len(people)),
            "destination": np.repeat(np.array(grouped.labels, dtype=object), count),
            "people": np.concatenate([*people, np.empty(0)]),
        }
    )


def places_asked(view: PlanView) -> pd.DataFrame:
    """Average places asked abroad by week: columns ``week`` (its Monday) and ``places``."""
    orders = _orders_abroad(view)
    first, count = _season(view)
    headcount = view.programme.orders.values("headcount")[orders].astype(np.float64)
    places = _weekly_average(*_span(view, orders), headcount, first, count)
    return pd.DataFrame({"week": _mondays(first, count), "places": places})


def tables(view: PlanView) -> list[tuple[str, pd.DataFrame]]:
    """What the chart shows as a table: average people present by week and destination, and the places asked."""
    people = people_abroad(view)
    if people.empty:
        return []
    by_week = people.pivot_table(index="week", columns="destination", values="people", aggfunc="sum", observed=True)
    asked = places_asked(view).set_index("week")["places"].rename(view.say(message("Places asked")))
    table = by_week.join(asked, how="outer").fillna(0).round(1).reset_index()
    table["week"] = table["week"].dt.strftime("%Y-%m-%d")
    return [(view.say(TITLE), table.rename(columns={"week": view.say(message("Week, by its Monday"))}))]


def draw(view: PlanView) -> Drawing:
    """A stacked area of the people abroad under a dashed line of the places asked."""
    title, places = view.say(TITLE), places_asked(view)
    if places.empty:
        return empty_chart(title, view.say(message("No order abroad asks for a place.")), view.width)
    people = people_abroad(view)
    weeks = people["people"].sum()
    note = view.say(
        message(
            "Averages over the seven days of each week: {weeks:,.0f} of {asked:,.0f} weeks of work that were "
            "asked for abroad are filled. Placements in the worker's own country are left out.",
            weeks=float(weeks),
            asked=float(places["places"].sum()),
        )
    )
    layers = alt.LayerChart(layer=[_areas(view, people), _line(view, places)])
    width = view.width - OF_AXIS - (0 if view.narrow else OF_LEGEND)
    return finished(layers.properties(width=width, height=HEIGHT), title, [note], f"{title}. {note}", view.width)


def _areas(view: PlanView, people: pd.DataFrame) -> alt.Chart:
    labels = list(dict.fromkeys(people["destination"]))
    by_name = destination_colours(view)
    colours = alt.Scale(domain=labels, range=[by_name.get(label, GREY) for label in labels])
    legend = alt.Legend(title=view.say(message("People in")), **_place_of_legend(view))
    areas: alt.Chart = (
        alt.Chart(people.assign(rank=people["destination"].map(labels.index)))
        .mark_area(opacity=0.9)
        .encode(
            x=_weeks(view),
            y=alt.Y("people:Q", stack="zero", title=view.say(message("People (weekly average)"))),
            color=alt.Color("destination:N", scale=colours, sort=labels, legend=legend),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("week:T", title=view.say(message("Week from Monday")), format="%Y-%m-%d"),
                alt.Tooltip("destination:N", title=view.say(message("Destination"))),
                alt.Tooltip("people:Q", title=view.say(message("People")), format=",.1f"),
            ],
        )
    )
    return areas


def _line(view: PlanView, places: pd.DataFrame) -> alt.Chart:
    named = places.assign(line=view.say(message("Places asked")))
    legend = alt.Legend(title=None, symbolSize=300, **_place_of_legend(view, "bottom"))
    line: alt.Chart = (
        alt.Chart(named)
        .mark_line(color=BLACK, strokeWidth=2)
        .encode(
            x=_weeks(view),
            y=alt.Y("places:Q"),
            strokeDash=alt.StrokeDash("line:N", scale=alt.Scale(range=[[5, 3]]), legend=legend),
            tooltip=[
                alt.Tooltip("week:T", title=view.say(message("Week from Monday")), format="%Y-%m-%d"),
                alt.Tooltip("places:Q", title=view.say(message("Places asked")), format=",.1f"),
            ],
        )
    )
    return line


def _weeks(view: PlanView) -> alt.X:
    title = view.say(message("Week, by its Monday"))
    between: Any = {"interval": "month", "step": 3} if view.narrow else "month"
    axis = alt.Axis(format="%b %Y", labelAngle=-35, tickCount=between, grid=False)
    return alt.X("week:T", title=title, axis=axis)


def destination_colours(view: PlanView) -> dict[str, str]:
    """The colour of each country of the programme by its name in the view's language."""
    colours = country_colours(view)
    names = country_names(np.array(list(colours), dtype=object), view.locale)
    return dict(zip(names, colours.values(), strict=True))


def _place_of_legend(view: PlanView, narrow: str = "top") -> dict[str, Any]:
    """Beside the area, or above or below it on a telephone."""
    return {"orient": narrow, "columns": 2} if view.narrow else {}


def _abroad(view: PlanView) -> npt.NDArray[np.bool_]:
    placements = view.placements
    origin, destination = placements.text("workers", "origin_country"), placements.text("orders", "destination_country")
    return np.asarray(origin != destination)


def _orders_abroad(view: PlanView) -> Longs:
    """The orders in a country that some agreement sends workers to: every placement abroad is on one of them."""
    destinations = [agreement.destination for agreement in view.programme.agreements]
    return np.flatnonzero(np.isin(view.programme.orders.labels("destination_country").text(), destinations))


def _destinations(view: PlanView, names: npt.NDArray[np.object_], days: Floats) -> Grouped:
    return largest_groups(names, days, MOST, partial(other_countries, view))


def _span(view: PlanView, orders: Longs) -> tuple[Longs, Longs]:
    """First day and day after the last of each order."""
    table = view.programme.orders
    return table.values("start_date")[orders].astype(np.int64), table.values("end_date")[orders].astype(np.int64) + 1


def _season(view: PlanView) -> tuple[int, int]:
    """The Monday of the first week in which a place abroad is asked, as a day number, and how many weeks follow."""
    start, end = _span(view, _orders_abroad(view))
    if not len(start):
        return 0, 0
    first = int(start.min()) - (int(start.min()) - FIRST_MONDAY) % 7
    return first, -(-(int(end.max()) - first) // 7)


def _weekly_average(start: Longs, end: Longs, amount: Floats, first: int, weeks: int) -> Floats:
    """The average of ``amount`` over the days of each week, where each row counts from ``start`` to before ``end``."""
    change = np.bincount(start - first, amount, 7 * weeks + 1) - np.bincount(end - first, amount, 7 * weeks + 1)
    by_day = np.cumsum(change)[: 7 * weeks]
    return np.asarray(by_day.reshape(weeks, 7).mean(axis=1))


def _mondays(first: int, weeks: int) -> npt.NDArray[np.datetime64]:
    days = first + 7 * np.arange(weeks)
    return days.astype("datetime64[D]").astype("datetime64[ns]")
