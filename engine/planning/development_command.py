"""The command `vaiven development`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("development")(development)


def development(
    programme: Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)],
    plan: Annotated[Path, typer.Argument(help="The folder of the plan.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="A new folder for the tables and the page.")],
    rates: Annotated[Path | None, typer.Option(help="A TOML file of rates in place of ours.")] = None,
) -> None:
    """Report to a planning ministry what a plan means for each region of origin: people away, income, skills, openings.

    Besides tables and a page there is an export for a statistics office, which withholds figures of few people.
    """
    from engine.accounts.accounts import accounts
    from engine.accounts.development import Development
    from engine.accounts.rates import read_rates
    from engine.atomic import refuse_occupied, written_aside
    from engine.console import out as console
    from engine.plan.read_plan import read_plan
    from engine.planning.development_files import write_development
    from engine.programme import read_programme
    from engine.words import message
    from engine.words.wording import spoken_language

    refuse_occupied(out)
    asked = read_rates(rates)
    read = read_plan(read_programme(programme), plan)
    found = Development(accounts(read.programme, read.worker, read.order, asked))
    with written_aside(out) as folder:
        write_development(folder, found, spoken_language())
    told = message(
        "{people:,} people of {regions} regions are abroad; {share:.1%} of them have an off-season opening at home.",
        people=int(found.countries["people"].sum()),
        regions=int((found.regions["people"] > 0).sum()),
        share=found.share_at_home,
    )
    console().print(told, markup=False)
