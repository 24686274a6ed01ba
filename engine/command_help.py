"""Help pages and wrong calls of the command line in the language that is spoken: what typer alone says in English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import Any

import typer
from typer.core import TyperGroup

from engine.words import joined, message
from engine.words.catalogue import tongue
from engine.words.command_helps import paragraphs
from engine.words.wording import say, spoken_language

# What typer writes around our own texts, and how we say it.
HEADINGS = {"Arguments": message("Arguments"), "Options": message("Options"), "Commands": message("Commands")}
FACTS = {
    "default": message("default"),
    "required": message("required"),
    "env var": message("environment variable"),
}
_FACTS = re.compile(r"\[(?=default|required|env var|[^\[\]]*<=)(?P<facts>[^\[\]]*)\]$")
_NAMED = re.compile(r"(?P<name>[\w-]+): (?P<said>.*)", re.DOTALL)
# Typer's own classes, whose module has no public name.
_Context: type[Any] = TyperGroup.context_class
_Formatter: type[Any] = _Context.formatter_class
UsageError: type[Any] = typer.BadParameter.__mro__[1]


class SpokenFormatter(_Formatter):  # type: ignore[misc]  # typer's class has no public name
    """Help pages in the language that is spoken."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage."""
        super().write_usage(prog, args, prefix or f"{say(message('Usage:'))} ")

    def write_heading(self, heading: str) -> None:
        """A heading of the page."""
        super().write_heading(say(HEADINGS.get(heading, heading)))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options with their help; what typer adds in brackets stands at the end."""
        super().write_dl([(name, _FACTS.sub(_facts_in_words, told)) for name, told in rows], col_max, col_spacing)


class SpokenContext(_Context):  # type: ignore[misc]  # typer's class has no public name
    """The context of a command whose help is spoken."""

    formatter_class = SpokenFormatter


def word_help(command: Any) -> None:
    """Word the help of a command and of all that it takes."""
    command.get_help_option(command.context_class(command)).help = say(message("Show this message and exit."))
    command.help = _help_in_words(command.help)
    for param in command.params:
        param.help = _help_in_words(getattr(param, "help", None))


def _help_in_words(text: str | None) -> str | None:
    return None if text is None else "\n\n".join(map(_paragraph_in_words, paragraphs(text)))


def _paragraph_in_words(text: str) -> str:
    """A paragraph from the catalogue; it may begin with the name of what it is about."""
    said, named = tongue(spoken_language()).text(text, "", 1), _NAMED.fullmatch(text)
    return f"{named['name']}: {_paragraph_in_words(named['said'])}" if said == text and named else said


def _facts_in_words(found: re.Match[str]) -> str:
    """What typer adds to the help of an option: its default, whether it is required."""
    facts = [fact.partition(": ") for fact in found["facts"].split("; ")]
    return "[" + "; ".join(say(FACTS.get(name, name)) + colon + value for name, colon, value in facts) + "]"


class WrongCall(UsageError):  # type: ignore[misc]  # typer's class has no public name
    """A call that can't be understood, said in the language that is spoken."""

    def __init__(self, error: Any) -> None:
        super().__init__(_wrong_in_words(error), error.ctx)

    def show(self, file: Any = None) -> None:
        """Print how the command is used, where to read more, and what is wrong."""
        if self.ctx is not None:
            help_command = f"{self.ctx.command_path} {self.ctx.help_option_names[0]}"
            typer.echo(self.ctx.get_usage(), file, err=True)
            typer.echo(say(message("Try '{command}' for help.", command=help_command)) + "\n", file, err=True)
        typer.echo(say(message("Error: {error}", error=self.message)), file, err=True)


def _wrong_in_words(error: Any) -> str:
    """What is wrong with a call; what has no name among typer's errors stays in typer's own words."""
    kind = type(error).__name__
    if kind == "MissingParameter" and error.param is not None:
        return message("{name} is missing.", name=_name(error.param))
    if kind == "BadParameter" and error.param is not None:
        return _wrong_value(error)
    if kind == "NoSuchOption":
        unknown = message("There is no option {option}.", option=error.option_name)
        return with_near(unknown, sorted(error.possibilities or ()))
    if kind == "BadOptionUsage":
        if "not take" in error.message:
            return message("{option} takes no value.", option=error.option_name)
        return message("{option} needs a value.", option=error.option_name)
    if str(error.message).startswith("Missing"):
        return message("A command is missing.")
    more = re.fullmatch(r"Got unexpected extra arguments? ?(?:\(s\))? ?\((?P<them>.*)\)", str(error.message))
    return message("This is more than the command takes: {them}.", them=more["them"]) if more else str(error.message)


def _name(param: Any) -> str:
    """What an option or an argument is called where it is given."""
    return max(param.opts, key=len) if param.param_type_name == "option" else str(param.name)


def with_near(said: str, near: Sequence[str]) -> str:
    """A sentence and, where there are names like what was meant, these."""
    return joined(said, message("Did you mean {names:or}?", names=tuple(near))) if near else said


def _wrong_value(error: Any) -> str:
    """What a value should have been, where the check that refused it says so."""
    faults: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    expected = _expected(faults[0]["type"], faults[0].get("ctx", {}), error.param) if faults else None
    name = _name(error.param)
    if expected is None:
        return message("{name}: {why}", name=name, why=str(error.message))
    return message(
        "{name}: {value} given; expected {expected}.", name=name, value=faults[0]["input"], expected=expected
    )


def _expected(kind: str, limits: dict[str, Any], param: Any) -> str | None:
    if kind == "int_parsing":
        return message("a whole number")
    if kind == "float_parsing":
        return message("a number")
    if kind == "greater_than_equal":
        return message("{least} or more", least=limits["ge"])
    if kind == "less_than_equal":
        return message("{most} or less", most=limits["le"])
    if isinstance(param.default, Enum):
        return message("{names:or}", names=tuple(str(choice.value) for choice in type(param.default)))
    return None
