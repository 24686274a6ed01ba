"""Presets and sources by name: found by reading the files, imported only when one is wanted, so that help is quick."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be imported as ``module``, and what it says of itself."""

    module: str
    summary: str


def presets() -> dict[str, Entry]:
    """Every module of `scenarios.presets`, by its NAME."""
    return _entries(HERE.glob("presets/*.py"), "NAME")


def sources() -> dict[str, Entry]:
    """Every package inside `scenarios` that names itself in SOURCE as published data, by that name."""
    return _entries(HERE.glob("*/__init__.py"), "SOURCE")


def _entries(paths: Iterable[Path], key: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for path in paths:
        text = _text_constants(path)
        if key in text:
            parts = path.relative_to(HERE.parent).with_suffix("").parts
            found[text[key]] = Entry(".".join(parts).removesuffix(".__init__"), text["SUMMARY"])
    return dict(sorted(found.items()))


def _text_constants(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found
