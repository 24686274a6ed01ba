"""Messages: English texts that can be worded again, in every language that has a file."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date
from decimal import Decimal

import pytest

from engine.errors import CallError, Fault, InputError
from engine.words import Message, joined, message, plural
from engine.words.catalogue import languages, preferred_language
from engine.words.wording import say, shown, speaking, worded


def test_a_message_is_an_english_text_that_survives_every_way_a_text_takes() -> None:
    """Copied, pickled, held by an error, formatted alone: it still knows its key; as JSON it is the text."""
    told = message("{count:,} of {things}", count=1200, things=("a", "b"))
    assert told == "1,200 of a, b"
    for same in (copy.deepcopy(told), pickle.loads(pickle.dumps(told)), str(told), str(ValueError(told)), f"{told}"):
        assert isinstance(same, Message)
        assert (same, same.key, same.values) == (told, told.key, told.values)
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    ("language", "right"),
    [
        ("en", "12,345.5 and 12.5% on 1 March 2026"),
        ("es", "12,345.5 and 12.5% on 1 de marzo de 2026"),
        ("es-ES", "12.345,5 and 12,5\u00a0% on 1 de marzo de 2026"),
        ("fr", "12\u202f345,5 and 12,5\u00a0% on 1 mars 2026"),
    ],
)
def test_numbers_shares_and_days_are_written_as_the_language_does(language: str, right: str) -> None:
    """Separators, the space before the per cent sign and the months are each language's own."""
    told = message("{a:,.1f} and {b:.1%} on {day:long}", a=12345.5, b=Decimal("0.125"), day=date(2026, 3, 1))
    assert worded(told, language) == right


def test_a_small_loss_that_rounds_to_nothing_has_no_sign() -> None:
    """No "-0.00" and no "-0.0 %"."""
    assert message("{a:.2f} {b:+.1%} {c:g}", a=-0.001, b=-0.0, c=-0.0) == "0.00 +0.0% 0"


def test_what_says_nothing_to_people_is_refused() -> None:
    """None and truth values are no words: another sentence has to be chosen."""
    for nothing in (None, True, False):
        with pytest.raises(TypeError):
            message("{value}", value=nothing)


def test_messages_within_messages_are_worded_too() -> None:
    """Values, lists of values and joined sentences."""
    inner = message("legal")
    for outer in (message("{word}!", word=inner), joined(inner, "x"), message("{all}", all=(inner, inner))):
        assert "⟦ļéĝåļ··⟧" in worded(outer, "en-XA")


def test_a_plural_goes_by_its_number_in_each_language() -> None:
    """French says one fault for none at all."""
    told = [worded(plural("{n} fault in the input:", "{n} faults in the input:", n=n), "fr") for n in (0, 1, 2)]
    assert told[0].split()[1] == told[1].split()[1] != told[2].split()[1]


def test_errors_are_worded_with_their_faults() -> None:
    """The listing, each fault and the hint."""
    fault = Fault("a.csv", 2, "b", "x", message("legal"), message("legal"))
    error = InputError([fault], message("legal"))
    assert str(error) == "1 fault in the input:\n  a.csv, row 2, column b: 'x' legal; expected legal.\nlegal"
    assert error.told("en-XA").count("⟦ļéĝåļ··⟧") == 3
    assert pickle.loads(pickle.dumps(fault)).told("en-XA").problem == "⟦ļéĝåļ··⟧"


def test_a_language_is_spoken_for_a_while() -> None:
    """And a language without a file never."""
    with speaking("es-ES"):
        assert shown(1234567.5, ",.2f") == "1.234.567,50"
    assert shown(1234567.5, ",.2f") == "1,234,567.50"
    assert say("somebody's own words") == "somebody's own words"
    with pytest.raises(CallError, match="'tlh'"), speaking("tlh"):
        pass


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr-CA"),
        ("de,es;q=0.5,en;q=0.4", "es"),
        ("en;q=0.1, es;q=0.9", "es"),
        ("es;q=0, *;q=0.5", "en"),
        ("es;q=high", "en"),
    ],
)
def test_accept_language_is_honoured(header: str, language: str) -> None:
    """The liked best of those spoken; English for what is not understood."""
    assert preferred_language(header) == language


def test_spanish_and_french_are_spoken() -> None:
    """English first, the others as their files are named."""
    assert languages()[0] == "en"
    assert {"es", "fr"} <= set(languages())
