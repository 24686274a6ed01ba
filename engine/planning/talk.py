"""What the planner's commands print: branches against the base, and the points of a sweep."""

from __future__ import annotations

from collections.abc import Sequence

from engine.console import out, titled_table
from engine.planning.branches import Outcome
from engine.planning.measures import IN_WORDS, REMITTED_SHARE
from engine.planning.principles import Principles
from engine.planning.sweep import Sweep
from engine.planning.sweep_files import gain_at_most
from engine.words import Message, joined, message
from engine.words.wording import say, shown

SHOWN = {
    "placements": message("placed"),
    "paid_weeks": message("weeks"),
    "net_income": message("net income"),
    "remittances": message("remitted"),
    "recalls_kept": message("recalls"),
}
GROUPINGS = {"origin_region": message("By region of origin"), "sector": message("By sector")}
MOST_GROUPS = 5


def show_comparison(base: Outcome, branches: Sequence[Outcome]) -> None:
    """Print the base's measures, how each branch differs from them, and who gains and loses most."""
    console = out()
    table = titled_table(message("What if: differences from the programme as it is"))
    table.add_column("", min_width=12)
    for heading in (*SHOWN.values(), message("gap")):
        table.add_column(say(heading), justify="right", no_wrap=True)
    table.add_row(say(message("as it is")), *_cells(base, None), end_section=True)
    for one in branches:
        if one.failure:
            table.add_row(one.id, say(message("failed")))
        else:
            table.add_row(one.id, *_cells(one, base))
    console.print(table)
    for one in branches:
        if one.failure:
            console.print(message("{branch} failed. {why}", branch=one.id, why=one.failure), markup=False)
        else:
            for notice in one.notices:
                console.print(f"{one.id}: {notice}", markup=False)
            console.print(message("{branch}: {gains}", branch=one.id, gains=_gains(base, one)), markup=False)
    note = message(
        "Remittances: {share:.0%} of the net income, less what sending it costs. "
        "Differences smaller than the gap prove nothing.",
        share=REMITTED_SHARE,
    )
    console.print(note, markup=False)


def _cells(one: Outcome, base: Outcome | None) -> list[str]:
    form = ",.0f" if base is None else "+,.0f"
    cells = [shown(one.totals[name] - (0.0 if base is None else base.totals[name]), form) for name in SHOWN]
    return [*cells, shown(one.gap, ".2%")]


def _gains(base: Outcome, one: Outcome) -> Message:
    """The use of quotas, and the groups whose placements change most."""
    sentences = [
        message(
            "Quota places used: {used:,.0f} of {places:,.0f} (as it is {used_before:,.0f} of {places_before:,.0f}).",
            used=one.totals["quota_used"],
            places=one.totals["quota_places"],
            used_before=base.totals["quota_used"],
            places_before=base.totals["quota_places"],
        )
    ]
    for grouping, heading in GROUPINGS.items():
        own, theirs = one.groups[grouping], base.groups[grouping]
        change = {n: own.get(n, (0, 0.0))[0] - theirs.get(n, (0, 0.0))[0] for n in {*own, *theirs}}
        moved = sorted((n for n in change if change[n]), key=lambda n: (-abs(change[n]), n))[:MOST_GROUPS]
        if moved:
            listed = tuple(
                message("{group} {change:+,}", group=name or message("(none)"), change=change[name]) for name in moved
            )
            sentences.append(message("{heading}: {changes}.", heading=heading, changes=listed))
    if len(sentences) == 1:
        sentences.append(message("Nobody gains or loses a placement."))
    return joined(*sentences)


def show_sweep(sweep: Sweep, base: Outcome, outcomes: Sequence[Outcome], measure: str | None) -> None:
    """Print a line for each point: a measure (people and weeks without one), and what it gains over the base's plan."""
    names = ("workers", "paid_weeks") if measure is None else (measure,)
    table = titled_table(message("Sweep"))
    for axis in sweep.axes:
        table.add_column(axis.name, justify="right")
    gains = (message("gain over the plan as it is"), message("at most"), message("gap"))
    for heading in (*(IN_WORDS[name] for name in names), *gains):
        table.add_column(say(heading), justify="right")
    for (values, _), one in zip(sweep.points(), outcomes, strict=True):
        if one.failure:
            table.add_row(*map(str, values), say(message("failed")))
            continue
        own = [shown(one.totals[name], ",.0f") for name in names]
        gain = shown(one.totals["objective"] - base.totals["objective"], "+,.1f")
        table.add_row(*map(str, values), *own, gain, shown(gain_at_most(base, one), ",.1f"), shown(one.gap, ".3%"))
    out().print(table)
    out().print(message("Gains are in weighted weeks. The season as it is: {told}.", told=_as_it_is(base, names)))


def _as_it_is(base: Outcome, names: Sequence[str]) -> Message:
    told = tuple(message("{measure}: {value:,.0f}", measure=IN_WORDS[name], value=base.totals[name]) for name in names)
    return message("{measures}", measures=told)


# Narrow enough for a terminal; the rest stands in mechanisms.csv.
PRINCIPLES = {
    "workers": (message("people"), ",.0f"),
    "filled_share": (message("filled"), ".1%"),
    "net_income": (message("net income"), ",.0f"),
    "first_choices": (message("first choices"), ",.0f"),
    "envy_pairs": (message("envy"), ",.0f"),
    "share_of_bound": (message("of the best"), ".1%"),
    "worse_off": (message("worse off"), ",.0f"),
    "better_off": (message("better off"), ",.0f"),
}


def show_principles(compared: Principles) -> None:
    """Print a row for each mechanism, and what the last columns are held against."""
    table = titled_table(message("One season by every mechanism"))
    table.add_column("", min_width=10)
    for heading, _ in PRINCIPLES.values():
        table.add_column(say(heading), justify="right", no_wrap=True)
    for one in compared.found:
        table.add_row(one.mechanism, *(shown(one.totals[name], form) for name, (_, form) in PRINCIPLES.items()))
    out().print(table)
    note = message(
        "Worse and better off: workers whose income after costs is less or more than by {rule}.", rule=compared.against
    )
    out().print(note, markup=False)
