"""Commands of planners and officers: `whatif`, `sweep`, `explain`, `rematch`, `compare`; others are registered here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import CallError
from engine.planning import CHARGE
from engine.planning.accounts_command import register as register_accounts
from engine.planning.agreement_commands import agreement_commands
from engine.planning.development_command import register as register_development
from engine.planning.fairness.commands import fairness_commands
from engine.planning.outlook_command import register as register_outlook
from engine.planning.rights_command import register as register_rights
from engine.planning.season_command import register as register_season
from engine.planning.work_list_command import register as register_work_list
from engine.words import message

if TYPE_CHECKING:
    from engine.planning.branches import Base, Outcome

ProgrammeFolder = Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)]
Gap = Annotated[float, typer.Option(min=0.0, max=1.0, help="The certified gap asked of every branch.")]
TimeLimit = Annotated[float, typer.Option(min=0.0, help="Seconds for the solve stage of each branch.")]
Seed = Annotated[int, typer.Option(min=0, help="Draws between equally good plans.")]
OnCluster = Annotated[str | None, typer.Option("--cluster", help="Address of a Dask scheduler that runs branches.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def register(app: typer.Typer) -> None:
    """Add the planner's commands to the command line."""
    app.command("whatif")(whatif)
    app.command("sweep")(sweep)
    app.command("explain")(explain)
    app.command("rematch")(rematch)
    app.command("compare")(compare)
    register_rights(app)
    register_season(app)
    register_work_list(app)
    register_accounts(app)
    register_development(app)
    register_outlook(app)
    app.add_typer(agreement_commands, name="agreement")
    app.add_typer(fairness_commands, name="fairness")


def whatif(
    programme: ProgrammeFolder,
    edits_and_out: Annotated[
        list[Path],
        typer.Argument(
            metavar="EDITS... OUT",
            help="Files of edits, or names of the library's, then a new folder.",
            show_default=False,
        ),
    ],
    gap: Gap = 0.001,
    time_limit: TimeLimit = 600.0,
    seed: Seed = 0,
    cluster: OnCluster = None,
    as_json: AsJson = False,
) -> None:
    """Match what-ifs side by side and compare them with the programme as it is.

    Each file of edits is one branch. A branch that fails is reported and doesn't take the others down.
    """
    from engine.atomic import refuse_occupied, written_aside
    from engine.planning.comparison import as_json as json_of
    from engine.planning.comparison import write_comparison
    from engine.planning.library import from_library
    from engine.planning.pool import executor_of, run_branches
    from engine.planning.talk import show_comparison
    from engine.programme.edits import read_edits
    from engine.words.wording import spoken_language

    *files, out = edits_and_out
    if not files:
        raise CallError(message("There are no edits."), message("Name one or more files of edits, then a new folder."))
    refuse_occupied(out)
    branches = [read_edits(from_library(file)) for file in files]
    twice = sorted({edits.id for edits in branches if [e.id for e in branches].count(edits.id) > 1})
    if twice:
        raise CallError(
            message("{names}: two what-ifs of one name.", names=", ".join(twice)),
            message("Give each an id of its own."),
        )
    base = _base(programme, gap, time_limit, seed)
    with executor_of(cluster) as make:
        outcomes = run_branches(base, branches, make, None, _tell)
    with written_aside(out) as folder:
        write_comparison(folder, base.programme, base.outcome, outcomes, spoken_language())
    if as_json:
        print(json.dumps(json_of(base.outcome, outcomes)))
    else:
        show_comparison(base.outcome, outcomes)
    _end(outcomes)


def sweep(
    programme: ProgrammeFolder,
    file: Annotated[Path, typer.Argument(help="A TOML file with one or two [[vary]] tables.", show_default=False)],
    out: Annotated[Path, typer.Argument(help="The folder for the points; an interrupted sweep goes on in it.")],
    measure: Annotated[
        str | None, typer.Option(help="The one measure that the chart shows; without it, all that the sweep changes.")
    ] = None,
    gap: Gap = 0.001,
    time_limit: TimeLimit = 600.0,
    seed: Seed = 0,
    cluster: OnCluster = None,
) -> None:
    """Match a grid of what-ifs over one or two parameters, and draw a curve or a heat map.

    A sweep that was interrupted goes on when it is called again with the same folder.
    """
    from engine.planning.library import from_library
    from engine.planning.measures import MEASURES
    from engine.planning.pool import executor_of, run_branches
    from engine.planning.sweep import read_sweep
    from engine.planning.sweep_files import folder_of_points, write_sweep
    from engine.planning.talk import show_sweep
    from engine.words.wording import spoken_language

    if measure is not None and measure not in MEASURES:
        raise CallError(
            message("There is no measure {measure}.", measure=repr(measure)),
            message("Use one of {names}.", names=tuple(MEASURES)),
        )
    asked = read_sweep(from_library(file))
    points = asked.points()
    done = folder_of_points(out)
    base = _base(programme, gap, time_limit, seed)
    with executor_of(cluster) as make:
        outcomes = run_branches(base, [edits for _, edits in points], make, done, _tell)
    write_sweep(out, base.programme, asked, base.outcome, outcomes, spoken_language(), measure)
    show_sweep(asked, base.outcome, outcomes, measure)
    _end(outcomes)


