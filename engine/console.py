"""What the commands print for people: tables on stdout, talk and progress on stderr.

Messages are worded in the language that is spoken (``--lang``) where they are printed; see `engine.words`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from engine.plan.statuses import status_in_words
from engine.words import message
from engine.words.wording import say, shown

if TYPE_CHECKING:
    from engine.plan.limit_use import LimitUse, Worth
    from engine.plan.metrics import Fill
    from engine.run import Matched
    from engine.solve.result import Progress

SECONDS_BETWEEN_LINES = 3.0
MOST_LIMITS = 12


class SpokenConsole(Console):
    """A console that words messages in the language that is spoken."""

    def print(self, *objects: Any, **options: Any) -> None:
        """See `rich.console.Console.print`."""
        super().print(*(say(each) if isinstance(each, str) else each for each in objects), **options)


def out() -> Console:
    """The console of answers."""
    return SpokenConsole(file=sys.stdout, highlight=False)


def talk() -> Console:
    """The console of progress and messages."""
    return SpokenConsole(file=sys.stderr, highlight=False, soft_wrap=True)


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
            "read": message("reading the programme …"),
            "compile": message("finding who is admitted to what …"),
            "solve": message("matching …"),
            "check": message("auditing the plan …"),
            "write": message("giving reasons …"),
        }
        self._say(words.get(name, f"{name} …"), force=True)

    def progress(self, progress: Progress) -> None:
        """Say where the solve stage stands."""
        self._say(
            message(
                "{seconds:7.1f} s  {phase}  bound {bound:,.2f}  plan {objective:,.2f}  gap {gap:.4%}",
                seconds=progress.seconds,
                phase=f"{progress.phase:<8}",
                bound=progress.bound,
                objective=progress.objective,
                gap=progress.gap,
            )
        )

    def close(self) -> None:
        """Stop the live line."""
        if self._status is not None:
            self._status.stop()

    def _say(self, line: str, force: bool = False) -> None:
        if self._quiet:
            return
        if self._status is not None:
            self._status.update(say(line))
        elif force or time.monotonic() - self._told >= SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            self._console.print(line)


def show_notices(notices: Sequence[str]) -> None:
    """Print what the reader of a programme noticed and took."""
    for notice in notices:
        talk().print(message("Note: {notice}", notice=notice), markup=False)


def titled_table(title: str) -> Table:
    """An empty table under a title."""
    return Table(title=say(title), title_justify="left", title_style="bold")


def show_plan(matched: Matched) -> None:
    """Print the plan's tables: fill by corridor, destination, sector and month, quota use, and what limits."""
    from engine.audit.placement_table import PlacementTable
    from engine.plan import limit_use, metrics

    console = out()
    placements = PlacementTable(matched.programme, matched.worker, matched.order)
    for title, lines in (
        (message("Placements by corridor"), metrics.fill_by_corridor(placements)),
        (message("Fill by destination"), metrics.fill_by_destination(placements)),
        (message("Fill by sector"), metrics.fill_by_sector(placements)),
        (message("Fill by month of start"), metrics.fill_by_month(placements)),
    ):
        console.print(_fill_table(title, lines))
    certificate, prices = matched.files.certificate, matched.files.prices
    console.print(_quota_table(limit_use.quota_use(prices)[:MOST_LIMITS]))
    worth = limit_use.Worth.of_plan(placements, certificate["objective"])
    console.print(_limit_table(limit_use.what_limits(prices), certificate, worth))
    show_certificate(matched.files.certificate)


def _fill_table(title: str, lines: Sequence[Fill]) -> Table:
    table = titled_table(title)
    table.add_column("")
    for heading in (message("placements"), message("places"), message("filled"), message("paid weeks")):
        table.add_column(say(heading), justify="right")
    for line in lines:
        filled = shown(line.placements / line.places, ".0%") if line.places else ""
        places = shown(line.places, ",") if line.places else ""
        name = line.name or say(message("(none)"))
        table.add_row(name, shown(line.placements, ","), places, filled, shown(line.weeks, ",.0f"))
    return table


def _quota_table(uses: Sequence[LimitUse]) -> Table:
    """Caps and set-asides with their use, the fullest first; those of households aren't told one by one."""
    table = titled_table(message("Quota use"))
    table.add_column(say(message("limit")), overflow="fold")
    for heading in (message("used"), message("count")):
        table.add_column(say(heading), justify="right")
    for use in uses:
        table.add_row(use.limit, shown(use.used, ",.10g"), shown(use.count or 0, ",.10g"))
    return table


def _limit_table(uses: Sequence[LimitUse], certificate: Mapping[str, Any], worth: Worth) -> Table:
    """The first limits of clauses, then of beds and places: their price in weeks and people, and the most one gains."""
    from engine.plan.metrics import most_gain

    table = titled_table(message("What limits: clauses first, then beds and places of orders"))
    table.add_column(say(message("limit")), overflow="fold")
    headings = (
        message("used"),
        message("count"),
        message("price of one more, in weeks"),
        message("in people"),
        message("gain over this plan at most, in weeks"),
    )
    for heading in headings:
        table.add_column(say(heading), justify="right")
    for of_clause in (True, False):
        for use in [use for use in uses if use.of_clause == of_clause][:MOST_LIMITS]:
            count = "" if use.count is None else shown(use.count, ",.10g")
            values = (worth.in_weeks(use.price), worth.in_people(use.price))
            gain = worth.in_weeks(most_gain(certificate, use.price))
            equals = ["" if value is None else shown(value, ",.2f") for value in (*values, gain)]
            table.add_row(use.limit, shown(use.used, ",.10g"), count, *equals)
    return table


def show_if_no_workbook(folder: Path) -> None:
    """Say that a plan is too long to be a workbook too, where it is."""
    from engine.plan.plan_workbook import MOST_ROWS, PLAN_WORKBOOK

    if not (folder / PLAN_WORKBOOK).is_file():
        told = message(
            "The plan has more than {most:,} rows, so it is not written as {file}; its tables hold all of it.",
            most=MOST_ROWS,
            file=PLAN_WORKBOOK,
        )
        talk().print(told, markup=False)


def show_certificate(certificate: Any) -> None:
    """Print the certificate in a few lines."""
    console = out()
    proof = message(
        "Status {status}: objective {objective:,.6f}, proven bound {bound:,.6f}, gap {gap:.6%}.",
        status=status_in_words(certificate["status"]),
        objective=certificate["objective"],
        bound=certificate["bound"],
        gap=certificate["gap"],
    )
    console.print(proof, markup=False)
    checked = message(
        "{placements:,} placements from {pairs:,} admitted pairs; audit: {checked:,} checks of {rules} rules, "
        "{broken:,} broken.",
        placements=certificate["placements"],
        pairs=certificate["eligible_pairs"],
        checked=sum(check["checked"] for check in certificate["checks"]),
        rules=len(certificate["checks"]),
        broken=sum(check["violations"] for check in certificate["checks"]),
    )
    console.print(checked, markup=False)
