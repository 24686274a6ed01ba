"""The commands of `vaiven agreement`: lint and test."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.command_language import SpokenGroup

if TYPE_CHECKING:
    from engine.agreements.lint import Lint
    from engine.agreements.trial import Trial

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
