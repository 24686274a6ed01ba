"""The commands of `vaiven agreement`: lint, test, diff and harmonise."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.command_language import SpokenGroup

if TYPE_CHECKING:
    from engine.agreements.comparing import Difference
    from engine.agreements.lint import Lint
    from engine.agreements.trial import Trial
    from engine.planning.agreement_effects import Effects
    from engine.planning.harmonising import Harmonisation, Yield

agreement_commands = typer.Typer(
    cls=SpokenGroup, no_args_is_help=True, help="Agreements as tested law: what clashes, what holds, what differs."
)
Places = Annotated[
    list[Path],
    typer.Argument(
        metavar="PLACE...",
        help="Files of agreements, folders of such files, or programmes.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Gap = Annotated[float, typer.Option(min=0.0, max=1.0, help="The certified gap asked of every plan.")]
TimeLimit = Annotated[float, typer.Option(min=0.0, help="Seconds for the solve stage of each plan.")]
Seed = Annotated[int, typer.Option(min=0, help="Draws between equally good plans.")]


@agreement_commands.command("lint")
def lint(places: Places, as_json: AsJson = False) -> None:
    """Say which clauses clash, can't be met, never bind, or have no source.

    Exit status 1 where anything is an error; remarks alone leave it at 0.
    """
    from engine.agreements.agreement_text import read_texts
    from engine.agreements.lint import lint as look_through
    from engine.words.wording import spoken_language, worded_all

    texts = read_texts(places)
    found = look_through(texts)
    if as_json:
        print(json.dumps(worded_all(asdict(found), spoken_language())))
    else:
        _show_lint(found, len(texts))
    if found.errors:
        raise typer.Exit(1)


def _show_lint(found: Lint, files: int) -> None:
    from engine.console import out
    from engine.words import Message, message

    for finding in found.findings:
        out().print(finding.in_words, markup=False, soft_wrap=True)
    told = message(
        "Agreements: {files:,}; clauses: {clauses:,}; errors: {errors:,}; remarks: {remarks:,}.",
        files=files,
        clauses=sum(found.sources.values()),
        errors=found.errors,
        remarks=len(found.findings) - found.errors,
    )
    counted = tuple(
        message("{kind} {count:,}", kind=Message(kind, {}) if kind else message("not said"), count=count)
        for kind, count in found.sources.items()
    )
    out().print(told, markup=False)
    out().print(message("How sure the sources are: {counted:each}.", counted=counted), markup=False, soft_wrap=True)


@agreement_commands.command("test")
def try_out(places: Places, as_json: AsJson = False) -> None:
    """Try the examples that agreements carry.

    Says which go otherwise than they say and why, and which clauses have no example of somebody admitted or refused.
    Exit status 1 where an example fails.
    """
    from engine.agreements.agreement_text import read_texts
    from engine.agreements.trial import try_examples
    from engine.words.wording import spoken_language, worded_all

    found = try_examples(read_texts(places))
    if as_json:
        print(json.dumps(worded_all(asdict(found), spoken_language())))
    else:
        _show_trial(found)
    if found.failed:
        raise typer.Exit(1)


def _show_trial(found: Trial) -> None:
    from engine.console import out
    from engine.words import message

    for one in found.failed:
        out().print(message("✗ {example}", example=one.in_words), markup=False, soft_wrap=True)
    for missing in found.untried:
        out().print(missing.in_words, markup=False, soft_wrap=True)
    told = message(
        "Examples: {tried:,}; failed: {failed:,}; clauses without an example on either side: {untried:,}.",
        tried=len(found.tried),
        failed=len(found.failed),
        untried=sum(len(missing.clauses) for missing in found.untried),
    )
    out().print(told, markup=False)


@agreement_commands.command("diff")
def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="The file of an agreement.", show_default=False)],
    other: Annotated[
        Path, typer.Argument(metavar="B", help="Another, or a later version of the same.", show_default=False)
    ],
    programme: Annotated[
        Path | None, typer.Option(help="A programme with one of them: who gains and who loses in it.")
    ] = None,
    gap: Gap = 0.001,
    time_limit: TimeLimit = 600.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say clause by clause what differs between two agreements, and which of them protects workers more.

    With a programme it is matched under both, and each corridor shown with what it gains or loses.
    """
    from engine.agreements.agreement_text import read_texts, single
    from engine.agreements.comparing import compare
    from engine.planning.agreement_effects import effects
    from engine.programme import read_programme
    from engine.run import Options
    from engine.words.wording import spoken_language, worded_all

    before, after = (single(read_texts([place]), str(place)) for place in (one, other))
    found = compare(before, after)
    options = Options(gap=gap, time_limit=time_limit, seed=seed)
    effect = None if programme is None else effects(read_programme(programme), before, after, options)
    if as_json:
        told = worded_all(asdict(found), spoken_language())
        print(json.dumps({**told, "effects": effect and asdict(effect)}, default=_plain))
        return
    _show_difference(found)
    if effect is not None:
        _show_effects(effect)


