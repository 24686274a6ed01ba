"""The command `vaiven worklist`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("worklist")(worklist)


def worklist(
    programme: Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)],
    plan: Annotated[Path, typer.Argument(help="The folder of the plan.", show_default=False)],
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day of the week.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A new CSV file for the list.")] = None,
) -> None:
    """Say what a plan asks to be done in a week: offers to be answered, papers, arrivals, returns, who is in reserve.

    Those in reserve are told for a plan that was repaired, which keeps a list of them for each order.
    """
    import pandas as pd
    import pyarrow as pa

    from engine.atomic import refuse_occupied, write_whole
    from engine.audit.placement_table import PlacementTable
    from engine.days import day_number
    from engine.plan.plan_files import csv_bytes
    from engine.plan.read_plan import read_plan
    from engine.planning.work_list import work_list
    from engine.programme import read_programme
    from engine.spreadsheet_text import neutral_table

    if out is not None:
        refuse_occupied(out)
    read = read_plan(read_programme(programme), plan)
    kept = plan / "reserves.csv"
    reserves = pd.read_csv(kept, dtype={"order_id": str, "worker_id": str}) if kept.is_file() else None
    placements = PlacementTable(read.programme, read.worker, read.order)
    found = work_list(placements, day_number(day.date()), reserves)
    if out is not None:
        write_whole(out, csv_bytes(neutral_table(pa.Table.from_pandas(found, preserve_index=False))))
    _show(found)


def _show(found: pd.DataFrame) -> None:
    from engine.console import out, titled_table
    from engine.planning.work_list import step_in_words
    from engine.words import message
    from engine.words.wording import say, shown

    table = titled_table(message("The week's work list"))
    for heading in (message("Until"), message("Step"), message("Order")):
        table.add_column(say(heading))
    table.add_column(say(message("People")), justify="right")
    for (until, step, order), rows in found.groupby(["until", "step", "order_id"], sort=False):
        table.add_row(str(until), say(step_in_words(str(step))), str(order), shown(len(rows), ",d"))
    out().print(table)
