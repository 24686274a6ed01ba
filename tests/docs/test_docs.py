"""The documentation is true: generated parts are current, commands run, links lead somewhere."""

from __future__ import annotations

import doctest
import importlib.util
import re
import shlex
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from command_line import run_command

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A block with a file's name after its language is that file, beside the page's commands.
FILE = re.compile(r"^```\w+ ([\w.]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@cache
def generator() -> ModuleType:
    specification = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def commands_of(page: Path) -> list[list[str]]:
    """The arguments of every `$ vaiven ...` line in the page's console blocks, in order."""
    lines = [line for block in CONSOLE.findall(page.read_text("utf-8")) for line in block.splitlines()]
    return [shlex.split(line)[2:] for line in lines if line.startswith("$ vaiven ")]


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_generated_parts_are_current() -> None:
    stale = [page.name for page, text in generator().generate().items() if page.read_text("utf-8") != text]
    assert not stale, f"run: python docs/generate.py ({', '.join(stale)})"


def test_the_price_of_every_principle_is_told() -> None:
    """A mechanism that came later wants the comparison made anew, by the commands that stand beside it."""
    from engine.solve.mechanisms import mechanisms

    rows = (ROOT / "docs" / "images" / "principles.csv").read_text("utf-8").splitlines()
    ours = {name for name, run in mechanisms().items() if run.__module__.startswith("engine.")}
    assert {row.split(",")[0].strip('"') for row in rows[1:]} == ours
    assert (ROOT / "docs" / "images" / "principles.png").stat().st_size > 10_000


def test_generating_twice_changes_nothing() -> None:
    assert generator().generate() == generator().generate()


def test_markers_must_be_there(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- generated: tables -->\n", "utf-8")
    with pytest.raises(ValueError, match="end: tables"):
        generator().with_part(page, "tables", "")


def test_every_kind_of_clause_has_a_section_with_both_verdicts() -> None:
    from engine.clauses.kinds import kinds

    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^###? |\Z)", generator().clauses_part(), re.MULTILINE | re.DOTALL))
    assert set(sections) == set(kinds())
    for name, text in sections.items():
        assert "| accepted |" in text and "| refused |" in text, name


@pytest.mark.parametrize("page", [page for page in PAGES if commands_of(page)], ids=lambda page: page.name)
def test_commands_run(page: Path, tmp_path: Path) -> None:
    for name, content in FILE.findall(page.read_text("utf-8")):
        (tmp_path / name).write_text(content, "utf-8")
    for arguments in commands_of(page):
        done = run_command(*arguments, folder=tmp_path)
        assert done.returncode == 0, f"vaiven {shlex.join(arguments)}: {done.stderr}"


def test_readme_and_officer_show_commands() -> None:
    assert all(commands_of(ROOT / page) for page in ("README.md", "docs/officer.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_resolve(page: Path) -> None:
    for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert target.is_relative_to(ROOT), f"{page.name}: {link} leaves the project"
        if anchor:
            assert anchor in anchors_of(target), f"{page.name}: {link}"


@pytest.mark.parametrize("page", ["README.md", "docs/python.md", "docs/accounts.md", "docs/development.md"])
def test_examples_in_python_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(ROOT / page), module_relative=False)
    assert found.attempted > 4 and not found.failed


def test_the_notebook_runs(tmp_path: Path) -> None:
    """Every cell, in a kernel of this environment."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(ROOT / "docs" / "planner.ipynb", as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    done = NotebookClient(notebook, timeout=None, kernel_name="python3", resources=resources).execute()
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("vega" in output.get("data", {}).get("text/html", "") for output in outputs)
