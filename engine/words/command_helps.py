"""What commands say of themselves: the sentences of their help, found in the source as they are written there.

Nothing has to mark them: the docstring of a command, the ``help`` of its arguments and options and the ``SUMMARY`` of
what can be named are keys of the catalogue as they stand, a paragraph each.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

_SAYING = frozenset({"Argument", "Option", "Typer", "command"})


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text, each on one line."""
    return [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n") if part.strip()]


def helps_in(source: str) -> Iterator[str]:
    """Every paragraph of help in a file of source."""
    tree = ast.parse(source)
    commands = set(_commands(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in commands:
            yield from paragraphs(ast.get_docstring(node) or "")
        elif isinstance(node, ast.Call) and _called(node) in _SAYING:
            for text in (keyword.value for keyword in node.keywords if keyword.arg == "help"):
                yield from _constant(text)
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "SUMMARY" for t in node.targets):
            yield from _constant(node.value)


def _constant(node: ast.expr) -> list[str]:
    return paragraphs(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _commands(tree: ast.Module) -> Iterator[str]:
    """The functions that are commands: decorated as one, or handed to ``app.command(…)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(_is_command(one) for one in node.decorator_list):
            yield node.name
        elif isinstance(node, ast.Call) and _is_command(node.func):
            yield from (argument.id for argument in node.args if isinstance(argument, ast.Name))


def _is_command(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "command"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
