"""The option ``--lang`` of every command: in which language the command speaks, its errors included."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from engine.words.catalogue import ENGLISH
from engine.words.wording import speak

OPTION = "--lang"
VARIABLE = "VAIVEN_LANG"


class SpokenGroup(TyperGroup):
    """A group of commands that all take ``--lang``, those of groups within it too."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, with the option."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            add_language_option(command)
        return command


def add_language_option(command: Any) -> None:
    """Let a command, or each command of a group, take ``--lang``."""
    for inner in getattr(command, "commands", {}).values():
        add_language_option(inner)
    if not hasattr(command, "commands") and not any(OPTION in param.opts for param in command.params):
        command.params.append(_option())


@cache
def _option() -> Any:
    """The option as typer makes it for a command that declares it."""
    declaring = typer.Typer(add_completion=False)
    declaring.command()(_declaring)
    return next(param for param in get_command(declaring).params if OPTION in param.opts)


def _speak(value: str) -> str:
    speak(value)
    return value


Language = Annotated[
    str,
    typer.Option(
        OPTION,
        envvar=VARIABLE,
        help="Language of what is said, such as en, es or fr.",
        callback=_speak,
        expose_value=False,
        is_eager=True,
    ),
]


def _declaring(lang: Language = ENGLISH) -> None:
    """Declares the option."""
