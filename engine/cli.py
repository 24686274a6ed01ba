"""The command line: each command parses, calls and prints; the work is elsewhere and imported when it is needed."""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.command_language import SpokenGroup
from engine.errors import InputError, VaivenError

if TYPE_CHECKING:
    from engine.audit.audit import Audit

app = typer.Typer(
    cls=SpokenGroup,
    rich_markup_mode=None,
    help="Vaivén matches seasonal workers to job orders under bilateral agreements, provably well, and says why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
ProgrammeFolder = Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)]
PlanFolder = Annotated[Path, typer.Argument(help="The folder of the plan.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]


@app.command()
def validate(programme: ProgrammeFolder, as_json: AsJson = False) -> None:
    """Read a programme, or a workbook of its tables, name every fault and warn of what is likely wrong."""
    if programme.is_file():
        _validate_workbook(programme, as_json)
        return
    from engine.console import out, show_notices
    from engine.planning.doubts import doubts
    from engine.programme import read_programme
    from engine.words import message
    from engine.words.wording import say

    read = read_programme(programme)
    doubtful = doubts(read)
    sizes = {name: table.size for name, table in read.tables.items()}
    if as_json:
        notices = [say(notice) for notice in (*read.notices, *doubtful)]
        print(json.dumps({"programme": read.settings.id, "tables": sizes, "notices": notices, "faults": []}))
        return
    show_notices([*read.notices, *doubtful])
    sound = message(
        "{programme} is sound: {tables}; {agreements:,} agreements, {clauses:,} clauses.",
        programme=read.settings.id,
        tables=tuple(message("{count:,} {table}", count=count, table=name) for name, count in sizes.items() if count),
        agreements=len(read.agreements),
        clauses=len(read.all_clauses()),
    )
    out().print(sound, markup=False)


def _validate_workbook(path: Path, as_json: bool) -> None:
    from engine.console import out, show_notices
    from engine.programme.read import read_workbook_tables
    from engine.words import message
    from engine.words.wording import say

    tables, notices = read_workbook_tables(path)
    sizes = {name: table.size for name, table in tables.items()}
    if as_json:
        print(json.dumps({"tables": sizes, "notices": [say(notice) for notice in notices], "faults": []}))
        return
    show_notices(notices)
    listed = tuple(message("{count:,} {table}", count=count, table=name) for name, count in sizes.items() if count)
    out().print(message("The tables of {file} are sound: {tables}.", file=path.name, tables=listed), markup=False)


@app.command()
def match(
    programme: ProgrammeFolder,
    plan: Annotated[Path, typer.Argument(help="A new folder for the plan.", show_default=False)],
    mechanism: Annotated[str, typer.Option(help="How to choose.")] = "optimal",
    gap: Annotated[float, typer.Option(min=0.0, max=1.0, help="Stop when the certified gap is at most this.")] = 0.001,
    time_limit: Annotated[float, typer.Option(min=0.0, help="Seconds for the solve stage.")] = 600.0,
    seed: Annotated[int, typer.Option(min=0, help="Draws between equally good plans.")] = 0,
    warm: Annotated[Path | None, typer.Option(help="Begin from this earlier plan.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose processes sweep.")] = None,
    floor: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="What priority keeps of the best plan's bound; 0.95 without it."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Match workers to orders. The plan has a proven bound, and is audited before it is written."""
    from engine.console import ProgressTalk, show_if_no_workbook, show_notices, show_plan, talk
    from engine.run import Options, match_to_folder
    from engine.words import message

    progress = ProgressTalk(quiet or as_json)
    try:
        options = Options(mechanism, gap, time_limit, seed, warm, cluster=cluster, floor=floor)
        matched = match_to_folder(programme, plan, options, progress.progress, progress.stage)
    finally:
        progress.close()
    if as_json:
        print(json.dumps(dict(matched.files.certificate)))
    else:
        show_notices(matched.programme.notices)
        show_plan(matched)
        talk().print(message("The plan is in {folder}.", folder=str(plan)), markup=False)
        show_if_no_workbook(plan)


@app.command()
def check(
    programme: ProgrammeFolder,
    plan: PlanFolder,
    bound: Annotated[
        bool, typer.Option("--bound", help="Recompute the bound from prices.csv by weak duality.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Audit a plan, whoever made it. The raw programme is read again; exit status 1 where the plan is not legal."""
    from dataclasses import asdict

    from engine.console import out
    from engine.plan.read_plan import audited, read_plan
    from engine.programme import read_programme
    from engine.words import message

    read = read_plan(read_programme(programme), plan)
    verdict = audited(read)
    proved = None
    if bound:
        from engine.audit.bound import recomputed_bound

        proved = recomputed_bound(read.programme, plan)
    if as_json:
        answer = {
            "legal": verdict.legal,
            "objective": verdict.objective,
            "placements": verdict.placements,
            "checks": list(verdict.checks),
            "breaches": [asdict(breach) for breach in verdict.breaches],
        }
        print(json.dumps(answer if proved is None else {**answer, "bound": proved}))
    else:
        console = out()
        for breach in verdict.breaches:
            console.print(message("✗ {breach}", breach=breach.in_words), markup=False)
        console.print(_verdict_in_words(verdict), markup=False)
        if proved is not None:
            told = message("By prices.csv no legal plan is worth more than {bound:,.6f}.", bound=proved)
            console.print(told, markup=False)
    if not verdict.legal or (proved is not None and proved < verdict.objective - 1e-6):
        raise typer.Exit(1)


def _verdict_in_words(verdict: Audit) -> str:
    from engine.words import message, plural

    breaches = plural("NOT legal: {n:,} breach", "NOT legal: {n:,} breaches", n=len(verdict.breaches))
    return message(
        "{placements:,} placements, objective {objective:,.6f}: {word} ({checked:,} checks of {rules} rules).",
        placements=verdict.placements,
        objective=verdict.objective,
        word=message("legal") if verdict.legal else breaches,
        checked=sum(line["checked"] for line in verdict.checks),
        rules=len(verdict.checks),
    )


@app.command()
def export(
    programme: ProgrammeFolder,
    model: Annotated[Path, typer.Argument(help="The file to write, MODEL.mps.", show_default=False)],
) -> None:
    """Write the exact integer program as MPS. So any solver can be held against us."""
    from engine.console import talk
    from engine.problem import compile_problem
    from engine.problem.export import write_mps
    from engine.programme import read_programme
    from engine.words import message

    columns, rows = write_mps(compile_problem(read_programme(programme)), model)
    told = message("{file}: {columns:,} columns, {rows:,} rows.", file=str(model), columns=columns, rows=rows)
    talk().print(told, markup=False)


@app.command()
def replay(
    programme: ProgrammeFolder,
    plan: PlanFolder,
    warm: Annotated[Path | None, typer.Option(help="The earlier plan that this one began from.")] = None,
    quiet: Quiet = False,
) -> None:
    """Run again what made a plan. Exit status 1 where any file differs (seconds apart)."""
    from engine.console import ProgressTalk, out
    from engine.planning.replay import replay as replay_plan
    from engine.words import message

    progress = ProgressTalk(quiet)
    try:
        differing = replay_plan(programme, plan, warm, progress.progress)
    finally:
        progress.close()
    if differing:
        out().print(message("The replay differs in {files}.", files=tuple(differing)))
        raise typer.Exit(1)
    out().print(message("The replay gave the same bytes in every file."))


@cache
def command_line() -> typer.Typer:
    """All commands: these, and those that others add by an entry point of the group ``vaiven.commands``."""
    for command in entry_points(group="vaiven.commands"):
        command.load()(app)
    return app


def main() -> None:
    """Run the command line; a known error prints its message and ends with its exit status."""
    try:
        command_line()()
    except VaivenError as error:
        _show_error(error)
        sys.exit(error.status)


def _show_error(error: VaivenError) -> None:
    from engine.words.wording import spoken_language

    language = spoken_language()
    if isinstance(error, InputError) and "--json" in sys.argv:
        from dataclasses import asdict

        print(json.dumps({"faults": [asdict(fault.told(language)) for fault in error.faults]}))
    print(f"vaiven: {error.told(language)}", file=sys.stderr)
