"""Finds sentences in the source that are said to people without the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from engine.audit.lasting_rules import LASTING_RULES
from engine.words.command_helps import helps_in, paragraphs
from engine.words.extraction import KEYWORDS

# Whose words are shown: in them two words that aren't a code are too many. Elsewhere a sentence has three, or an end.
SPEAKING = frozenset(
    (
        "print",
        "echo",
        "rule",
        "Fault",
        "refuse",
        "report",
        "fail",
        "write_comment",
        "Outcome",
        "empty_chart",
        "finished",
    )
)
# Whose words are for developers, or are data: examples of clauses in the documentation, the description of the API.
SILENT = frozenset(
    {
        *(
            "Example",
            "example",
            "Field",
            "Query",
            "Form",
            "Header",
            "HTTPBearer",
            "APIKeyHeader",
            "APIRouter",
            "Counter",
        ),
        *("Gauge", "Histogram", "compile", "TypeVar", "_setting", "info", "warning", "error", "exec_driver_sql"),
        *("execute", "Series", "AssertionError", "TypeError", "TimeoutError", "get", "post", "hash_key", "listen"),
        *("require_shown_columns", "PyJWKClientConnectionError", "LookupError"),
    }
)
ERRORS = re.compile(r"[A-Z]\w*(Error|Exception)$|^refused$|^not_found$|^content_fault$|^_full$|^_unusable$")
_WORD = re.compile(r"[A-Za-zÀ-ÿ']+")
_SENTENCE = re.compile(r"(?:[A-Za-z'-]{2,}[,;:]? ){2,}[A-Za-z'-]{2,}|[a-z]{2,} [A-Za-z'-]{2,}[.?!]$")
# What no language translates, however many words it has.
_CODE = re.compile(
    r"[<{\[]|=|\bSELECT\b|\bCREATE\b|\bSET\b|\bPRAGMA\b|charset|^-|^#|/|;\s*\w+=|^clause\b|^edit\b|\w\.\w|^[A-Z ]+$"
    r"|-src '|^left out by "  # names of counts, from which noise is drawn
)


class Unmarked(NamedTuple):
    """A sentence that stands in the source as it is, with its line."""

    line: int
    text: str


def unmarked_sentences(source: str) -> list[Unmarked]:
    """Every sentence of a file that isn't handed to the catalogue; docstrings and comments are for developers."""
    tree = ast.parse(source)
    silent = {id(node) for node in _docstrings(tree)}
    known = set(helps_in(source))
    return [found for found in _unmarked(tree, silent, False) if not set(paragraphs(found.text)) <= known]


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _unmarked(node: ast.AST, silent: set[int], speaking: bool) -> Iterator[Unmarked]:
    """``speaking``: within a call whose words are shown."""
    if id(node) in silent:
        return
    text = _text(node)
    if text is not None:
        if _is_said(text, speaking):
            yield Unmarked(node.lineno, text)  # type: ignore[attr-defined]  # a text has a line
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _unmarked(part.value, silent, speaking)
        return
    if isinstance(node, ast.Call):
        name = _called(node)
        if name in KEYWORDS:
            parts: list[ast.AST] = [keyword.value for keyword in node.keywords]
        elif name in SILENT:
            return
        else:
            parts = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
            speaking = name in SPEAKING or ERRORS.search(name) is not None
    else:
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _unmarked(part, silent, speaking)


def _text(node: ast.AST) -> str | None:
    """A text as it stands, its values as ``…``; None for what is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None


def _is_said(text: str, speaking: bool) -> bool:
    if _CODE.search(text) or text in LASTING_RULES:
        return False
    return len(_WORD.findall(text)) > 1 if speaking and " " in text.strip() else _SENTENCE.search(text) is not None


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
