"""Sentences kept as data are worded afterwards as they would have been before."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from engine.errors import CallError, Fault, InputError
from engine.planning.branches import Outcome
from engine.words import joined, message, plural
from engine.words.catalogue import languages
from engine.words.kept import kept, sentences_of
from engine.words.names import country, language, region
from engine.words.pseudo import LANGUAGES
from engine.words.wording import worded, worded_all

FAULT = Fault("orders.csv", 3, "headcount", "x", message("is no whole number"), message("a later day"))
SENTENCES = [
    message("yes"),
    plural("{n} fault in the content", "{n} faults in the content", n=3),
    message("passport until {until}, needed until {needed}", until=date(2026, 1, 5), needed=date(2026, 10, 31)),
    message("no {language}, {asked} asked", language=language("en"), asked="B1"),
    message("There are: {names}.", names=("a", message("yes"))),
    message("{levels:each}", levels=(message("{name}", name=country("ES")), message("{name}", name=region("GT-01")))),
    message("an hourly wage of {wage:amount}, {least:amount} asked", wage=Decimal("12.50"), least=np.float64(15)),
    joined(message("yes"), message("no"), by="\n"),
    message("is no workbook ({error})", error=CallError(message("yes"), message("no"))),
    FAULT.sentence,
]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("tag", [*languages(), *LANGUAGES])
def test_a_kept_sentence_is_worded_as_before(sentence: str, tag: str) -> None:
    """Dates, lists, amounts, names and sentences within sentences, through JSON, in every language."""
    back: Any = sentences_of(json.loads(json.dumps(kept({"a": [sentence]}))))
    assert worded_all(back, tag) == {"a": [worded(sentence, tag)]}


@pytest.mark.parametrize("error", [CallError(message("yes"), message("no")), InputError([FAULT], message("yes"))])
def test_an_error_is_one_sentence(error: CallError | InputError) -> None:
    """What it says in a language is what its one sentence says there; as text it is English."""
    assert [worded(error.in_words, tag) for tag in LANGUAGES] == [error.told(tag) for tag in LANGUAGES]
    assert str(error) == worded(error.in_words, "en")


def test_an_outcome_in_a_file_keeps_its_sentences() -> None:
    """Why a branch failed and what its edits touch, read back by another attempt."""
    outcome = Outcome("a", "A", failure=message("yes"), notices=(message("no"),))
    back = Outcome.from_json(outcome.as_json())
    assert (worded(back.failure, "es"), worded(back.notices[0], "es")) == ("sí", "no")
    assert back == outcome


def test_other_content_stays_as_it_is() -> None:
    """Ids, numbers, nothing and somebody's own words."""
    content = {"a": [1, 2.5, None, True, "own words", {"sentence": "no message"}]}
    assert sentences_of(json.loads(json.dumps(kept(content)))) == content