def _show_difference(found: Difference) -> None:
    from engine.clauses.protection import Protection
    from engine.console import out
    from engine.words import message

    out().print(message("First: {before}. Second: {after}.", before=found.before, after=found.after), markup=False)
    changed = [clause.in_words for clause in found.clauses if not clause.same]
    for line in (*(term.in_words for term in found.terms), *changed):
        out().print(line, markup=False, soft_wrap=True)
    told = message(
        "Clauses that say the same: {same:,}. Protecting workers more: {less:,} in the first, {more:,} in the second; "
        "not to be said without knowing whom: {unclear:,}.",
        same=sum(one.same for one in found.clauses),
        less=found.count(Protection.LESS),
        more=found.count(Protection.MORE),
        unclear=found.count(Protection.UNCLEAR),
    )
    out().print(told, markup=False, soft_wrap=True)


def _show_effects(effect: Effects) -> None:
    from engine.console import out, titled_table
    from engine.words import message
    from engine.words.wording import say, shown

    table = titled_table(message("What the second brings instead of the first"))
    table.add_column(say(message("corridor")))
    for heading in (message("placements"), message("weeks"), message("income after costs")):
        table.add_column(say(heading), justify="right")
    for name, change in effect.difference.items():
        numbers = (change.placements, change.weeks, change.net_income)
        table.add_row(name, *(shown(number, "+,.0f") for number in numbers))
    out().print(table)
    note = message(
        "Gaps of the two plans: {one:.3%} and {other:.3%}; less than they allow proves nothing.",
        one=effect.gaps[0],
        other=effect.gaps[1],
    )
    out().print(note, markup=False)


@agreement_commands.command("changes")
def changes(places: Places, as_json: AsJson = False) -> None:
    """Say how the clauses of agreements changed and will change: from when on, by which text, for whom.

    Only clauses whose parameters keep their past (values by date) have any.
    """
    from engine.agreements.agreement_text import read_texts
    from engine.agreements.rule_changes import rule_changes
    from engine.console import out
    from engine.words.wording import spoken_language, worded_all

    found = rule_changes(read_texts(places))
    if as_json:
        print(json.dumps([worded_all(asdict(one), spoken_language()) for one in found], default=_plain))
        return
    for one in found:
        out().print(one.in_words, markup=False, soft_wrap=True)


