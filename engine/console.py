"""What the commands print for people: tables on stdout, talk and progress on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from engine.plan.metrics import Fill, LimitUse
    from engine.run import Matched
    from engine.solve.result import Progress

SECONDS_BETWEEN_LINES = 3.0


def out() -> Console:
    """The console of answers."""
    return Console(file=sys.stdout, highlight=False)


def talk() -> Console:
    """The console of progress and messages."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


class ProgressTalk:
    """Tells bound, plan and gap while a run solves: a live line on a terminal, else a plain line every few seconds."""

    def __init__(self, quiet: bool = False) -> None:
        self._console = talk()
        self._quiet = quiet
        self._told = 0.0
        self._status = self._console.status("") if self._console.is_terminal and not quiet else None
        if self._status is not None:
            self._status.start()

    def stage(self, name: str) -> None:
        """Say which stage begins."""
        words = {
            "read": "reading the programme",
            "compile": "finding who is admitted to what",
            "solve": "matching",
            "check": "auditing the plan",
            "write": "giving reasons",
        }
        self._say(f"{words.get(name, name)} …", force=True)

    def progress(self, progress: Progress) -> None:
        """Say where the solve stage stands."""
        self._say(
            f"{progress.seconds:7.1f} s  {progress.phase:<8} bound {progress.bound:,.2f}  "
            f"plan {progress.objective:,.2f}  gap {progress.gap:.4%}"
        )

    def close(self) -> None:
        """Stop the live line."""
        if self._status is not None:
            self._status.stop()

    def _say(self, line: str, force: bool = False) -> None:
        if self._quiet:
            return
        if self._status is not None:
            self._status.update(line)
        elif force or time.monotonic() - self._told >= SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            self._console.print(line)


def show_plan(matched: Matched) -> None:
    """Print the plan's tables: fill by corridor, destination, sector and month, quota use, and what limits."""
    from engine.audit.placement_table import PlacementTable
    from engine.plan import metrics

    console = out()
    placements = PlacementTable(matched.programme, matched.worker, matched.order)
    for title, lines in (
        ("Placements by corridor", metrics.fill_by_corridor(placements)),
        ("Fill by destination", metrics.fill_by_destination(placements)),
        ("Fill by sector", metrics.fill_by_sector(placements)),
        ("Fill by month of start", metrics.fill_by_month(placements)),
    ):
        console.print(_fill_table(title, lines))
    console.print(_limit_table("Quota use", metrics.quota_use(matched.files.prices)))
    limiting = metrics.what_limits(matched.files.prices)
    console.print(_limit_table("What limits: one more unit could add at most", limiting))
    show_certificate(matched.files.certificate)


def _fill_table(title: str, lines: Sequence[Fill]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    for heading in ("placements", "places", "filled", "paid weeks"):
        table.add_column(heading, justify="right")
    for line in lines:
        filled = f"{line.placements / line.places:.0%}" if line.places else ""
        places = f"{line.places:,}" if line.places else ""
        table.add_row(line.name or "(none)", f"{line.placements:,}", places, filled, f"{line.weeks:,.0f}")
    return table


def _limit_table(title: str, uses: Sequence[LimitUse]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("limit", overflow="fold")
    for heading in ("used", "count", "price"):
        table.add_column(heading, justify="right")
    for use in uses:
        table.add_row(use.limit, f"{use.used:,.10g}", f"{use.count:,.10g}" if use.count else "", f"{use.price:,.4f}")
    return table


def show_certificate(certificate: Any) -> None:
    """Print the certificate in a few lines."""
    broken = sum(check["violations"] for check in certificate["checks"])
    checked = sum(check["checked"] for check in certificate["checks"])
    out().print(
        f"Status [bold]{certificate['status']}[/]: objective {certificate['objective']:,.6f}, proven bound "
        f"{certificate['bound']:,.6f}, gap {certificate['gap']:.6%}.\n"
        f"{certificate['placements']:,} placements from {certificate['eligible_pairs']:,} admitted pairs; "
        f"audit: {checked:,} checks of {len(certificate['checks'])} rules, {broken} broken."
    )
