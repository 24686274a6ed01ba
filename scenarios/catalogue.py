"""Presets and sources by name: found by reading the files, imported only when one is wanted, so that help is quick."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SCHEMES = HERE / "schemes"


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be imported as ``module``, and what it says of itself."""

    module: str
    summary: str


def presets() -> dict[str, Entry]:
    """Every module of `scenarios.presets`, by its NAME, and every scheme that has a season."""
    of_schemes = {
        name.replace("_", "-"): Entry("scenarios.presets.of_schemes", said) for name, said in seasons().items()
    }
    return dict(sorted((_entries(HERE.glob("presets/*.py"), "NAME") | of_schemes).items()))


def seasons() -> dict[str, str]:
    """The schemes that have a `[season]`, by the name of their file, each with its title."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SCHEMES.glob("*.toml"))}
    return {name: _title(text) for name, text in texts.items() if re.search(r"^\[season\]", text, re.MULTILINE)}


def _title(text: str) -> str:
    # By its line: reading the whole of every file would delay each command's help.
    found = re.search(r'^title = "(.*)"$', text, re.MULTILINE)
    return found[1] if found else ""


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
