"""The command `vaiven season`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("season")(season)


def season(
    programme: Annotated[Path, typer.Argument(help="The folder of the programme, the forecast.", show_default=False)],
    out: Annotated[Path, typer.Argument(help="A new folder for the tables.", show_default=False)],
    seasons: Annotated[int, typer.Option(min=1, help="How many seasons are drawn and replayed.")] = 10,
    policy: Annotated[
        list[str] | None, typer.Option(help="A policy to replay; all of them without it.", show_default=False)
    ] = None,
    demand: Annotated[float, typer.Option(min=0.0, max=4.0, help="Demand, as times the forecast.")] = 1.0,
    assumptions: Annotated[
        Path | None, typer.Option(help="A TOML file of assumptions in the place of ours.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The first season that is drawn.")] = 0,
    forewarned: Annotated[
        bool, typer.Option("--forewarned", help="Also replay an office that knows all but who gives up.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Replay drawn seasons week by week, and hold ways of placing people as they come against the best in hindsight.

    Writes policies.csv, seasons.csv, the assumptions with their sources, and a picture.
    """
    from engine.atomic import refuse_occupied, written_aside
    from engine.planning.assumptions import read_assumptions
    from engine.planning.pool import process_pool
    from engine.planning.season.comparison import SeasonsAsked, compare_policies, make_desk, policies_table
    from engine.planning.season.season_files import write_season
    from engine.programme import read_programme
    from engine.words.wording import spoken_language

    refuse_occupied(out)
    known = read_assumptions(assumptions)
    desk = make_desk(read_programme(programme), known)
    rows = compare_policies(
        desk, SeasonsAsked(seasons, tuple(policy or ()), demand, seed, forewarned=forewarned), process_pool
    )
    table = policies_table(rows)
    with written_aside(out) as folder:
        write_season(folder, rows, known, spoken_language())
    if as_json:
        print(table.to_json(orient="records"))
    else:
        _show(table)


def _show(table: pd.DataFrame) -> None:
    from engine.console import out, titled_table
    from engine.words import message
    from engine.words.wording import say, shown

    told = titled_table(message("Policies, held against the best in hindsight"))
    told.add_column("")
    for heading in (message("Share of the bound"), message("Least"), message("Placements"), message("Gave up")):
        told.add_column(say(heading), justify="right")
    for row in table.to_dict("records"):
        figures = [shown(row["share"], ".1%"), shown(row["least"], ".1%"), shown(row["placements"], ",.0f")]
        told.add_row(str(row["policy"]), *figures, shown(row["lost"], ",.0f"))
    out().print(told)
