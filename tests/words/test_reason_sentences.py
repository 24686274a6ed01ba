"""Every reason, fault and lasting rule in every language: no value that is no word, nothing doubled or out of place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from plain_words import wrong_in

from api.answers.content_words import WORDINGS as CONTENT
from engine.audit.lasting_rules import LASTING_RULES
from engine.plan.reason import WORDINGS
from engine.words import Message, message
from engine.words.catalogue import languages
from engine.words.english import pieces
from engine.words.wording import worded

FACT = message("passport until {until}, needed until {needed}", until=date(2026, 1, 5), needed=date(2026, 10, 31))
TEXTS: dict[str, Any] = {"rule": "GT-ES|papers (Art. 4)", "order": "O1", "limit": "headcount|O1", "fact": FACT}


def _sentence(wording: str, number: float) -> Message:
    values = {name: TEXTS.get(name, number if form or name not in TEXTS else "x") for _, name, form in pieces(wording)}
    return Message(wording, {name: value for name, value in values.items() if name})


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("number", [-0.0, 1, 12345])
def test_every_reason_and_rule_is_said_well(language: str, number: float) -> None:
    """With nothing, one and many."""
    said = [_sentence(wording, number) for wording in (*WORDINGS.values(), *CONTENT.values())]
    said += [part for rule in LASTING_RULES.values() for part in rule]
    for sentence in said:
        told = worded(sentence, language)
        assert not wrong_in(told.replace("min_crew", "crew"), language), told  # the column, as files spell it
        assert language == "en" or told != str.__str__(sentence) or len(told.split()) < 3, told
