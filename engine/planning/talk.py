"""What the planner's commands print: branches against the base, and the points of a sweep."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from engine.console import out
from engine.planning.branches import Outcome
from engine.planning.measures import REMITTED_SHARE
from engine.planning.sweep import Sweep

SHOWN = {
    "placements": "placed",
    "paid_weeks": "weeks",
    "net_income": "net income",
    "remittances": "remitted",
    "recalls_kept": "recalls",
}
MOST_GROUPS = 5


def show_comparison(base: Outcome, branches: Sequence[Outcome]) -> None:
    """Print the base's measures, how each branch differs from them, and who gains and loses most."""
    console = out()
    table = Table(title="What if: differences from the programme as it is", title_justify="left", title_style="bold")
    table.add_column("", min_width=12)
    for heading in (*SHOWN.values(), "gap"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_row("as it is", *_cells(base, None), end_section=True)
    for one in branches:
        if one.failure:
            table.add_row(one.id, "failed")
        else:
            table.add_row(one.id, *_cells(one, base))
    console.print(table)
    for one in branches:
        if one.failure:
            console.print(f"{one.id} failed. {one.failure}", markup=False)
        else:
            console.print(f"{one.id}: {_gains(base, one)}", markup=False)
    note = f"Remittances: {REMITTED_SHARE:.0%} of the net income, less what sending it costs."
    console.print(note + " Differences smaller than the gap prove nothing.", markup=False)


def _cells(one: Outcome, base: Outcome | None) -> list[str]:
    form = "{:,.0f}" if base is None else "{:+,.0f}"
    cells = [form.format(one.totals[name] - (0.0 if base is None else base.totals[name])) for name in SHOWN]
    return [*cells, f"{one.gap:.2%}"]


def _gains(base: Outcome, one: Outcome) -> str:
    """The use of quotas, and the groups whose placements change most."""
    used = [f"{o.totals['quota_used']:,.0f} of {o.totals['quota_places']:,.0f}" for o in (base, one)]
    sentences = [f"quota places used {used[1]} (as it is {used[0]})"]
    for grouping in ("origin_region", "sector"):
        own, theirs = one.groups[grouping], base.groups[grouping]
        change = {n: own.get(n, (0, 0.0))[0] - theirs.get(n, (0, 0.0))[0] for n in {*own, *theirs}}
        moved = sorted((n for n in change if change[n]), key=lambda n: (-abs(change[n]), n))[:MOST_GROUPS]
        if moved:
            listing = ", ".join(f"{n or '(none)'} {change[n]:+,}" for n in moved)
            sentences.append(f"by {grouping.replace('_', ' ')} {listing}")
    return "; ".join(sentences) + ("." if len(sentences) > 1 else "; nobody gains or loses a placement.")


def show_sweep(sweep: Sweep, outcomes: Sequence[Outcome], measure: str) -> None:
    """Print a line for each point."""
    table = Table(title="Sweep", title_justify="left", title_style="bold")
    for axis in sweep.axes:
        table.add_column(axis.name, justify="right")
    for heading in (measure.replace("_", " "), "gap"):
        table.add_column(heading, justify="right")
    for (values, _), one in zip(sweep.points(), outcomes, strict=True):
        ends = ["failed", ""] if one.failure else [f"{one.totals[measure]:,.0f}", f"{one.gap:.3%}"]
        table.add_row(*map(str, values), *ends)
    out().print(table)
