"""A language at a CEFR level, or more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import one_of, required, word
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.vocabulary import level_beside
from engine.words import Message, message, msgid
from engine.words.names import language

_LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")


@dataclass(frozen=True)
class Language(Gate):
    """The worker has the language at ``level`` or above on the CEFR scale A1 < A2 < B1 < B2 < C1 < C2."""

    kind: ClassVar = "language"
    asks_more: ClassVar = {"level": 1}
    language: str = required(word, called=msgid("language"))
    level: str = required(one_of(*_LEVELS), called=msgid("lowest level of the language"))
    examples: ClassVar = (
        Example(True, {"language": "en", "level": "A2"}, "At the level.", ({"languages": "en:A2"},)),
        Example(True, {"language": "en", "level": "A2"}, "Above it.", ({"languages": "es:A1;en:C1"},)),
        Example(False, {"language": "en", "level": "A2"}, "Below it.", ({"languages": "en:A1"},)),
        Example(False, {"language": "en", "level": "A1"}, "Not at all.", ({"languages": "es:C2"},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message(
            "The worker speaks {language} at CEFR level {level} or above.",
            language=language(self.language),
            level=self.level,
        )

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.language_level(self.language) >= _LEVELS.index(self.level) + 1

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return np.asarray(placements.level_of(self.language) <= _LEVELS.index(self.level))

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        return [
            level_beside(self.language, level, _LEVELS.index(self.level) + 1)
            for level in placements.level_of(self.language).tolist()
        ]
