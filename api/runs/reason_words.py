"""The rules and facts within the reasons of a plan, kept as sentences beside the files, which tell them in English.

Invariant: whoever reads a page is told no sentence that doesn't stand in a file that he or she may read: a kept one is
found by its English text, as a cell has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from api.identity.access import DESTINATION, ORIGIN
from api.runs.audience import Audience
from api.storage.tables import run_files
from engine.plan.reason import TEXTS, Reason
from engine.plan.reasons import Reasons
from engine.words import Message
from engine.words.kept import kept, sentences_of

REASON_WORDS = "reason_words.json"  # never served
FACT = "fact"


def reason_words(reasons: Reasons) -> dict[str, bytes]:
    """The sentences within reasons, as a file of results."""
    found = (*reasons.unplaced.values(), *(why for _, why in reasons.unfilled.values()))
    told = {name: _sentences(found, name) for name in TEXTS}
    return {REASON_WORDS: json.dumps(told).encode()}


def _sentences(reasons: Iterable[Reason], name: str) -> dict[str, Any]:
    values = (one.values.get(name) for one in reasons)
    return {str.__str__(value): kept(value) for value in values if isinstance(value, Message)}


def own_reason_words(content: bytes, audience: Audience) -> bytes | None:
    """What of a file of sentences is the audience's own: facts of workers are told to their own state alone."""
    if audience.role == DESTINATION:
        return None
    told = json.loads(content)
    if audience.role != ORIGIN:
        told[FACT] = {}
    own = {
        name: {text: one for text, one in texts.items() if not audience.is_hidden(text)} for name, texts in told.items()
    }
    return json.dumps(own).encode()


def kept_words(connection: sa.Connection, run_id: str) -> Mapping[str, Message]:
    """The sentences that are kept of a run's reasons, by their English text."""
    asked = sa.select(run_files.c.content).where(run_files.c.run_id == run_id, run_files.c.name == REASON_WORDS)
    content = connection.scalar(asked)
    told = {} if content is None else json.loads(bytes(content))
    return {text: sentences_of(one) for texts in told.values() for text, one in texts.items()}
