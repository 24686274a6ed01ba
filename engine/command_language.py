"""The option ``--lang`` of every command: in which language the command speaks, its help and its errors included."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from engine.command_help import SpokenContext, UsageError, WrongCall, with_near, word_help
from engine.errors import CallError
from engine.words import message
from engine.words.catalogue import ENGLISH
from engine.words.wording import speak, spoken_language

OPTION = "--lang"
VARIABLE = "VAIVEN_LANG"


class SpokenGroup(TyperGroup):
    """A group of commands that all take ``--lang``, those of groups within it too."""

    context_class = SpokenContext

    def make_context(self, info_name: str | None, args: list[str], *others: Any, **options: Any) -> Any:
        """The context of the whole command line, in the language that is asked for wherever ``--lang`` stands."""
        if options.get("parent") is None:
            _speak_as_asked(args)
            add_language_option(self)
            _speak_helps(self)
        return self._understood(super().make_context, info_name, args, *others, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is named."""
        return self._understood(super().invoke, ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is named; names like it where there is none."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], self.commands)
            ctx.fail(with_near(message("There is no command {name}.", name=repr(args[0])), near))
        return super().resolve_command(ctx, args)

    def _understood(self, does: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What a function returns; that a call can't be understood is said in the language that is spoken."""
        try:
            return does(*arguments, **options)
        except UsageError as error:
            if isinstance(error, WrongCall) or type(error).__name__ == "NoArgsIsHelpError":
                raise
            raise WrongCall(error) from error


def add_language_option(command: Any) -> None:
    """Let a command, or a group and each command of it, take ``--lang``."""
    if not any(OPTION in param.opts for param in command.params):
        command.params.append(_option())
    for inner in getattr(command, "commands", {}).values():
        add_language_option(inner)


def _speak_as_asked(arguments: Sequence[str]) -> None:
    """Speak what ``--lang`` asks for; that it can't be spoken is said where the option is read."""
    asked = [argument.partition("=")[2] for argument in arguments if argument.startswith(f"{OPTION}=")]
    asked += [following for argument, following in pairwise(arguments) if argument == OPTION]
    try:
        speak(asked[0] if asked else os.environ.get(VARIABLE) or ENGLISH)
    except CallError:
        speak(ENGLISH)


def _speak_helps(command: Any) -> None:
    """Let the pages of a command, and of those within it, be in the language that is spoken."""
    command.context_class = SpokenContext
    if spoken_language() != ENGLISH:
        word_help(command)
    for inner in getattr(command, "commands", {}).values():
        _speak_helps(inner)


def _option() -> Any:
    """The option as typer makes it for a command that declares it."""
    declaring = typer.Typer(add_completion=False)
    declaring.command()(_declaring)
    return next(param for param in get_command(declaring).params if OPTION in param.opts)


def _speak(value: str | None) -> str | None:
    if value:
        speak(value)
    return value


Language = Annotated[
    str | None,
    typer.Option(
        OPTION,
        envvar=VARIABLE,
        help="Language of what is said, such as en, es or fr.",
        callback=_speak,
        expose_value=False,
        is_eager=True,
    ),
]


def _declaring(lang: Language = None) -> None: ...
