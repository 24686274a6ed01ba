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
from engine.words import joined, message, msgid, plural
from scenarios import catalogue

if TYPE_CHECKING:
    import pandas as pd

    from engine.sheets.importer import Imported
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

    chosen = load_preset(_known(preset, discover("preset"), msgid("There is no preset {name}.")))
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
    """Turn published data into a programme. Refused rows go to OUT.refused.csv."""
    from scenarios.source import load_source

    if source == "sheet":
        _import_sheet(paths, sheet_map, table, sheet)
        return

    if sheet_map is not None:
        raise CallError(message("--map is for sheets."), message("Call: vaiven import sheet FILE OUT --map map.toml"))
    chosen = load_source(_known(source, [*discover("source"), "sheet"], msgid("There is no source {name}.")))
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
    from engine.sheets.importer import import_sheet
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
        told = message("A map is proposed in {file}; look it through.", file=out)
        unused = message("Not used: {headings}.", headings=tuple(left))
        talk().print(joined(told, unused) if left else told, markup=False)
        return
    chosen = read_map(sheet_map)
    done = import_sheet(file, replace(chosen, sheet=name) if name else chosen, out)
    _show_imported(done, out)
    if done.refused == done.rows:
        raise typer.Exit(1)


def _show_imported(done: "Imported", out: Path) -> None:
    """Say how many rows were taken, what is only estimated, and the first refusals."""
    from engine.console import talk
    from engine.sheets.importer import MARKED

    file = f"{done.table}.csv"
    lines: list[str] = [
        message(
            "{folder}: {taken:,} of {rows:,} rows in {file}.",
            folder=out,
            taken=done.rows - done.refused,
            rows=done.rows,
            file=file,
        )
    ]
    lines += done.warnings
    lines += [joined("  ", fault.sentence, by="") for fault in done.faults[:SHOWN_REFUSALS]]
    if len(done.faults) > SHOWN_REFUSALS:
        lines.append(joined("  ", message("and {count:,} more", count=len(done.faults) - SHOWN_REFUSALS), by=""))
    if done.refused:
        marked = plural(
            "{n:,} row is refused; it is marked in {file}.",
            "{n:,} rows are refused; they are marked in {file}.",
            n=done.refused,
            file=out / MARKED,
        )
        lines.append(marked)
    for line in lines:
        talk().print(line, markup=False)


def template(out: Annotated[Path, typer.Argument(help="A new .xlsx file.")]) -> None:
    """Write a workbook to fill in: a sheet a table, with lists, validation and example rows.

    Its headings and notes are in the language that is spoken.
    """
    from engine.console import talk
    from engine.sheets.template import write_template
    from engine.words.wording import spoken_language

    write_template(out, spoken_language())
    talk().print(message("The template is {file}.", file=out), markup=False)


def _known(name: str, known: Collection[str], unknown: str) -> str:
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    listed = message("There are: {names}.", names=tuple(known))
    hint = joined(message("Did you mean {names:or}?", names=tuple(near)), listed) if near else listed
    raise CallError(message(unknown, name=repr(name)), hint)


def _report(draft: "Draft", out: Path) -> None:
    from engine.console import talk

    tables, orders = draft.tables, draft.tables["orders"]
    said = message(
        "{folder}: {workers:,} workers, {orders:,} orders for {places:,} positions, {agreements:,} agreements",
        folder=out,
        workers=len(tables["workers"]),
        orders=len(orders),
        places=int(orders.headcount.sum()),
        agreements=len(draft.agreements),
    )
    talk().print(said, markup=False)


def _show_refused(refused: "pd.DataFrame", target: Path) -> None:
    """Show the first refusals on stderr, and how many rows they are in all."""
    from engine.console import talk, titled_table
    from engine.words.wording import say

    rows = int(refused.row.nunique())
    title = plural(
        "{n:,} row refused; it is in {file}", "{n:,} rows refused; all of them in {file}", n=rows, file=target
    )
    shown = titled_table(title)
    for name in refused.columns:
        shown.add_column(name, justify="right" if name == "row" else "left", overflow="fold")
    for record in refused.head(SHOWN_REFUSALS).itertuples(index=False):
        shown.add_row(*(say(value) if isinstance(value, str) else str(value) for value in record))
    talk().print(shown)
    if len(refused) > SHOWN_REFUSALS:
        talk().print(message("and {count:,} more", count=len(refused) - SHOWN_REFUSALS))


def _generate_help() -> str:
    lines = "\n\n".join(f"{name}: {entry.summary}" for name, entry in catalogue.presets().items())
    return "\n\n".join(("Write a synthetic programme.", message("Presets:"), lines))


def _import_help() -> str:
    lines = "\n\n".join(f"{name}: {entry.summary}" for name, entry in catalogue.sources().items())
    sheet = message("A ministry's own sheet by --map map.toml; without a map, OUT is a map that is proposed.")
    head = message("Turn published data into a programme. Refused rows go to OUT.refused.csv.")
    return "\n\n".join((head, message("Sources:"), lines, f"sheet: {sheet}"))
