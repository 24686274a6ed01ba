"""The command `vaiven rights`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.rights.report import Rights


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("rights")(rights)


def rights(
    programme: Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)],
    plan: Annotated[Path, typer.Argument(help="The folder of the plan.", show_default=False)],
    out: Annotated[Path | None, typer.Argument(help="A new folder for the report.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Hold every placement of a plan against what protects workers: fees, wages, hours, housing, time at home, choice.

    Each line counts, cites IRIS, the ILO and the agreement, and says what the data can't tell. Exit status 1 where a
    placement is a breach.
    """
    from engine.atomic import refuse_occupied, written_aside
    from engine.plan.read_plan import read_plan
    from engine.planning.rights_files import as_json as json_of
    from engine.planning.rights_files import write_rights
    from engine.programme import read_programme
    from engine.rights.report import rights as rights_of
    from engine.words.wording import spoken_language

    if out is not None:
        refuse_occupied(out)
    read = read_plan(read_programme(programme), plan)
    found = rights_of(read.programme, read.worker, read.order)
    if out is not None:
        with written_aside(out) as folder:
            write_rights(folder, found, spoken_language())
    if as_json:
        print(json.dumps(json_of(found, spoken_language())))
    else:
        _show(found)
    if not found.clean:
        raise typer.Exit(1)


def _show(found: Rights) -> None:
    from engine.console import out, titled_table
    from engine.planning.rights_files import in_words
    from engine.rights.line import Mark
    from engine.words import message
    from engine.words.wording import say, shown

    table = titled_table(message("Rights report"))
    table.add_column("")
    for heading in (message("Placements"), message("Breaches"), message("Remarks"), message("At the edge")):
        table.add_column(say(heading), justify="right")
    for line in found.lines:
        counts = (line.counted, *(len(line.rows(mark)) for mark in Mark))
        table.add_row(say(line.kind.TITLE), *(shown(count, ",") for count in counts))
    out().print(table)
    out().print(in_words(found), markup=False)
