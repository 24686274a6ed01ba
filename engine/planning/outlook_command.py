"""The command `vaiven outlook`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.planning.outlook.many_futures import Futures

OWN = ("futures", "years.csv", "bands.csv", "gain.csv", "assumptions.csv", "bands.png", "bands.svg", "bands.narrow.svg")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("outlook")(outlook)


def outlook(
    programme: Annotated[Path, typer.Argument(help="The folder of the first year's programme.", show_default=False)],
    out: Annotated[Path, typer.Argument(help="The folder for the tables; an interrupted outlook goes on in it.")],
    years: Annotated[int, typer.Option(min=1, max=20, help="How many years are planned, the first one included.")] = 5,
    futures: Annotated[int, typer.Option(min=1, help="How many futures are drawn.")] = 50,
    far_sighted: Annotated[
        bool, typer.Option("--far-sighted", help="Beside it plans in which a stay that is used up has a price.")
    ] = False,
    assumptions: Annotated[
        Path | None, typer.Option(help="A TOML file of assumptions in the place of ours.", show_default=False)
    ] = None,
    gap: Annotated[float, typer.Option(min=0.0, max=1.0, help="The certified gap asked of every year.")] = 0.005,
    seed: Annotated[int, typer.Option(min=0, help="Draws the futures, and between equally good plans.")] = 0,
) -> None:
    """Look several years ahead over many futures: who goes this year changes who may and who wants to go next year.

    Writes years.csv, bands.csv, gain.csv, the assumptions with their sources, and a picture. Every year's plan is
    audited.
    """
    from engine.planning.assumptions import read_assumptions
    from engine.planning.outlook.futures import Outlook
    from engine.planning.outlook.many_futures import many_futures
    from engine.planning.outlook.outlook_files import write_outlook
    from engine.planning.pool import process_pool
    from engine.programme import read_programme
    from engine.words.wording import spoken_language

    known = read_assumptions(assumptions)
    read = read_programme(programme)
    done = _folder_of_futures(out)
    found = many_futures(Outlook(read, known, years, gap, seed), futures, far_sighted, process_pool, done)
    write_outlook(out, found, known, spoken_language())
    _show(found)


def _folder_of_futures(out: Path) -> Path:
    """The folder that keeps finished futures. Raises `CallError` where ``out`` holds something else."""
    from engine.errors import CallError
    from engine.words import message

    if out.exists() and (not out.is_dir() or any(path.name not in OWN for path in out.iterdir())):
        raise CallError(
            message("{out} exists and is no outlook.", out=out),
            message("Name a new folder, or that of the interrupted outlook."),
        )
    done = out / "futures"
    done.mkdir(parents=True, exist_ok=True)
    return done


def _show(found: Futures) -> None:
    from engine.console import out, titled_table
    from engine.words import message
    from engine.words.wording import say, shown

    bands = found.bands.query("plan == 'short-sighted'").pivot(index="year", columns="measure")
    told = titled_table(message("Outlook: the middle of all futures, and the band from p10 to p90"))
    told.add_column(say(message("Year")))
    headings = {"people": message("People"), "newcomers_share": message("Newcomers"), "income": message("Net income")}
    for heading in headings.values():
        told.add_column(say(heading), justify="right")
    for year, row in bands.iterrows():
        cells = []
        for name in headings:
            form = ".1%" if name == "newcomers_share" else ",.0f"
            low, middle, high = (shown(float(row[(band, name)]), form) for band in ("p10", "p50", "p90"))
            cells.append(f"{middle} ({low} – {high})")
        told.add_row(str(year), *cells)
    out().print(told)
