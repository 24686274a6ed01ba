"""No sentence of the source is said to people without the catalogue: what can't be translated can't be written."""

from __future__ import annotations

import pytest
from source_sentences import unmarked_sentences

from engine.words.extraction import ROOT, sources

# Words of others that are read, never said.
READ = (
    "engine/sheets/headings.py",
    "engine/sheets/code_words.py",
    "engine/programme/earlier_titles.py",
    "api/answers/database_problems.py",
)
# What synthetic programmes hold: titles, sources of rules as they were published, reasons that are drawn.
HELD = (
    *(
        "scenarios/schemes",
        "scenarios/presets",
        "scenarios/adversarial",
        "scenarios/calibration",
        "scenarios/h2a/agreements.py",
        "scenarios/h2b/agreements.py",
    ),
    *("scenarios/disclosure/importer.py", "scenarios/northern_triangle_agreements.py", "scenarios/united_states.py"),
    "scenarios/scheme_preset.py",
    "scenarios/ties.py",
)
# What the catalogue's own tool says to developers.
TOOL = ("engine/words/__main__.py", "engine/words/extraction.py")


def test_every_sentence_of_the_source_is_in_the_catalogue() -> None:
    """In what is printed, raised and told in help; and wherever else a sentence stands."""
    found = {
        f"{file.relative_to(ROOT)}:{sentence.line}": sentence.text
        for file in sources()
        if file.suffix == ".py" and not str(file.relative_to(ROOT)).startswith((*READ, *HELD, *TOOL))
        for sentence in unmarked_sentences(file.read_text("utf-8"))
    }
    assert not found, "\n".join(f"{place}: {text!r}" for place, text in found.items())


@pytest.mark.parametrize(
    "source",
    [
        'print("two words")',
        'raise CallError(f"There is no {thing}.", message("Name one."))',
        'def f():\n    said = "a sentence of more words"\n    talk().print(said)',
        'Fault("f", 1, "c", "v", "is wrong", message("right"))',
        'message("{why}", why="it is no message itself")',
        'lines.append("Please look at it." if bad else "")',
        'def f(a: Annotated[str, typer.Option(metavar="of its own words")]): ...',
    ],
)
def test_a_sentence_without_the_catalogue_is_found(source: str) -> None:
    """Wherever it stands."""
    assert unmarked_sentences(source)


@pytest.mark.parametrize(
    "source",
    [
        'raise CallError(message("There is no such thing."), msgid("Name one of these things."))',
        '"""A docstring says things to developers."""',
        'x = typer.Option(help="The help of an option is a key of the catalogue.")',
        '@app.command()\ndef f():\n    """The help of a command is a key."""',
        'print(message("A sentence of more words."))',
        'kind = "travel group"',
        'x = {"worker_id": "W 1"}',
    ],
)
def test_what_is_marked_or_said_to_nobody_is_not_found(source: str) -> None:
    """Keys, docstrings, help, codes."""
    assert not unmarked_sentences(source)
