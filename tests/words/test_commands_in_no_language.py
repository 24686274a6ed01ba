"""The main commands in a language that nobody speaks: what they print comes from the catalogue, all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from plain_words import unmarked_words

from engine.planning.measures import MEASURES
from engine.programme.schema import TABLES

# Names of tables, of measures and of mechanisms are codes that people write as they are.
OWN = frozenset(("vaiven", "tables", "programme", "plan", "northern", "triangle", "csv", "json", "prices", "optimal"))
CODES = OWN.union(*(name.split("_") for name in (*TABLES, *MEASURES)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small programme with a plan."""
    place = tmp_path_factory.mktemp("spoken")
    _vaiven(place, "generate", "northern-triangle", "p", "--workers", "300", "--seed", "1")
    _vaiven(place, "match", "p", "plan", "--quiet")
    assert (place / "plan" / "certificate.json").is_file()
    return place


def _vaiven(place: Path, *arguments: str) -> str:
    """What a command prints, on both streams."""
    program = "from engine.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=place, capture_output=True, text=True, check=False
    )
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
    ],
    ids=" ".join,
)
def test_a_command_prints_nothing_but_the_catalogue(folder: Path, arguments: tuple[str, ...]) -> None:
    """Words with all their letters plain are names of the programme, files or options."""
    printed = _vaiven(folder, *arguments, "--lang", "en-XA")
    assert "⟦" in printed
    options = frozenset(word for argument in arguments for word in argument.replace("-", " ").replace(".", " ").split())
    assert not unmarked_words(printed, CODES | options | _names(folder)), printed
