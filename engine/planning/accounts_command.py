"""The command `vaiven accounts`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.accounts.accounts import Accounts


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("accounts")(accounts)


def accounts(
    programme: Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)],
    plan: Annotated[Path, typer.Argument(help="The folder of the plan.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A new folder for the tables and the page.")] = None,
    rates: Annotated[Path | None, typer.Option(help="A TOML file of rates in place of ours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Keep the accounts of a plan at both ends: pay, taxes, costs, remittances, savings, and what homes give up.

    Each line has its formula, each rate a range, a source and a date; sums reconcile with the placements to the cent.
    """
    from engine.accounts.accounts import accounts as accounts_of
    from engine.accounts.rates import read_rates
    from engine.atomic import refuse_occupied, written_aside
    from engine.plan.read_plan import read_plan
    from engine.planning.accounts_files import as_json as json_of
    from engine.planning.accounts_files import write_accounts
    from engine.programme import read_programme
    from engine.words.wording import spoken_language

    if out is not None:
        refuse_occupied(out)
    asked = read_rates(rates)
    read = read_plan(read_programme(programme), plan)
    found = accounts_of(read.programme, read.worker, read.order, asked)
    if out is not None:
        with written_aside(out) as folder:
            write_accounts(folder, found, spoken_language())
    if as_json:
        print(json.dumps(json_of(found, spoken_language())))
    else:
        _show(found)


def _show(found: Accounts) -> None:
    from engine.console import out, titled_table
    from engine.planning.accounts_files import as_json, unit_in_words
    from engine.words import message
    from engine.words.wording import say, shown, spoken_language

    told = as_json(found, spoken_language())
    table = titled_table(message("Accounts of both ends"))
    table.add_column("")
    table.add_column("")
    for heading in (message("Low"), message("Middle"), message("High")):
        table.add_column(say(heading), justify="right")
    for line in told["lines"]:
        unit = say(unit_in_words(line["unit"], told["currency"]))
        table.add_row(line["title"], unit, *(shown(line[one], ",.2f") for one in ("low", "middle", "high")))
    out().print(table)
