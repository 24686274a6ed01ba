"""How full the caps are: the fullest ones, each as a bar of what is used inside a bar of what is allowed."""

from __future__ import annotations

import altair as alt
import pandas as pd

from engine.charts.limit_labels import MOST_OF_ONE_CLAUSE, clause_of, few_of_each_clause, limit_label
from engine.charts.plan_view import PlanView
from engine.charts.style import BLACK, BLUE, GREY, PALE, VERMILION, Drawing, empty_chart, finished, name_axis
from engine.plan import metrics
from engine.words import message

NAME = "quota_use"
TITLE = message("Use of caps and set-asides")
MOST = 20
WIDTH, ROW_HEIGHT = 440, 24


def caps(view: PlanView) -> pd.DataFrame:
    """All caps and set-asides, the fullest first and of two equally full ones the larger first.

    One that holds day by day has one row, that of its fullest day.
    Columns ``limit``, ``clause``, ``label``, ``used``, ``count`` and ``share`` (of the count; 1 where it is 0).
    """
    rows = [
        (use.limit, clause_of(use), view.say(limit_label(use)), use.used, use.count)
        for use in metrics.quota_use(view.prices, view.prices.num_rows)
    ]
    table = pd.DataFrame(rows, columns=["limit", "clause", "label", "used", "count"])
    table["share"] = (table["used"] / table["count"]).where(table["count"] > 0, 1.0)
    by_fullness = table.sort_values("share", ascending=False, kind="stable")
    whole = by_fullness["limit"].str.replace(r"\|\d{4}-\d\d-\d\d$", "", regex=True)
    return by_fullness[~whole.duplicated()].reset_index(drop=True)


def draw(view: PlanView) -> Drawing:
    """Bullet bars of the fullest caps; the note says how many there are and which are not shown."""
    title, table = view.say(TITLE), caps(view)
    if table.empty:
        return empty_chart(title, view.say(message("The programme has no cap.")))
    shown = few_of_each_clause(table).head(MOST)
    full, all_of_them = int((table["share"] >= 1).sum()), len(table)
    notes = [
        view.say(
            message(
                "{full:,} of {total:,} are full. Shown: the {count} fullest, at most {most} of one clause, and "
                "of a cap on the people present its fullest day.",
                full=full,
                total=all_of_them,
                count=len(shown),
                most=MOST_OF_ONE_CLAUSE,
            )
        ),
        *_left_out(view, table.drop(shown.index)),
    ]
    return finished(_bullets(view, shown), title, notes, f"{title}. {notes[0]}")


def _left_out(view: PlanView, others: pd.DataFrame, most: int = 5) -> list[str]:
    """Which clauses the caps that are not shown belong to, as one note."""
    if others.empty:
        return []
    counts = others["clause"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    named = [
        message("{clause} ({count:,})", clause=str(clause).replace("|", " · "), count=int(count))
        for clause, count in counts.head(most).items()
    ]
    further = int(counts.iloc[most:].sum())
    if further:
        named.append(message("other clauses ({count:,})", count=further))
    return [view.say(message("Not shown: {clauses}.", clauses=tuple(named)))]


def _bullets(view: PlanView, shown: pd.DataFrame) -> alt.LayerChart:
    full, room = view.say(message("full")), view.say(message("places left"))
    state = [full if share >= 1 else room for share in shown["share"]]
    texts = [
        view.say(message("{used:,.10g} of {count:,.10g}", used=used, count=count))
        for used, count in zip(shown["used"], shown["count"], strict=True)
    ]
    table = shown.assign(state=state, text=texts, whole=1.0)
    base = alt.Chart(table).encode(
        y=name_axis(shown["label"]),
        tooltip=[
            alt.Tooltip("limit:N", title=view.say(message("Limit"))),
            alt.Tooltip("text:N", title=view.say(message("Used"))),
        ],
    )
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=[full, room], range=[VERMILION, BLUE]),
        legend=alt.Legend(title=None, orient="top"),
    )
    share_title = view.say(message("Share of the cap that is used (%)"))
    share = alt.X("share:Q", title=share_title, axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1], nice=False))
    allowed = base.mark_bar(size=16, color=PALE).encode(x=alt.X("whole:Q"))
    used = base.mark_bar(size=8).encode(x=share, color=colour)
    end = base.mark_tick(size=16, thickness=2, color=GREY).encode(x=alt.X("whole:Q"))
    words = base.mark_text(align="left", dx=8, color=BLACK).encode(x=alt.value(WIDTH), text="text:N")
    return alt.LayerChart(layer=[allowed, used, end, words]).properties(width=WIDTH, height=ROW_HEIGHT * len(shown))
