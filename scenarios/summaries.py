"""What presets and sources say of themselves, read from their text, so that help costs no import of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent


def preset_summaries() -> dict[str, str]:
    """SUMMARY by NAME of every preset."""
    return _summaries(HERE.glob("presets/*.py"), "NAME")


def source_summaries() -> dict[str, str]:
    """SUMMARY by SOURCE of every source of published data."""
    return _summaries(HERE.glob("*/__init__.py"), "SOURCE")


def _summaries(paths: Iterable[Path], key: str) -> dict[str, str]:
    texts = [_constants(path) for path in paths]
    return dict(sorted((text[key], text["SUMMARY"]) for text in texts if key in text))


def _constants(path: Path) -> dict[str, str]:
    """The text constants of a module."""
    found: dict[str, str] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found