def explain(
    programme: ProgrammeFolder,
    plan: Annotated[Path | None, typer.Argument(help="The folder of the plan.", show_default=False)] = None,
    worker: Annotated[str | None, typer.Option(help="A worker's id; with --order, that placement.")] = None,
    order: Annotated[str | None, typer.Option(help="An order's id; without a plan, whether any could fill it.")] = None,
    clause: Annotated[str | None, typer.Option(help="A clause, as AGREEMENT|CLAUSE or its id alone.")] = None,
    commitments: Annotated[bool, typer.Option("--commitments", help="Which clauses clash with them.")] = False,
    ranked: Annotated[
        bool, typer.Option("--ranked", help="Who else fits the order, or what else the worker could do.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say why: for a worker, an order, a placement, a clause, a demand or commitments that can't be met.

    But for --ranked nothing that is said names a person who wasn't asked about. Exit status 1 where no plan fills a
    place of the order.
    """
    from engine.console import out
    from engine.planning.explain import explanation
    from engine.planning.explain.demand import DemandExplanation
    from engine.words.wording import spoken_language, worded_all

    found = explanation(programme, plan, worker, order, clause, commitments, ranked)
    if as_json:
        told = worded_all(found, spoken_language())
        shown = {name: value for name, value in vars(told).items() if name != "lines"}
        print(json.dumps(shown, default=_plain))
    else:
        for line in found.lines:
            out().print(line, markup=False)
    if isinstance(found, DemandExplanation) and not found.most:
        raise typer.Exit(1)


def rematch(
    programme: ProgrammeFolder,
    plan: Annotated[
        Path, typer.Argument(help="The plan to repair: its folder, or a file of its placements.", show_default=False)
    ],
    events: Annotated[Path, typer.Argument(help="events.csv: what has happened.", show_default=False)],
    out: Annotated[Path, typer.Argument(help="A new folder for the repaired plan.", show_default=False)],
    charge: Annotated[float, typer.Option(min=0.0, help="What a kept placement counts more, in value.")] = CHARGE,
    gap: Gap = 0.003,
    time_limit: TimeLimit = 600.0,
    seed: Seed = 0,
) -> None:
    """Repair a plan after drop-outs, no-shows, cancelled or late orders, holds and exclusions.

    As little as possible moves: each kept placement counts a stated price more. Writes the plan, changes.csv and, for
    every order, reserves.csv.
    """
    from engine.atomic import refuse_occupied
    from engine.console import out as console
    from engine.console import show_if_no_workbook
    from engine.planning.rematch import rematch as repair
    from engine.programme import read_programme
    from engine.run import Options

    refuse_occupied(out)
    options = Options(gap=gap, time_limit=time_limit, seed=seed)
    found = repair(read_programme(programme), plan, events, out, charge, options)
    certificate = found.matched.files.certificate
    console().print(
        message(
            "Events: {events:,}; placements ended by them: {lost:,}, others altered: {altered:,}, added: {added:,}. "
            "{placements:,} placements, objective {objective:,.6f}, gap {gap:.4%} (audited). The plan is in {folder}.",
            events=found.events,
            lost=found.lost,
            altered=found.altered,
            added=found.added,
            placements=certificate["placements"],
            objective=certificate["objective"],
            gap=certificate["gap"],
            folder=str(out),
        ),
        markup=False,
    )
    show_if_no_workbook(out)


def _plain(value: object) -> object:
    """Days and exact numbers as text, parts of an explanation as tables."""
    return vars(value) if hasattr(value, "__dict__") else str(value)


def _base(folder: Path, gap: float, time_limit: float, seed: int) -> Base:
    from engine.console import talk
    from engine.planning.branches import make_base
    from engine.programme import read_programme

    talk().print(message("matching the base …"), markup=False)
    return make_base(read_programme(folder), gap, time_limit, seed)


def _tell(outcome: Outcome) -> None:
    from engine.console import talk

    word = message("failed") if outcome.failure else message("gap {gap:.4%}", gap=outcome.gap)
    told = message("{branch}: {word} ({seconds:.1f} s)", branch=outcome.id, word=word, seconds=outcome.seconds)
    talk().print(told, markup=False)


def _end(outcomes: list[Outcome]) -> None:
    """End with status 1 where a branch has no plan."""
    if any(outcome.failure for outcome in outcomes):
        raise typer.Exit(1)


def compare(
    programme: ProgrammeFolder,
    out: Annotated[Path, typer.Argument(help="A new folder for the tables.", show_default=False)],
    mechanism: Annotated[
        list[str] | None, typer.Option(help="A mechanism to compare; all of them without it.", show_default=False)
    ] = None,
    against: Annotated[str, typer.Option(help="Last year's rule, against which harm is counted.")] = "first-come",
    gap: Gap = 0.001,
    time_limit: TimeLimit = 600.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Match the same season by every mechanism, and say whom each leaves worse off than last year's rule would.

    Writes mechanisms.csv, worse_off.csv and a picture.
    """
    from engine.atomic import refuse_occupied, written_aside
    from engine.planning.principle_files import write_principles
    from engine.planning.principles import compare_principles
    from engine.planning.talk import show_principles
    from engine.programme import read_programme
    from engine.run import Options
    from engine.words.wording import spoken_language

    refuse_occupied(out)
    read = read_programme(programme)
    options = Options(gap=gap, time_limit=time_limit, seed=seed)
    compared = compare_principles(read, options, mechanism or (), against)
    with written_aside(out) as folder:
        write_principles(folder, compared, spoken_language())
    if as_json:
        print(json.dumps({one.mechanism: dict(one.totals) for one in compared.found}))
    else:
        show_principles(compared)
