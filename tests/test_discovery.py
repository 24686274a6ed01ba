"""What other packages add is found by entry points, checked, and blamed on its package where it can't be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.discovery import EXTENSIONS, discover
from engine.errors import CallError

ASKING = """
from engine.discovery import discover
from engine.errors import ExtensionError
try:
    print(*discover({kind!r}))
except ExtensionError as error:
    print("refused:", error)
"""


def installed(place: Path, group: str, value: str, **modules: str) -> None:
    """Lay out a package as pip would: its modules, and the entry point that names one."""
    for name, text in modules.items():
        (place / f"{name}.py").write_text(text, "utf-8")
    about = place / "outside-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(f"[{group}]\nours = {value}\n", "utf-8")


def asked(place: Path, kind: str) -> str:
    """What a new process that has the package says of a kind."""
    done = subprocess.run(
        [sys.executable, "-c", ASKING.format(kind=kind)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(Path.cwd())])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ours_are_found_by_the_same_way() -> None:
    for kind in EXTENSIONS:
        assert list(discover(kind)) == sorted(discover(kind)), kind
    assert "cap" in discover("clause") and "optimal" in discover("mechanism") and "h2a" in discover("source")


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(CallError, match="mechanism"):
        discover("solver")


def test_a_mechanism_of_another_package_is_found(tmp_path: Path) -> None:
    installed(tmp_path, "vaiven.mechanisms", "mine", mine='NAME = "mine"\ndef run(*arguments): ...\n')
    assert asked(tmp_path, "mechanism").split() == sorted([*discover("mechanism"), "mine"])


@pytest.mark.parametrize(
    ("kind", "group", "text", "why"),
    [
        ("mechanism", "vaiven.mechanisms", 'NAME = "mine"\n', "no function run"),
        ("mechanism", "vaiven.mechanisms", "", "there is no mechanism in it"),
        ("mechanism", "vaiven.mechanisms", "import nowhere_at_all\n", "nowhere_at_all"),
        ("mechanism", "vaiven.mechanisms", 'NAME = "optimal"\ndef run(): ...\n', "'optimal' is taken"),
        ("chart", "vaiven.charts", 'NAME = "mine"\ndef draw(view): ...\n', "no text TITLE"),
        ("preset", "vaiven.presets", 'NAME = SUMMARY = "mine"\ndef build(): ...\n', "LEAST_WORKERS"),
        ("what_if", "vaiven.what_ifs", "", "is no path of a folder"),
    ],
)
def test_what_can_not_be_used_is_blamed_on_its_package(
    tmp_path: Path, kind: str, group: str, text: str, why: str
) -> None:
    installed(tmp_path, group, "mine", mine=text)
    told = asked(tmp_path, kind)
    assert told.startswith("refused: ") and why in told and "outside" in told
