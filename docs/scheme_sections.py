"""The generated part of the page of schemes: what of each is covered, how sure its sources are, and what is lacking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from page_text import markdown_table

from engine.clauses.base import SOURCE_KINDS
from engine.programme.clauses import read_clauses
from scenarios import catalogue
from scenarios.scheme_preset import preset_name
from scenarios.schemes import scheme_text

FOR_WHICH = {"origins": "from", "except_origins": "not from", "destinations": "to"}


def schemes_part() -> str:
    """All schemes in one table, then each by itself."""
    names = sorted(path.stem for path in catalogue.SCHEMES.glob("*.toml"))
    texts = {name: scheme_text(name) for name in names}
    headings = ("scheme", "preset", "clauses", *SOURCE_KINDS, "lacking")
    table = markdown_table(headings, [_line(name, text) for name, text in texts.items()])
    return "\n\n".join([table, *(_section(name, text) for name, text in texts.items())])


def _line(name: str, text: Mapping[str, Any]) -> tuple[str, ...]:
    sure = Counter(clause["source_kind"] for clause in text["clause"])
    counts = (str(sure[kind]) for kind in SOURCE_KINDS)
    preset = f"`{preset_name(name)}`" if "season" in text else ""
    return (text["title"], preset, str(len(text["clause"])), *counts, str(len(text.get("lacking", ()))))


def _section(name: str, text: Mapping[str, Any]) -> str:
    clauses = markdown_table(
        ("clause", "says", "source", "how sure"),
        [
            (f"`{entry['id']}`{_whose(entry)}", _sentence(entry), entry["source"], entry["source_kind"])
            for entry in text["clause"]
        ],
    )
    parts = [f"## {text['title']}", f"`scenarios/schemes/{name}.toml`; {text['source']}.", _season(name, text), clauses]
    if text.get("lacking"):
        lines = [(one["says"], one["needs"]) for one in text["lacking"]]
        parts.append(markdown_table(("not said yet", "would need"), lines))
    return "\n\n".join(part for part in parts if part)


def _season(name: str, text: Mapping[str, Any]) -> str:
    if "season" not in text:
        return ""
    season = text["season"]
    origins, destinations = ", ".join(season["origins"]), ", ".join(season["destinations"])
    return (
        f"A season: `vaiven generate {preset_name(name)} OUT`, from {origins} to {destinations}, "
        f"from {season['begins']} on, in {season['currency']}; quotas are scaled by the positions drawn "
        f"over {season['positions']:,}."
    )


def _whose(entry: Mapping[str, Any]) -> str:
    said = [f"{word} {', '.join(entry[key])}" for key, word in FOR_WHICH.items() if key in entry]
    said += ["all agreements together"] * entry.get("over_all", False)
    return f" ({'; '.join(said)})" if said else ""


def _sentence(entry: Mapping[str, Any]) -> str:
    """What a clause says; one that names a cap of the same file is read beside a cap of its own."""
    own = {key: value for key, value in entry.items() if key not in (*FOR_WHICH, "over_all")}
    beside = [{"id": own["within"], "kind": "cap", "count": own["count"]}] if "within" in own else []
    return str(read_clauses([*beside, own], "", "", lambda _: None)[-1].sentence)
