"""The main commands in a language that nobody speaks: what they print comes from the catalogue, all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import run_command
from plain_words import unmarked_words

from engine.discovery import discover
from engine.planning.measures import MEASURES
from engine.programme.schema import TABLES

HELPED = (
    *(
        "",
        "validate",
        "match",
        "check",
        "export",
        "replay",
        "demo",
        "whatif",
        "sweep",
        "explain",
        "rematch",
        "compare",
        "generate",
    ),
    *("import", "template", "serve", "worker", "database upgrade", "account first-administrator", "audit-log verify"),
)
# What stands in every help page and is no word: names of options and arguments, with the kinds of their values.
HELP_CODES = re.compile(
    r"(?<!\w)--?[\w-]+|<[^<>=]+>|\{\w+\}|\[(?:OPTIONS|ARGS|out|plan)\]|\bCOMMAND\b|^  [\w-]+|VAIVEN_\w+", re.MULTILINE
)
# Names of commands, of tables, of measures and of mechanisms are codes that people write as they are; so is what the
# sheets below hold.
SHEET = frozenset(
    ("sparse", "EDITS", "FILE", "OUT", "sheet", "Notas", "Heading", "wrkers", "columns", "table", "refused")
)
OWN = frozenset(("vaiven", "tables", "programme", "plan", "northern", "triangle", "csv", "json", "prices"))
CODES = OWN.union(
    SHEET,
    (name for command in HELPED for name in command.split()),
    *(name.split("-") for kind in ("preset", "source", "mechanism") for name in discover(kind)),
    *(name.split("_") for name in (*TABLES, *MEASURES)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small programme with a plan."""
    place = tmp_path_factory.mktemp("spoken")
    _vaiven(place, "generate", "northern-triangle", "p", "--workers", "300", "--seed", "1")
    _vaiven(place, "match", "p", "plan", "--quiet")
    assert (place / "plan" / "certificate.json").is_file()
    (place / "sheet.csv").write_text("DPI,Sexo,Notas\nW1,Mujer,\nW1,Hombre,\nW 2,?,\n", "utf-8")
    (place / "wrong.toml").write_text('table = "wrkers"\n[columns]\nworker_id = 3\nsex = "Genero"\n', "utf-8")
    sex = 'sex = { from = "Sexo", words = { Mujer = "F", Hombre = "M" } }'
    lines = ('table = "workers"', "[columns]", 'worker_id = "DPI"', 'origin_country = { value = "GT" }', sex)
    (place / "right.toml").write_text("\n".join(lines), "utf-8")
    return place


def _vaiven(place: Path, *arguments: str) -> str:
    """What a command prints, on both streams."""
    ran = run_command(*arguments, folder=place)
    return ran.stdout + ran.stderr


def _names(place: Path) -> frozenset[str]:
    """The ids and codes of the programme and its rules, which no language translates."""
    texts = [file.read_text("utf-8") for file in (place / "p").rglob("*.toml")]
    texts += [file.read_text("utf-8") for file in (*(place / "p").glob("*.csv"), *(place / "plan").glob("*.csv"))]
    return frozenset(word for text in texts for word in "".join(c if c.isalpha() else " " for c in text).split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "p"),
        ("check", "p", "plan", "--bound"),
        ("replay", "p", "plan", "--quiet"),
        ("explain", "p", "plan", "--worker", "W0000001"),
        ("explain", "p", "plan", "--order", "nowhere"),
        ("explain", "p", "plan"),
        ("explain", "p", "--commitments"),
        ("validate", "nowhere"),
        ("match", "p", "plan"),
        ("match", "p", "other", "--mechanism", "magic"),
        ("sweep", "p", "none.toml", "out", "--measure", "luck"),
        ("whatif", "p", "none.toml", "out"),
        ("generate", "nowhere", "out"),
        ("generate", "northern-triangle", "small", "--workers", "300"),
        ("import", "nothing", "a", "b"),
        ("import", "sheet", "sheet.csv", "map.toml"),
        ("import", "sheet", "sheet.csv", "read", "--map", "wrong.toml"),
        ("import", "sheet", "sheet.csv", "read", "--map", "right.toml"),
        ("template", "new.xlsx"),
        ("template", "new.csv"),
        ("mtch", "p", "plan"),
        ("match", "p", "other", "--gap", "two"),
        ("match", "p"),
    ],
    ids=" ".join,
)
def test_a_command_prints_nothing_but_the_catalogue(folder: Path, arguments: tuple[str, ...]) -> None:
    """Words with all their letters plain are names of the programme, files or options."""
    printed = _vaiven(folder, *arguments, "--lang", "en-XA")
    assert "⟦" in printed
    options = frozenset(word for argument in arguments for word in argument.replace("-", " ").replace(".", " ").split())
    said = HELP_CODES.sub(" ", printed)
    assert not unmarked_words(said, CODES | options | _names(folder)), printed


@pytest.mark.parametrize("command", HELPED)
def test_a_help_page_comes_from_the_catalogue(command: str, tmp_path: Path) -> None:
    """What a command says of itself, of its arguments and of its options, wherever the language is asked for."""
    printed = _vaiven(tmp_path, "--lang", "en-XA", *command.split(), "--help")
    assert "⟦" in printed
    said = HELP_CODES.sub(" ", printed)
    assert not unmarked_words(said, CODES | frozenset(command.replace("-", " ").split())), said
