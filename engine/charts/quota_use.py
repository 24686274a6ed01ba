"""How full the caps are: the fullest ones, each as a bar of what is used inside a bar of what is allowed."""

from __future__ import annotations

import altair as alt
import pandas as pd

from engine.charts.limit_labels import MOST_OF_ONE_CLAUSE, few_of_each_clause, households_in_words, limit_label
from engine.charts.plan_view import PlanView
from engine.charts.style import BLACK, BLUE, GREY, PALE, VERMILION, BarRows, Drawing, empty_chart, finished
from engine.plan.limit_use import CAP, household_limits, limit_uses
from engine.plan.limit_use import quota_use as used_quotas
from engine.words import message

NAME = "quota_use"
TITLE = message("How full the quotas are")
MOST, MOST_NARROW = 20, 12


def caps(view: PlanView) -> pd.DataFrame:
    """All caps and set-asides that have places, but those of households; the fullest first, and then the larger.

    One that holds day by day has one row, that of its fullest day.
    Columns ``limit``, ``clause``, ``label``, ``used``, ``count`` and ``share`` (of the count).
    """
    rows = [
        (use.limit, use.clause, limit_label(view, use), use.used, use.count or 0) for use in used_quotas(view.prices)
    ]
    table = pd.DataFrame(rows, columns=["limit", "clause", "label", "used", "count"])
    table["share"] = table["used"] / table["count"]
    whole = table["limit"].str.replace(r"\|\d{4}-\d\d-\d\d$", "", regex=True)
    return table[~whole.duplicated()].reset_index(drop=True)


def closed_caps(view: PlanView) -> list[str]:
    """The names of the clauses whose caps allow nobody: they are closed, not used up."""
    closed = [use.clause for use in limit_uses(view.prices) if use.kind == CAP and not use.count]
    return list(dict.fromkeys(name.replace("|", " · ") for name in closed))


def tables(view: PlanView) -> list[tuple[str, pd.DataFrame]]:
    """What the chart shows as a table: each cap with what is used of it."""
    table = caps(view)
    headings = {"label": message("Limit"), "used": message("Used"), "count": message("Of")}
    told = table[list(headings)].rename(columns={name: view.say(said) for name, said in headings.items()})
    return [] if table.empty else [(view.say(TITLE), told)]


def draw(view: PlanView) -> Drawing:
    """Bullet bars of the fullest caps; the note says how many there are and which are not shown."""
    title, table = view.say(TITLE), caps(view)
    aside = [*_closed(view), *households_in_words(view, household_limits(view.prices))]
    if table.empty:
        note = " ".join([view.say(message("The programme has no cap with places.")), *aside])
        return empty_chart(title, note, view.width)
    shown = few_of_each_clause(table).head(MOST_NARROW if view.narrow else MOST)
    full, every = int((table["share"] >= 1).sum()), len(table)
    notes = [
        view.say(
            message(
                "{full:,} of {total:,} caps and set-asides are used up. Shown: the {count} fullest, at most {most} of "
                "one clause, and of a cap on the people present its fullest day.",
                full=full,
                total=every,
                count=len(shown),
                most=MOST_OF_ONE_CLAUSE,
            )
        ),
        *_left_out(view, table.drop(shown.index), 2 if view.narrow else 5),
        *aside,
    ]
    return finished(_bullets(view, shown), title, notes, f"{title}. {notes[0]}", view.width)


def _closed(view: PlanView) -> list[str]:
    """The caps of nobody, as a note."""
    names = closed_caps(view)
    if not names:
        return []
    return [view.say(message("Closed, with no place at all: {names}.", names=tuple(names)))]


def _left_out(view: PlanView, others: pd.DataFrame, most: int) -> list[str]:
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
    full, room = view.say(message("used up")), view.say(message("places left"))
    texts = [
        view.say(message("{used:,.10g} of {count:,.10g}", used=used, count=count))
        for used, count in zip(shown["used"], shown["count"], strict=True)
    ]
    rows = BarRows(list(shown["label"]), view.width, 12 + 6 * max(map(len, texts)))
    state = [full if share >= 1 else room for share in shown["share"]]
    base = alt.Chart(rows.named(shown).assign(state=state, text=texts, whole=1.0)).encode(
        y=rows.axis(),
        tooltip=[
            alt.Tooltip("label:N", title=view.say(message("Limit"))),
            alt.Tooltip("text:N", title=view.say(message("Used"))),
        ],
    )
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=[full, room], range=[VERMILION, BLUE]),
        legend=alt.Legend(title=None, orient="top"),
    )
    title = view.say(message("Share of the quota that is used"))
    share = rows.length("share", title, alt.Scale(domain=[0, 1], nice=False), ".0%")
    allowed = base.mark_bar(size=16, color=PALE, yOffset=rows.shift).encode(x=alt.X("whole:Q"))
    used = base.mark_bar(size=8, yOffset=rows.shift).encode(x=share, color=colour)
    end = base.mark_tick(size=16, thickness=2, color=GREY, yOffset=rows.shift).encode(x=alt.X("whole:Q"))
    words = base.mark_text(align="left", dx=8, dy=rows.shift, color=BLACK).encode(x=alt.value(rows.bars), text="text:N")
    layers = [allowed, used, end, words, *rows.names_above(base)]
    return alt.LayerChart(layer=layers).properties(width=rows.bars, height=rows.height)
