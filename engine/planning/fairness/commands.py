"""The commands of `vaiven fairness`: what equity costs, who is selected, who is asked back, what a score does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.command_language import SpokenGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from engine.planning.fairness.frontier import Frontier
    from engine.planning.fairness.impact import Impact
    from engine.planning.fairness.recalls import Recalls
    from engine.planning.fairness.score import ScoredGroup, ScoredPlan

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
    from engine.planning.fairness.frontier_files import frontier_table, write_frontier
    from engine.programme import read_programme
    from engine.run import Options
    from engine.words.wording import spoken_language

    refuse_occupied(out)
    options = Options(gap=gap, time_limit=time_limit, seed=seed)
    found = equity_frontier(read_programme(programme), options, equity or (), steps, smallest)
    with written_aside(out) as folder:
        write_frontier(folder, found, spoken_language())
    if as_json:
        print(frontier_table(found).to_pandas().to_json(orient="records"))
    else:
        _show_frontier(found)


def _show_frontier(found: Frontier) -> None:
    from engine.console import out, titled_table
    from engine.words import message
    from engine.words.wording import say, shown

    for name, points in found.points.items():
        table = titled_table(found.titles[name])
        for heading in (
            *(message("Asked"), message("Reached"), message("Placements"), message("Paid weeks")),
            *(message("Net income"), message("Value"), message("Certified gap")),
        ):
            table.add_column(say(heading), justify="right")
        for point in points:
            totals = point.totals
            asked = shown(point.asked, ".1%") if point.number else ""
            counts = [shown(totals[one], ",.0f") for one in ("placements", "paid_weeks", "net_income")]
            table.add_row(
                asked, shown(totals[name], ".1%"), *counts, shown(totals["objective"], ",.1f"), shown(point.gap, ".3%")
            )
        out().print(table)


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
    from engine.planning.fairness.impact_files import impact_table
    from engine.programme import read_programme

    if out is not None:
        refuse_occupied(out)
    read = read_plan(read_programme(programme), plan)
    found = adverse_impact(read.programme, read.worker)
    _write_or_print({"impact": impact_table(found)}, out, as_json)
    if not as_json:
        _show_impact(found)


def _write_or_print(tables: Mapping[str, pa.Table], out: Path | None, as_json: bool) -> None:
    """Write tables as files of a new folder, where one is asked for, and print the first as JSON where that is."""
    import pyarrow.csv as pa_csv

    from engine.atomic import written_aside
    from engine.spreadsheet_text import neutral_table

    if out is not None:
        options = pa_csv.WriteOptions(quoting_style="needed")
        with written_aside(out) as folder:
            for name, table in tables.items():
                pa_csv.write_csv(neutral_table(table), folder / f"{name}.csv", options)
    if as_json:
        print(next(iter(tables.values())).to_pandas().to_json(orient="records"))


def _show_impact(found: list[Impact]) -> None:
    from engine.console import out, titled_table
    from engine.planning.fairness.impact_files import IN_WORDS, STAGES
    from engine.planning.fairness.selection import KEYS
    from engine.words import message
    from engine.words.wording import say, shown

    for stage, title in STAGES.items():
        table = titled_table(title)
        for heading in (message("Group"), message("People"), message("Rate"), message("95 % interval")):
            table.add_column(say(heading), justify="left" if heading == "Group" else "right")
        for heading in (message("Of the highest"), message("p-value"), message("Verdict")):
            table.add_column(say(heading))
        for one in (each for each in found if each.stage == stage):
            group = f"{say(KEYS[one.key])} {one.group}"
            between = f"{shown(one.low, '.0%')} - {shown(one.high, '.0%')}"
            p_value = "" if one.p_value != one.p_value else shown(one.p_value, ".3f")
            ratio = "" if one.ratio != one.ratio else shown(one.ratio, ".2f")
            rate = "" if one.rate != one.rate else shown(one.rate, ".1%")
            table.add_row(group, shown(one.looked_at, ","), rate, between, ratio, p_value, say(IN_WORDS[one.verdict]))
        out().print(table)


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
    from engine.planning.fairness.recall_files import recalls_table
    from engine.planning.fairness.recalls import recalls_after_speaking
    from engine.programme import read_programme

    if out is not None:
        refuse_occupied(out)
    read = read_programme(programme)
    known = NONE if grievances is None else read_grievances(read, grievances)
    found = recalls_after_speaking(read, known)
    _write_or_print({"recalls": recalls_table(found)}, out, as_json)
    if not as_json:
        _show_recalls(found)


def _show_recalls(found: Recalls) -> None:
    from engine.console import out, titled_table
    from engine.planning.fairness.recall_files import IN_WORDS
    from engine.planning.fairness.recalls import UNKNOWN
    from engine.words import message
    from engine.words.wording import say, shown

    table = titled_table(message("Asked back of last year's crew"))
    for heading in (message("Employer"), message("Of those who spoke"), message("Of the others"), message("Verdict")):
        table.add_column(say(heading))
    for one in found.employers:
        rates = one.rates
        counts = (
            f"{shown(chosen, ',')} / {shown(size, ',')}"
            for chosen, size in ((rates.chosen, rates.size), (rates.others_chosen, rates.others))
        )
        table.add_row(one.employer, *counts, say(IN_WORDS[one.verdict]))
    out().print(table)
    told = message(
        "All employers together: p-value {p_value:.3f}. Left aside, who left early without having spoken: {aside:,}. "
        "Employers without an order this season: {without:,}.",
        p_value=found.p_value,
        aside=found.aside,
        without=found.without_order,
    )
    out().print(told, *UNKNOWN, sep="\n", markup=False, soft_wrap=True)


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
    from engine.planning.fairness.score_files import scored_groups_table, scored_plans_table
    from engine.programme import read_programme
    from engine.run import Options

    if out is not None:
        refuse_occupied(out)
    read = read_programme(programme)
    groups = scored_groups(read)
    plans = scored_plans(read, weight, Options(gap=gap, time_limit=time_limit, seed=seed))
    tables = {"score_groups": scored_groups_table(groups), "score_plans": scored_plans_table(plans)}
    _write_or_print(tables, out, as_json)
    if not as_json:
        _show_score(groups, plans)


def _show_score(groups: list[ScoredGroup], plans: list[ScoredPlan]) -> None:
    from engine.console import out, titled_table
    from engine.planning.fairness.score_files import IN_WORDS
    from engine.planning.fairness.selection import KEYS
    from engine.words import message
    from engine.words.wording import say, shown

    table = titled_table(message("The score by group"))
    for heading in (message("Group"), message("People"), message("Mean score"), message("Of the others")):
        table.add_column(say(heading))
    for heading in (message("Favours"), message("Completed"), message("Foretold"), message("Keeps its word")):
        table.add_column(say(heading))
    for one in groups:
        means = ("" if mean != mean else shown(mean, ".2f") for mean in (one.score, one.others))
        foretold = (shown(one.completed, ","), shown(one.expected, ",.1f"), say(IN_WORDS[one.calibration]))
        group = f"{say(KEYS[one.key])} {one.group}"
        table.add_row(group, shown(one.people, ","), *means, say(IN_WORDS[one.favour]), *foretold)
    out().print(table)
    without, weighed = plans
    told = message(
        "With a weight of {weight} the plan is worth {given_up:,.1f} less without the score; the mean score goes from "
        "{before:.3f} to {after:.3f}, and {moved:,} people have other placements.",
        weight=weighed.weight,
        given_up=without.value - weighed.value,
        before=without.mean_score,
        after=weighed.mean_score,
        moved=weighed.moved,
    )
    out().print(told, markup=False, soft_wrap=True)