@agreement_commands.command("harmonise")
def harmonise(
    programme: Annotated[Path, typer.Argument(help="The folder of the programme.", show_default=False)],
    agreements: Annotated[
        list[str],
        typer.Argument(metavar="AGREEMENT...", help="Two or more agreements of it, by their ids.", show_default=False),
    ],
    most: Annotated[int, typer.Option(min=1, help="How many relaxations to propose together.")] = 3,
    edits: Annotated[Path | None, typer.Option(help="Write the proposal as a what-if, EDITS.toml.")] = None,
    relaxed: Annotated[
        Path | None, typer.Option(help="Write the programme with the agreements as proposed to a new folder.")
    ] = None,
    smallest: Annotated[
        bool,
        typer.Option("--smallest/--whole", help="Propose the least relaxation that brings as much, or the whole one."),
    ] = True,
    gap: Gap = 0.001,
    time_limit: TimeLimit = 600.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Find which differences between agreements of several states keep most placements from being made.

    Each clause that asks more than the others' do is relaxed to what they ask, and the season matched again: alone, and
    the best together. What would protect workers less is shown apart and never proposed.
    """
    from engine.atomic import refuse_occupied
    from engine.planning.branches import make_base
    from engine.planning.harmonising import harmonise as search
    from engine.planning.harmonising import write_edits
    from engine.planning.harmonising_files import write_relaxed
    from engine.planning.pool import side_by_side
    from engine.programme import read_programme
    from engine.words.wording import spoken_language, worded_all

    if relaxed is not None:
        refuse_occupied(relaxed)
    base = make_base(read_programme(programme), gap, time_limit, seed)
    found = search(base, agreements, most, side_by_side, smallest)
    if edits is not None:
        write_edits(found, edits)
    if relaxed is not None:
        write_relaxed(found, base.programme, programme, relaxed)
    if as_json:
        print(json.dumps(worded_all(asdict(found), spoken_language()), default=_plain))
    else:
        _show_harmonisation(found)


def _show_harmonisation(found: Harmonisation) -> None:
    from engine.console import out
    from engine.words import message

    _show_yields(message("Clauses that ask more than the others' do, and what relaxing each brings:"), found.yields)
    if found.together is None:
        out().print(message("Nothing is proposed: no relaxation brings more than the gap proves."), markup=False)
    else:
        _show_yields(message("Proposed, each the least that brings as much:"), found.proposed)
        told = message(
            "Proposed together: {names}. They bring {placements:+,.0f} placements, {weeks:+,.0f} weeks and "
            "{income:+,.0f} of income after costs.",
            names=tuple(one.relaxation.name for one in found.proposed),
            placements=found.gains_together.get("placements", 0.0),
            weeks=found.gains_together.get("paid_weeks", 0.0),
            income=found.gains_together.get("net_income", 0.0),
        )
        out().print(told, markup=False, soft_wrap=True)
    if found.lowering:
        _show_yields(message("Not proposed, since these would protect workers less, or might:"), found.lowering)
    out().print(message("Differences smaller than the gap prove nothing."), markup=False)


def _show_yields(title: str, yields: tuple[Yield, ...]) -> None:
    """A line for each relaxation that brings anything, and how many bring nothing."""
    from engine.console import out
    from engine.words import message, plural

    out().print(title, markup=False, soft_wrap=True)
    idle = 0
    for one in yields:
        if one.outcome.failure:
            told = message("{clause} failed. {why}", clause=one.relaxation.name, why=one.outcome.failure)
        elif one.gains["objective"] <= 0:
            idle += 1
            continue
        else:
            told = message(
                "{clause}: {placements:+,.0f} placements, {weeks:+,.0f} weeks, {income:+,.0f} of income after costs; "
                "gap {gap:.2%}. {change}",
                clause=one.relaxation.name,
                placements=one.gains["placements"],
                weeks=one.gains["paid_weeks"],
                income=one.gains["net_income"],
                gap=one.outcome.gap,
                change=one.relaxation.in_words,
            )
        out().print(message("  {line}", line=told), markup=False, soft_wrap=True)
    if idle:
        out().print(plural("  {n} brings nothing.", "  {n} bring nothing.", n=idle), markup=False)


def _plain(value: object) -> object:
    """What JSON has no form for: kinds of protection by their values, the rest as text."""
    return getattr(value, "value", None) or str(value)
