"""The commands of `vaiven fairness`: what equity costs, who is selected, who is asked back, what a score does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.command_language import SpokenGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from engine.planning.fairness.told import Told

fairness_commands = typer.Typer(
    cls=SpokenGroup,
    no_args_is_help=True,
    help="Fairness between groups: what equity costs, who is selected, who is asked back, what a score does.",
)
ProgrammeFolder = Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@fairness_commands.command("frontier")
def frontier(
    programme: ProgrammeFolder,
    out: Annotated[Path, typer.Argument(help="A new folder for the tables, plans and picture.", show_default=False)],
    equity: Annotated[
        list[str] | None, typer.Option(help="A measure of equity; all of them without it.", show_default=False)
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Steps from the best plan to the most equity.")] = 5,
    smallest: Annotated[int, typer.Option(min=1, help="Regions with fewer workers admitted are left out.")] = 5,
    gap: Annotated[float, typer.Option(min=0.0, max=1.0, help="The certified gap asked of every plan.")] = 0.001,
    time_limit: Annotated[float, typer.Option(min=0.0, help="Seconds for the solve stage of each plan.")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="Draws between equally good plans.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Say what each step towards equity between regions or households gives up, each plan with a certified bound.

    Rates of the sexes are reported and never optimised. Writes frontier.csv, groups.csv, the plans and a picture.
    """
    from engine.atomic import refuse_occupied, written_aside
    from engine.planning.fairness.frontier import equity_frontier
    from engine.planning.fairness.frontier_files import frontier_table, frontier_told, write_frontier
    from engine.programme import read_programme
    from engine.run import Options
    from engine.words.wording import spoken_language

    refuse_occupied(out)
    options = Options(gap=gap, time_limit=time_limit, seed=seed)
    found = equity_frontier(read_programme(programme), options, equity or (), steps, smallest)
    with written_aside(out) as folder:
        write_frontier(folder, found, spoken_language())
    _print(frontier_table(found), frontier_told(found, with_groups=False), as_json)


@fairness_commands.command("impact")
def impact(
    programme: ProgrammeFolder,
    plan: Annotated[Path, typer.Argument(help="The folder of the plan.", show_default=False)],
    out: Annotated[Path | None, typer.Argument(help="A new folder for the table.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Hold the rates of admitted and placed workers by sex, age and region against each other, with exact tests.

    Groups too small to say get no verdict. Writes impact.csv.
    """
    from engine.atomic import refuse_occupied
    from engine.plan.read_plan import read_plan
    from engine.planning.fairness.impact import adverse_impact
    from engine.planning.fairness.impact_files import impact_table, impact_told
    from engine.programme import read_programme

    if out is not None:
        refuse_occupied(out)
    read = read_plan(read_programme(programme), plan)
    found = adverse_impact(read.programme, read.worker)
    _write({"impact": impact_table(found)}, out)
    _print(impact_table(found), impact_told(found), as_json)


@fairness_commands.command("recalls")
def recalls(
    programme: ProgrammeFolder,
    out: Annotated[Path | None, typer.Argument(help="A new folder for the table.", show_default=False)] = None,
    grievances: Annotated[
        Path | None,
        typer.Option(help="A table of worker_id, employer_id, filed_on: grievances.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which employers ask back fewer of last year's crew who complained or moved away than of the others.

    An exact test for each, corrected for being many, and one over all. Writes recalls.csv.
    """
    from engine.atomic import refuse_occupied
    from engine.planning.fairness.grievances import NONE, read_grievances
    from engine.planning.fairness.recall_files import recalls_table, recalls_told
    from engine.planning.fairness.recalls import recalls_after_speaking
    from engine.programme import read_programme

    if out is not None:
        refuse_occupied(out)
    read = read_programme(programme)
    known = NONE if grievances is None else read_grievances(read, grievances)
    found = recalls_after_speaking(read, known)
    _write({"recalls": recalls_table(found)}, out)
    _print(recalls_table(found), recalls_told(found), as_json)


@fairness_commands.command("score")
def score(
    programme: ProgrammeFolder,
    out: Annotated[Path | None, typer.Argument(help="A new folder for the tables.", show_default=False)] = None,
    weight: Annotated[float, typer.Option(min=0.0, help="The weight on the score that is tried.")] = 0.3,
    gap: Annotated[float, typer.Option(min=0.0, max=1.0, help="The certified gap asked of every plan.")] = 0.001,
    time_limit: Annotated[float, typer.Option(min=0.0, help="Seconds for the solve stage of each plan.")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="Draws between equally good plans.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Look through an outside score before it gets a weight: whom it favours, whether it keeps its word, what it costs.

    Tests by sex, age and region, and the plan with a weight beside that without. Writes score_groups.csv and
    score_plans.csv.
    """
    from engine.atomic import refuse_occupied
    from engine.planning.fairness.score import scored_groups, scored_plans
    from engine.planning.fairness.score_files import score_told, scored_groups_table, scored_plans_table
    from engine.programme import read_programme
    from engine.run import Options

    if out is not None:
        refuse_occupied(out)
    read = read_programme(programme)
    groups = scored_groups(read)
    plans = scored_plans(read, weight, Options(gap=gap, time_limit=time_limit, seed=seed))
    tables = {"score_groups": scored_groups_table(groups), "score_plans": scored_plans_table(plans)}
    _write(tables, out)
    _print(tables["score_groups"], score_told(groups, plans), as_json)


def _write(tables: Mapping[str, pa.Table], out: Path | None) -> None:
    """Write tables as files of a new folder, where one is asked for."""
    import pyarrow.csv as pa_csv

    from engine.atomic import written_aside
    from engine.spreadsheet_text import neutral_table

    if out is None:
        return
    options = pa_csv.WriteOptions(quoting_style="needed")
    with written_aside(out) as folder:
        for name, table in tables.items():
            pa_csv.write_csv(neutral_table(table), folder / f"{name}.csv", options)


def _print(table: pa.Table, told: Told, as_json: bool) -> None:
    """Print the data as JSON, or what is told of them to people."""
    from engine.console import out, titled_table
    from engine.words.wording import say

    if as_json:
        print(table.to_pandas().to_json(orient="records"))
        return
    for one in told.tables:
        shown = titled_table(one.title)
        for heading in one.headings:
            shown.add_column(say(heading.title), justify="right" if heading.number else "left")
        for row in one.rows:
            shown.add_row(*(say(cell) for cell in row))
        out().print(shown)
    out().print(*told.notes, sep="\n", markup=False, soft_wrap=True)
