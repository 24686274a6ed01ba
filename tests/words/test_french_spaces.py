"""French text is set with spaces that no line breaks at, whatever the file has."""

from __future__ import annotations

import re

import pytest

from engine.words.catalogue import FOLDER, spaced, tongue
from engine.words.extraction import read_language
from engine.words.message import message
from engine.words.wording import worded

PLAIN = re.compile(r"\S [:;?!»%]|« ")


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Lieu : Québec ; et après ?", "Lieu\u00a0: Québec\u202f; et après\u202f?"),
        ("« Faux ! »", "«\u00a0Faux\u202f!\u00a0»"),
        ("{share} % de {count:,}", "{share}\u202f% de {count:,}"),
        ("  : rien", "  : rien"),
        ("il est 12:30, a;b", "il est 12:30, a;b"),
    ],
)
def test_spaces_before_high_signs(typed: str, set_: str) -> None:
    """Narrow ones before ; ? ! and per cent, whole ones before a colon and in guillemets; nothing twice."""
    assert spaced(typed) == set_ == spaced(set_)


def test_no_french_sentence_has_a_space_that_breaks() -> None:
    """Of the whole catalogue as it is spoken; Spanish is left as it is."""
    for entry in read_language(FOLDER / "fr.po"):
        key, plural = (entry.id, "") if isinstance(entry.id, str) else entry.id
        if key:
            assert not PLAIN.search(tongue("fr").text(key, plural, 1)), key
    said = {tag: worded(message("  {name}: {text}", name="a", text="b"), tag) for tag in ("fr", "es")}
    assert said == {"fr": "  a\u00a0: b", "es": "  a: b"}
