"""The commands `generate` and `import`; wrong calls and files raise the engine's errors, exit status 2."""

import difflib
from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.atomic import refuse_occupied
from engine.discovery import discover
from engine.errors import CallError
from engine.words import message
from scenarios import catalogue

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.preset import Draft

SHOWN_REFUSALS = 20


class Density(StrEnum):
    """How many of all pairs of worker and order are admitted."""

    SPARSE = "sparse"
    DENSE = "dense"


class TableFormat(StrEnum):
    """How tables are written."""

    CSV = "csv"
    PARQUET = "parquet"


Workers = Annotated[int, typer.Option(help="How many workers the register has.", min=0)]
Seed = Annotated[int, typer.Option(help="The same seed gives the same programme.", min=0)]
Format = Annotated[TableFormat, typer.Option("--format", help="How tables are written.")]
Target = Annotated[Path, typer.Argument(help="The programme folder to write; new or empty.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this package to the command line."""
    app.command("generate", help=_generate_help())(generate)
    app.command("import", help=_import_help())(import_data)
    app.command("template")(template)


def generate(
    preset: Annotated[str, typer.Argument(help="The name of a preset.")],
    out: Target,
    workers: Workers = 1000,
    seed: Seed = 0,
    density: Annotated[Density, typer.Option(help="How many pairs are admitted.")] = Density.SPARSE,
    table_format: Format = TableFormat.CSV,
) -> None:
    """Write a synthetic programme."""
    from scenarios.preset import load_preset

    chosen = load_preset(_known(preset, discover("preset"), "preset"))
    if workers < chosen.LEAST_WORKERS:
        raise CallError(
            message("{workers} workers are too few.", workers=workers),
            message("{preset} needs {least} or more.", preset=preset, least=chosen.LEAST_WORKERS),
        )
    refuse_occupied(out)
    draft = chosen.build(workers, seed, density.value)
    draft.write(out, table_format.value)
    _report(draft, out)


def import_data(
    source: Annotated[str, typer.Argument(help="The name of a source.")],
    paths: Annotated[list[Path], typer.Argument(metavar="FILE... OUT", help="The published files, then the folder.")],
    workers: Workers = 0,
    seed: Seed = 0,
    table_format: Format = TableFormat.CSV,
    sheet_map: Annotated[Path | None, typer.Option("--map", help="Of a sheet: its map.toml.")] = None,
    table: Annotated[str, typer.Option(help="Of a sheet without a map: the table that it is.")] = "workers",
    sheet: Annotated[str, typer.Option(help="Of a workbook: its sheet; else the one that fits the table.")] = "",
) -> None:
    """Turn published data into a programme; refused rows are shown and written to OUT.refused.csv."""
    from scenarios.source import load_source

    if source == "sheet":
        _import_sheet(paths, sheet_map, table, sheet)
        return

    if sheet_map is not None:
        raise CallError(message("--map is for sheets."), message("Call: vaiven import sheet FILE OUT --map map.toml"))
    chosen = load_source(_known(source, [*discover("source"), "sheet"], "source"))
    if len(paths) < 2:
        raise CallError(
            message("A file or the folder to write is missing."), message("Call: vaiven import SOURCE FILE... OUT")
        )
    *files, out = paths
    for file in files:
        if not file.is_file():
            raise CallError(
                message("{file} is no file.", file=file),
                message("Give the files as published, then the folder to write."),
            )
    refuse_occupied(out)
    draft, refused = chosen.import_files(files, workers, seed)
    draft.write(out, table_format.value)
    _report(draft, out)
    if len(refused):
        target = out.with_name(f"{out.name}.refused.csv")
        refused.to_csv(target, index=False, lineterminator="\n")
        _show_refused(refused, target)


def _import_sheet(paths: list[Path], sheet_map: Path | None, table: str, name: str) -> None:
    """Read a ministry's own sheet by its map, or propose a map where there is none."""
    from engine.console import talk
    from engine.programme.schema import TABLES
    from engine.sheets.importer import MARKED, import_sheet
    from engine.sheets.proposal import propose_map
    from engine.sheets.sheet_map import read_map
    from engine.sheets.sheet_reading import Sought, read_sheet

    if len(paths) != 2:
        raise CallError(message("A sheet is one file."), message("Call: vaiven import sheet FILE OUT --map map.toml"))
    file, out = paths
    if sheet_map is None:
        if table not in TABLES:
            raise CallError(
                message("{table} is no table.", table=repr(table)), message("Use one of {names}.", names=tuple(TABLES))
            )
        if out.suffix != ".toml" or out.exists():
            raise CallError(
                message("Without --map a map is proposed, and {out} can't be it.", out=out),
                message("Name a new file, as map.toml."),
            )
        text, left = propose_map(read_sheet(file, name, sought=Sought(table)), table)
        out.write_text(text, "utf-8")
        unused = f" Not used: {', '.join(left)}." if left else ""
        talk().print(f"A map is proposed in {out}; look it through.{unused}", markup=False)
        return
    chosen = read_map(sheet_map)
    done = import_sheet(file, replace(chosen, sheet=name) if name else chosen, out)
    talk().print(f"{out}: {done.rows - done.refused:,} of {done.rows:,} rows in {done.table}.csv.", markup=False)
    for warning in done.warnings:
        talk().print(warning, markup=False)
    for fault in done.faults[:SHOWN_REFUSALS]:
        talk().print(f"  {fault}", markup=False)
    if len(done.faults) > SHOWN_REFUSALS:
        talk().print(f"  and {len(done.faults) - SHOWN_REFUSALS:,} more.", markup=False)
    if done.refused:
        talk().print(f"{done.refused:,} rows are refused; they are marked in {out / MARKED}.", markup=False)
    if done.refused == done.rows:
        raise typer.Exit(1)


def template(
    out: Annotated[Path, typer.Argument(help="A new .xlsx file.")],
    lang: Annotated[str, typer.Option(help="Headings in en or es.")] = "en",
) -> None:
    """Write a workbook to fill in: a sheet a table, with lists, validation and example rows."""
    from engine.console import talk
    from engine.sheets.template import write_template

    write_template(out, lang)
    talk().print(f"The template is {out}.", markup=False)


def _known(name: str, known: Collection[str], what: str) -> str:
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    raise CallError(
        message("{name} is no {what}.", name=repr(name), what=what),
        message("{meant}There are: {names}.", meant=meant, names=", ".join(known)),
    )


def _report(draft: "Draft", out: Path) -> None:
    from rich.console import Console

    tables, orders = draft.tables, draft.tables["orders"]
    said = (
        f"{out}: {len(tables['workers']):,} workers, {len(orders):,} orders for "
        f"{int(orders.headcount.sum()):,} positions, {len(draft.agreements)} agreements"
    )
    Console(stderr=True).print(said, highlight=False, soft_wrap=True)


def _show_refused(refused: "pd.DataFrame", target: Path) -> None:
    """Show the first refusals on stderr, and how many rows they are in all."""
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True)
    shown = Table(title=f"{refused.row.nunique()} rows refused; all of them in {target}", title_justify="left")
    for name in refused.columns:
        shown.add_column(name, justify="right" if name == "row" else "left", overflow="fold")
    for record in refused.head(SHOWN_REFUSALS).itertuples(index=False):
        shown.add_row(*(str(value) for value in record))
    console.print(shown)
    if len(refused) > SHOWN_REFUSALS:
        console.print(f"and {len(refused) - SHOWN_REFUSALS} more")


def _generate_help() -> str:
    lines = "\n\n".join(f"{name}: {entry.summary}" for name, entry in catalogue.presets().items())
    return f"Write a synthetic programme.\n\nPresets:\n\n{lines}"


def _import_help() -> str:
    lines = "\n\n".join(f"{name}: {entry.summary}" for name, entry in catalogue.sources().items())
    sheet = "sheet: A ministry's own sheet by --map map.toml; without a map, OUT is a map that is proposed."
    head = "Turn published data into a programme. Refused rows go to OUT.refused.csv."
    return f"{head}\n\nSources:\n\n{lines}\n\n{sheet}"
